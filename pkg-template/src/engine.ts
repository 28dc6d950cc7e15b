// The one WebAssembly instance behind every room: starting it, calling into it, and going on after it has crashed.
// It relies on two things in the generated binding: a failed call throws an Error with a `code`, and
// `__wbg_reset_state` puts a fresh instance in place of the present one.
//
// Rust is built with panic=abort: after a trap the instance can be in any state, so it is thrown away with all its
// rooms. The binding itself refuses to call methods of objects from an old instance, but frees them in the new one,
// where the same address is somebody else's. So no object is used or freed here without asking which instance it
// belongs to.

import { initSync, __wbg_reset_state as replaceInstance, type SyncInitInput, default as startAsync } from "./core.js";
import { RoomscopeError } from "./errors.js";

/** Whatever `init` takes: where to fetch the WebAssembly from, or the thing itself. */
export type InitSource = string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

let started = false;
/** Counts instances; 0 is the first. */
let generation = 0;
/** Calls into the engine that have not returned. Above 1 only when a callback calls into the engine again. */
let depth = 0;
/** What crashed the present instance, if anything. */
let crash: Error | undefined;

/** @internal */
export function start(module: SyncInitInput): void {
  initSync({ module });
  started = true;
}

/** @internal */
export async function startFrom(source: InitSource): Promise<void> {
  if (started) return;
  try {
    await startAsync({ module_or_path: source });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RoomscopeError("init-failed", `The WebAssembly module could not be loaded: ${reason}`, { cause });
  }
  started = true;
}

/** What a callback of the caller threw, on its way through the engine. */
class Thrown {
  constructor(readonly value: unknown) {}
}

/**
 * A callback of the caller as the binding may call it: what it throws is told apart from what the engine throws.
 *
 * @internal
 */
export function callback<A extends unknown[], R>(function_: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    try {
      return function_(...args);
    } catch (error) {
      throw new Thrown(error);
    }
  };
}

function codeOf(error: Error): string | undefined {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : undefined;
}

/** Out of stack is a RangeError in V8 and JavaScriptCore, an InternalError in SpiderMonkey; all else traps. */
function isCrash(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return (
    error instanceof WebAssembly.RuntimeError ||
    error instanceof RangeError ||
    error.name === "InternalError" ||
    codeOf(error) === "internal"
  );
}

/** What the caller gets to see of what came out of the binding. */
function publicError(error: unknown): unknown {
  if (error instanceof Thrown) return error.value;
  const code = error instanceof Error && !(error instanceof RoomscopeError) ? codeOf(error) : undefined;
  return code === undefined ? error : new RoomscopeError(code, (error as Error).message);
}

function crashError(cause: Error): RoomscopeError {
  const message = `The engine crashed, which is a bug in roomscope: ${cause.message}. Rooms made before this are lost; new ones work.`;
  return new RoomscopeError("internal", message, { cause });
}

/**
 * Runs a call into the engine. What Rust reports is thrown as a {@link RoomscopeError}; what a {@link callback} threw
 * is thrown on as it was.
 *
 * @internal
 */
export function call<T>(work: () => T): T {
  if (!started) {
    throw new RoomscopeError(
      "not-initialised",
      'roomscope is not ready yet: "await init()" once before its first use.',
    );
  }
  let result: T | undefined;
  let thrown: { error: unknown } | undefined;
  depth += 1;
  try {
    result = work();
  } catch (error) {
    if (isCrash(error)) crash ??= error;
    else thrown = { error: publicError(error) };
  }
  depth -= 1;

  if (crash !== undefined) {
    const error = crashError(crash);
    // A call further down is still inside the old instance, and its glue would go on in the new one: the outermost
    // call replaces it.
    if (depth === 0) {
      crash = undefined;
      generation += 1;
      replaceInstance();
    }
    throw error;
  }
  if (thrown !== undefined) throw thrown.error;
  return result as T;
}

/**
 * An object of the binding, together with the instance that it lives in.
 *
 * @internal
 */
export class Handle<T extends { free(): void }> {
  #object: T | undefined;
  #busy = false;
  readonly #generation: number;

  constructor(make: () => T) {
    this.#object = call(make);
    this.#generation = generation;
  }

  /** Calls into the object. */
  call<R>(work: (object: T) => R): R {
    const object = this.#object;
    if (object === undefined) throw new RoomscopeError("freed", "This room was used after free().");
    if (this.#generation !== generation) {
      throw new RoomscopeError("lost", "This room was lost when the engine crashed; make a new one.");
    }
    if (this.#busy) throw new RoomscopeError("busy", "This room was used from within its own callback.");
    this.#busy = true;
    try {
      return call(() => work(object));
    } finally {
      this.#busy = false;
    }
  }

  /** Gives the memory back. Doing it twice is no error. */
  free(): void {
    if (this.#busy) throw new RoomscopeError("busy", "This room was freed from within its own callback.");
    const object = this.#object;
    this.#object = undefined;
    if (object !== undefined && this.#generation === generation) call(() => object.free());
  }
}
