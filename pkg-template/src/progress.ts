// Long work that can be seen, and that leaves others their turn.

const PROGRESS_MS = 50;

/** Calls back about every 50 ms of work. */
export class Progress {
  readonly #callback: ((done: number) => void) | undefined;
  #last = performance.now();

  constructor(callback: ((done: number) => void) | undefined) {
    this.#callback = callback;
  }

  /** Tells the share done if it is time; returns whether it was. */
  tell(done: number): boolean {
    const now = performance.now();
    if (now - this.#last < PROGRESS_MS) return false;
    this.#last = now;
    this.#callback?.(Math.min(done, 1));
    return true;
  }

  end(): void {
    this.#callback?.(1);
  }
}

/** Gives the event loop its turn. A timeout of 0 may be held back for milliseconds, a message is not. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
