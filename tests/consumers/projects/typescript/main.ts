import { readFileSync } from "node:fs";
import { type AddReport, type Layout, Room, RoomscopeError } from "roomscope";

const room = new Room();
const report: AddReport = room.add(readFileSync(process.argv[2] ?? ""));
const { eventCount }: Layout = room.layout();
try {
  room.stateDiff("$nowhere", null);
} catch (error) {
  if (!(error instanceof RoomscopeError) || eventCount !== report.added) throw error;
}
console.log(JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]));
