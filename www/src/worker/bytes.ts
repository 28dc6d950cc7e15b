// From what the page was given to the bytes that the engine reads: files are read here, off the page's thread, and gzip is undone.

/** The bytes of a file or buffer, unpacked if they are gzip. Throws if they cannot be read. */
export async function readBytes(source: Blob | ArrayBuffer): Promise<Uint8Array> {
  const bytes = new Uint8Array(source instanceof Blob ? await source.arrayBuffer() : source);
  const gzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!gzip) return bytes;
  const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch {
    throw Object.assign(new Error("the file is gzip, but damaged or cut short"), { code: "bad-gzip" });
  }
}
