// The page starts here.
import sampleUrl from "../samples/north-pier-v11.ndjson?url";
import { App } from "./app.ts";

void new App().start(sampleUrl);
