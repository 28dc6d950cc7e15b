// No init: the WebAssembly is inside and ready when the import is.
import { Room } from "roomscope/inline";

const room = new Room();
const bytes = new Uint8Array(await (await fetch("/room.ndjson")).arrayBuffer());
room.add(bytes);
document.title = JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]);
