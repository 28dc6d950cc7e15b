// Names of slots where there is little room for them.
import { splitUser } from "../format.ts";
import type { Slot } from "../protocol.ts";

/** `m.room.member @ada:alpha` → `@ada`; `m.room.topic` → `topic`; `org.example.pin y` → `pin y`. */
export function slotName({ type, stateKey }: Slot): string {
  if (type === "m.room.member" && stateKey.startsWith("@")) return `@${splitUser(stateKey)[0]}`;
  const short = type.startsWith("m.room.") ? type.slice(7) : type.slice(type.lastIndexOf(".") + 1) || type;
  return stateKey === "" ? short : `${short} ${stateKey}`;
}

/** The same in full. */
export function slotTitle({ type, stateKey }: Slot): string {
  return stateKey === "" ? type : `${type} ${stateKey}`;
}
