// A file's bytes, piece by piece, with gzip undone on the way. What comes from a stream comes in many small chunks: they are
// put together, since each piece may cross to another worker.

export const pieceBytes = 4 * 1024 * 1024;
/** A piece of what is unpacked is at least this long, but for the last. */
const unpackedBytes = 1024 * 1024;

export interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes of the source have been read with it. */
  read: number;
}

/** The next piece is fetched while one is used; the first may have come already. */
export async function* piecesOf(blob: Blob, gzip: boolean, first?: ArrayBuffer): AsyncGenerator<Piece> {
  if (gzip) return yield* unpacked(blob);
  const fetched = (at: number): Promise<ArrayBuffer> => blob.slice(at, at + pieceBytes).arrayBuffer();
  let read = 0;
  for (let next = first === undefined ? fetched(0) : Promise.resolve(first); read < blob.size;) {
    const bytes = new Uint8Array(await next);
    read += bytes.length;
    if (read < blob.size) next = fetched(read);
    yield { bytes, read };
  }
}

async function* unpacked(blob: Blob): AsyncGenerator<Piece> {
  let read = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out) {
      read += chunk.length;
      out.enqueue(chunk);
    },
  });
  const reader = blob.stream().pipeThrough(counting).pipeThrough(new DecompressionStream("gzip")).getReader();
  let chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (value !== undefined) {
      chunks.push(value);
      length += value.length;
    }
    if (!done && length < unpackedBytes) continue;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    if (length > 0) yield { bytes, read };
    if (done) return;
    chunks = [];
    length = 0;
  }
}
