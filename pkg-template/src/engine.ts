// The one WebAssembly instance behind every room: starting it, calling into it, and going on after it has crashed.
// It relies on two things in the generated binding: a failed call throws an Error with a `code`, and
// `__wbg_reset_state` puts a fresh instance in place of the present one.
//
// Rust is built with panic=abort: after a trap the instance can be in any state, so it is thrown away with all its
// rooms. The binding itself refuses to call methods of objects from an old instance, but frees them in the new one,
// where the same address is somebody else's. So no object is used or freed here without asking which instance it
// belongs to.

import { initSync, __wbg_reset_state as replaceInstance, type SyncInitInput, default as startAsync } from "./core.js";
import { type ErrorCode, RoomscopeError } from "./errors.js";

/** `WebAssembly.Module` where the compiler knows it: projects for Node have no such name unless they ask for the DOM. */
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: new (...args: never) => infer M } }
  ? M
  : never;

/** Whatever `init` takes: where to fetch the WebAssembly from, or the thing itself. */
export type InitSource =
  string | URL | Request | Response | Promise<Response> | ArrayBuffer | ArrayBufferView | CompiledModule;

let started = false;
/** Counts instances; 0 is the first. */
let generation = 0;

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

/**
 * Runs a call into the engine; whatever fails in there is thrown as a {@link RoomscopeError}. The engine calls no code
 * of the caller, so `work` never comes back in here.
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
  try {
    return work();
  } catch (error) {
    if (isCrash(error)) {
      generation += 1;
      replaceInstance();
      const message = `The engine crashed, which is a bug in roomscope: ${error.message}. Rooms made before this are lost; new ones work.`;
      throw new RoomscopeError("internal", message, { cause: error });
    }
    const code = error instanceof Error ? codeOf(error) : undefined;
    // Rust has no codes that the list does not have: a test compares the two.
    throw code === undefined ? error : new RoomscopeError(code as ErrorCode, (error as Error).message);
  }
}

/**
 * An object of the binding, together with the instance that it lives in.
 *
 * @internal
 */
export class Handle<T extends { free(): void }> {
  #object: T | undefined;
  readonly #generation: number;

  constructor(make: () => T) {
    this.#object = call(make);
    this.#generation = generation;
  }

  /** Calls into the object. */
  call<R>(work: (object: T) => R): R {
    const object = this.#alive();
    return call(() => work(object));
  }

  /** Calls into this object and another: one call, so that a crash in it is one crash. */
  callWith<U extends { free(): void }, R>(other: Handle<U>, work: (object: T, other: U) => R): R {
    const [object, another] = [this.#alive(), other.#alive()];
    return call(() => work(object, another));
  }

  #alive(): T {
    const object = this.#object;
    if (object === undefined) throw new RoomscopeError("freed", "This room was used after free().");
    if (this.#generation !== generation) {
      throw new RoomscopeError("lost", "This room was lost when the engine crashed; make a new one.");
    }
    return object;
  }

  /** Gives the memory back. Doing it twice is no error. */
  free(): void {
    const object = this.#object;
    this.#object = undefined;
    if (object !== undefined && this.#generation === generation) call(() => object.free());
  }
}
