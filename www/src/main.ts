// The page starts here.
import { App } from "./app.ts";

void new App().start();
