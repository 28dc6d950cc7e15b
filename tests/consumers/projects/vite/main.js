// The room on the page, and once more in a worker: both must come to the same.
import { init, Room } from "roomscope";

const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
const there = new Promise((done, fail) => {
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = fail;
});

await init();
const room = new Room();
await room.addAsync((await fetch("/room.ndjson")).body);
const here = JSON.stringify([room.roomId, room.size, room.currentState().length, room.forwardExtremities()]);
document.title = here === (await there) ? here : `the worker has ${await there}, the page ${here}`;
