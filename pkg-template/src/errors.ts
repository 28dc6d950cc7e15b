// The one kind of error that the package throws. What Rust reports, what the package itself checks and what a crash
// of the engine becomes all end up here.

/**
 * Every code that an error of the package can have; each call says which of them it throws itself.
 *
 * Any call:
 *
 * - `not-initialised`: on the web, something was used before `await init()` had ended
 * - `init-failed`: the WebAssembly module could not be fetched or compiled; `cause` says why, and `init` can be called again
 * - `freed`: the room was used after `free()`
 * - `busy`: the room is still reading events: wait for `addAsync`, or abort it
 * - `internal`: the engine crashed, which is a bug in it; all rooms made before are lost, new ones work
 * - `lost`: the room was made before such a crash
 *
 * What was asked for:
 *
 * - `bad-argument`: an argument is of the wrong type, or has a value that makes no sense
 * - `unknown-event`: the room does not hold the event
 * - `unknown-state`: the room holds the event, but not enough of what is before it to know the state there
 * - `unknown-room-version`: the room version is none of 1 to 12
 * - `no-room-version`: the room version must be known, and no create event or option has said it yet
 * - `unknown-table`: there is no table of that name
 * - `wrong-room`: two rooms are to be compared that are not the same
 * - `wrong-room-version`: two rooms are to be compared that are read by different room versions
 * - `no-json`: the events' JSON is asked for, and the room was opened with `keepJson: false`
 * - `not-a-save`: bytes to be loaded are not a saved room
 * - `unknown-save-form`: the room was saved by a version of roomscope that writes another form
 * - `damaged-save`: the saved room is damaged: cut off, changed, or never written by `save`
 *
 * Limits:
 *
 * - `room-full`: the room has more different ids, types or keys than fit
 * - `out-of-memory`: there is not enough memory for more state
 */
export type ErrorCode =
  | "bad-argument"
  | "busy"
  | "damaged-save"
  | "freed"
  | "init-failed"
  | "internal"
  | "lost"
  | "no-json"
  | "no-room-version"
  | "not-a-save"
  | "not-initialised"
  | "out-of-memory"
  | "room-full"
  | "unknown-event"
  | "unknown-room-version"
  | "unknown-save-form"
  | "unknown-state"
  | "unknown-table"
  | "wrong-room"
  | "wrong-room-version";

/**
 * What every failed call throws. A failed call has changed nothing.
 *
 * @example
 * try {
 *   room.stateDiff("$unknown", null);
 * } catch (error) {
 *   if (!(error instanceof RoomscopeError) || error.code !== "unknown-event") throw error;
 *   console.log(error.message);
 * }
 */
export class RoomscopeError extends Error {
  /** Always the same, so that errors from several copies of the package can be told. */
  override readonly name = "RoomscopeError";
  /** Stable, for programs; the message is for people and may change. */
  readonly code: ErrorCode;

  /** Made by the package; for those who stand in for it in tests. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
