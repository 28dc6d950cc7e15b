// The page's side of the protocol: one worker, which holds one room. Each file is opened in a worker of its own, so that a load
// can be stopped, a broken file leaves the room before it alone, and the memory of a closed room goes back to the system. The
// WebAssembly is compiled once for all of them: what has been optimised of it for one room is there for the next.
import wasmUrl from "roomscope/core_bg.wasm?url";
import type { CallName, Calls, Failure, FromWorker, Opened, ToWorker } from "./protocol.ts";
import workerUrl from "./worker/index.ts?worker&url";

/** A call that failed; `code` is stable. */
export class EngineError extends Error {
  readonly code: string;

  constructor({ code, message }: Failure) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
  progress: ((progress: never) => void) | undefined;
}

export interface CallOptions<C extends CallName> {
  signal?: AbortSignal;
  onProgress?: (progress: Calls[C]["progress"]) => void;
}

function startWorker(): Worker {
  const options: WorkerOptions = { type: "module", name: "roomscope" };
  const types = globalThis.trustedTypes;
  if (types === undefined) return new Worker(workerUrl, options);
  const policy = (urlPolicy ??= types.createPolicy("roomscope", {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError("only the engine's own worker may be started");
      return url;
    },
  }));
  return new Worker(policy.createScriptURL(workerUrl) as string, options);
}

let urlPolicy: TrustedPolicy | undefined;

let compiled: Promise<WebAssembly.Module> | undefined;

async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`the server answered ${response.status} for the engine`);
  return response.headers.get("Content-Type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());
}

export class Engine {
  readonly #worker = startWorker();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  /** Why nothing can be asked of it. */
  #broken: Failure | undefined;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#take(data));
    this.#worker.addEventListener("error", (event) =>
      this.#break("internal", event.message || "the engine could not be started"),
    );
    (compiled ??= compile()).then(
      (engine) => this.#post({ engine }),
      (error: unknown) => {
        // The next one tries again.
        compiled = undefined;
        this.#break("init-failed", error instanceof Error ? error.message : String(error));
      },
    );
  }

  /** Reads a room into this worker; see `Calls`. Rejects with an `EngineError` if no event can be read. */
  open(params: Calls["open"]["params"], onProgress: (share: number) => void): Promise<Opened> {
    return this.call("open", params, { onProgress });
  }

  call<C extends CallName>(
    call: C,
    params: Calls[C]["params"],
    options: CallOptions<C> = {},
  ): Promise<Calls[C]["result"]> {
    if (this.#broken !== undefined) return Promise.reject(new EngineError(this.#broken));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, {
        resolve: resolve as (result: unknown) => void,
        reject,
        progress: options.onProgress as Waiting["progress"],
      });
      options.signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
      this.#post({ id, call, params } as ToWorker);
    });
  }

  /** Stops the worker, whatever it is doing; what was asked is answered with the code "closed". */
  close(): void {
    this.#worker.terminate();
    this.#failAll({ code: "closed", message: "the room was closed" });
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #cancel(id: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    this.#post({ cancel: id });
    waiting.reject(new EngineError({ code: "cancelled", message: "the call was cancelled" }));
  }

  #take(message: FromWorker): void {
    const waiting = this.#waiting.get(message.id);
    if (waiting === undefined) return;
    if ("progress" in message) {
      waiting.progress?.(message.progress as never);
      return;
    }
    this.#waiting.delete(message.id);
    if ("error" in message) waiting.reject(new EngineError(message.error));
    else waiting.resolve(message.result);
  }

  #break(code: string, message: string): void {
    this.#broken = { code, message };
    this.#failAll(this.#broken);
  }

  #failAll(failure: Failure): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new EngineError(failure));
    this.#waiting.clear();
  }
}
