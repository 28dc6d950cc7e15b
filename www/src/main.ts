// The page starts here: the sample room is opened, since an empty page would tell nobody anything.
import sampleUrl from "../samples/north-pier-v11.ndjson?url";
import { App } from "./app.ts";

void new App().openSample(sampleUrl);
