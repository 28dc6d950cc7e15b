// How a command ends before its work is done.

/** Something that the person at the keyboard can mend: one sentence, exit code 2, no stack. */
export class Refusal extends Error {
  /** Whether the way the command was called is at fault, so that its help is worth a look. */
  readonly usage: boolean;

  constructor(message: string, usage = false) {
    super(message);
    this.usage = usage;
  }
}
