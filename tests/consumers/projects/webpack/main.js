import { init, Room } from "roomscope";

await init();
const room = new Room();
await room.addAsync((await fetch("/room.ndjson")).body);
document.title = JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]);
