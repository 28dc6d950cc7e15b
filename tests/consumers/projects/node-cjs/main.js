const { readFileSync } = require("node:fs");
const { Room } = require("roomscope");

const room = new Room();
room.add(readFileSync(process.argv[2]));
console.log(JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]));
