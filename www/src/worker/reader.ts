// Reads a large file ahead of the engine, in a worker of its own: while one piece is taken in, the next ones come from the disk on
// another core. No more wait than have been asked for.
import { type Piece, piecesOf } from "./pieces.ts";

/** First what is to be read, then once for each piece that may come beyond those that may come at first. */
export type ToReader = { blob: Blob; gzip: boolean; ahead: number } | "more";

/** `end` comes after the last piece. */
export type FromReader = Piece | "end" | { error: unknown };

function reply(message: FromReader, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

/** How many pieces may be sent now. */
let wanted = 0;
let goOn: () => void = () => undefined;

async function read(blob: Blob, gzip: boolean): Promise<void> {
  for await (const piece of piecesOf(blob, gzip)) {
    while (wanted === 0) await new Promise<void>((resolve) => (goOn = resolve));
    wanted--;
    reply(piece, [piece.bytes.buffer]);
  }
  reply("end");
}

self.addEventListener("message", ({ data }: MessageEvent<ToReader>) => {
  if (data === "more") {
    wanted++;
    goOn();
    return;
  }
  wanted = data.ahead;
  read(data.blob, data.gzip).catch((error: unknown) => reply({ error }));
});
