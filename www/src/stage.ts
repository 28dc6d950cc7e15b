// What the page shows now: the room, the rows of its list, the ways along them, and the view beside the list. The app and those who
// do its work for it read it here; it knows nothing of them.
import type { DisplayRows } from "./history/display.ts";
import type { Session } from "./session.ts";
import type { View } from "./shell/top-bar.ts";
import type { Walk } from "./walk.ts";

export class Stage {
  session: Session | undefined;
  display: DisplayRows | undefined;
  walk: Walk | undefined;
  view: View = "history";
}
