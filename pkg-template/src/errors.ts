// The one kind of error that the package throws. What Rust reports, what the package itself checks and what a crash
// of the engine becomes all end up here.

/**
 * What every failed call throws. A failed call has changed nothing.
 *
 * Besides the codes that a call documents, any call may throw:
 *
 * - `not-initialised`: on the web, something was used before `await init()` had ended.
 * - `init-failed`: the WebAssembly module could not be fetched or compiled; `cause` says why. `init` can be called again.
 * - `freed`: the room was used after `free()`.
 * - `busy`: events were added to a room that is still reading others.
 * - `internal`: the engine crashed, which is a bug in it. All rooms made before are lost (`lost`); new ones work.
 * - `lost`: the room was made before such a crash.
 */
export class RoomscopeError extends Error {
  /** Always the same, so that errors from several copies of the package can be told. */
  override readonly name = "RoomscopeError";
  /** Stable, for programs; the message is for people and may change. */
  readonly code: string;

  /** Made by the package; for those who stand in for it in tests. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
