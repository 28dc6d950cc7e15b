// Lines to standard output: at the reader's pace, and no complaint when it has read enough.

import { once } from "node:events";

const BATCH = 1 << 16;

/**
 * Prints lines and returns what comes after the last of them.
 *
 * @returns the exit code
 */
export async function print(lines: AsyncGenerator<string, number | undefined>): Promise<number> {
  const { stdout } = process;
  // `roomscope log room.ndjson | head` closes the pipe: there is nobody left to print for, and nothing went wrong.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(0);
  });
  let batch = "";
  const flush = async () => {
    const more = stdout.write(batch);
    batch = "";
    if (!more) await once(stdout, "drain");
  };
  for (;;) {
    const next = await lines.next();
    if (next.done === true) {
      await flush();
      return next.value ?? 0;
    }
    batch += `${next.value}\n`;
    if (batch.length >= BATCH) await flush();
  }
}
