import { readFileSync } from "node:fs";
import { Room } from "roomscope";

const room = new Room();
room.add(readFileSync(process.argv[2]));
console.log(JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]));
