// The sheet "Export": a link that carries the room, where it is small enough, and files of it. Whether people's words go along is
// for the person to choose, and the choice that gives least away stands first.
import { button, make, setText } from "../dom.ts";
import { EngineError } from "../engine.ts";
import { count, counted } from "../format.ts";
import { type Carried, linkTo } from "../place.ts";
import type { FileForm, LinkText, Row } from "../protocol.ts";
import type { Session } from "../session.ts";

/** Some rows of the history and what they are called: "in the window". Without a list it is all of them. */
export interface Part {
  name: string;
  count: number;
  rows?: readonly Row[];
}

export interface ExportActs {
  /** The selected event. */
  eventId(): string | undefined;
  /** Parts of the history of which one may want the graph. */
  parts(): Part[];
}

const forms = [
  ["thin", "Thin", "Without messages, names, topics and reasons. Events keep their ids, states and verdicts."],
  ["whole", "Whole", "With everything that was written."],
] as const;
type Form = (typeof forms)[number][0];

const files: readonly [FileForm, name: string, end: string, about: string][] = [
  ["thin", "NDJSON, thin", ".thin.ndjson", "to show to others: nobody’s words are in it"],
  ["ndjson", "NDJSON, whole", ".ndjson", "every event as it came, one a line"],
  ["save", "Saved room", ".roomscope", "opens here and in the package with the same numbers in its tables"],
];

/** How long a button says what it has done. */
const saidMs = 1600;

export class ExportSheet {
  readonly element: HTMLElement;
  readonly #acts: ExportActs;
  readonly #choices = new Map<Form, HTMLButtonElement>();
  readonly #about = make("p", { class: "note" });
  readonly #state = make("p", { class: "length", "aria-live": "polite" });
  readonly #field = make("input", {
    class: "filter mono",
    readonly: true,
    "aria-label": "the link",
    spellcheck: "false",
  });
  readonly #copy = button({ class: "button primary" }, () => void this.#copyLink(), "Copy link");
  readonly #link: HTMLElement;
  readonly #named = make(
    "p",
    { class: "note", hidden: true },
    "This page has this room: the link carries no more than its name.",
  );
  readonly #thinOrWhole: HTMLElement;
  readonly #parts = make("div", { class: "choices", role: "group", "aria-label": "which events" });
  #form: Form = "thin";
  #part: Part | undefined;
  #session: Session | undefined;
  #asked: AbortController | undefined;

  constructor(acts: ExportActs) {
    this.#acts = acts;
    for (const [form, name] of forms)
      this.#choices.set(
        form,
        button({}, () => this.#choose(form), name),
      );
    this.#thinOrWhole = make(
      "div",
      {},
      make("div", { class: "choices", role: "group", "aria-label": "how much" }, ...this.#choices.values()),
      this.#about,
    );
    this.#field.addEventListener("focus", () => this.#field.select());
    this.#link = make(
      "section",
      { class: "link-part" },
      make("h3", {}, "A link with the room in it"),
      this.#thinOrWhole,
      this.#named,
      make("div", { class: "copy-line" }, this.#field, this.#copy),
      this.#state,
    );
    this.element = make(
      "div",
      {
        id: "export",
        class: "sheet export",
        popover: "auto",
        role: "dialog",
        "aria-labelledby": "export-title",
        "data-scrolls": true,
      },
      make("h2", { id: "export-title" }, "Export"),
      this.#link,
      this.#files(),
    );
  }

  get isOpen(): boolean {
    return this.element.matches(":popover-open");
  }

  close(): void {
    this.element.hidePopover();
  }

  showRoom(session: Session): void {
    if (this.isOpen) this.close();
    this.#session = session;
  }

  open(): void {
    if (this.#session === undefined) return;
    this.#showParts();
    this.element.showPopover();
    // At once: the event that tells of the opening comes later than the next key may.
    this.#copy.focus();
    this.#ask();
  }

  #files(): HTMLElement {
    const list = make("dl", { class: "files" });
    for (const [form, name, end, about] of files) list.append(this.#file(form, name, end, about));
    list.append(
      this.#file("dot", "Graph as DOT", ".dot", "for Graphviz, which draws some thousand events at most", this.#parts),
    );
    return make("section", {}, make("h3", {}, "A file"), list);
  }

  #file(form: FileForm, name: string, end: string, about: string, more?: HTMLElement): HTMLElement {
    const save = button(
      { class: "button", "data-file": form, "aria-live": "polite" },
      () => void this.#save(save, form, end),
    );
    setText(save, name);
    return make("div", {}, make("dt", {}, save), make("dd", { class: "note" }, about, more));
  }

  #showParts(): void {
    const parts = this.#acts.parts();
    this.#part = parts[0];
    this.#parts.replaceChildren(
      ...parts.map((part) => {
        const choice = button({ "aria-pressed": String(part === this.#part) }, () => {
          this.#part = part;
          for (const each of this.#parts.children) each.setAttribute("aria-pressed", String(each === choice));
        });
        choice.append(part.name, make("span", { class: "total" }, ` ${count(part.count)}`));
        return choice;
      }),
    );
  }

  #choose(form: Form): void {
    this.#form = form;
    this.#ask();
  }

  #address(carried: Carried): string {
    return linkTo(carried, this.#acts.eventId());
  }

  /** Shows the link, or how long it would be. */
  #ask(): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const { carried } = session.origin;
    const named = carried?.lesson !== undefined || carried?.sample !== undefined ? carried : undefined;
    this.#thinOrWhole.hidden = named !== undefined;
    this.#named.hidden = named === undefined;
    for (const [form, choice] of this.#choices) choice.setAttribute("aria-pressed", String(form === this.#form));
    setText(this.#about, forms.find(([form]) => form === this.#form)?.[2] ?? "");
    if (named !== undefined) {
      this.#offer(this.#address(named), "");
      return;
    }
    this.#offer("", "Packing the room …");
    session.engine.call("link", { thin: this.#form === "thin" }, { signal }).then(
      (link) => this.#tell(link),
      (error: unknown) => {
        if (!signal.aborted) this.#offer("", `The link could not be made: ${messageOf(error)}.`);
      },
    );
  }

  #tell({ text, characters, about, differing = 0 }: LinkText): void {
    if (text === undefined) {
      const length = about ? `about ${count(Number(characters.toPrecision(2)))}` : count(characters);
      const instead = this.#form === "whole" ? "Try it thin, or save a file" : "Save a file";
      this.#offer(
        "",
        `Too long for a link: ${length} characters, and beyond 60,000 links get lost. ${instead} instead.`,
      );
      return;
    }
    const address = this.#address({ room: text });
    const at = this.#acts.eventId() === undefined ? "" : ", leads to the selected event";
    const words = `${count(address.length)} characters${at}. The part behind # is not sent to any server.`;
    const apart = `${counted(differing, "event")} will look otherwise there: this room was told more than events. The saved room keeps that.`;
    this.#offer(address, differing === 0 ? words : `${words} ${apart}`);
  }

  #offer(address: string, words: string): void {
    this.#field.value = address;
    this.#field.disabled = address === "";
    // Not `disabled`, which would lose the focus.
    this.#copy.setAttribute("aria-disabled", String(address === ""));
    setText(this.#state, words);
  }

  async #copyLink(): Promise<void> {
    const address = this.#field.value;
    if (address === "") return;
    try {
      await navigator.clipboard.writeText(address);
      say(this.#copy, "Copied");
    } catch {
      // Pages without TLS have no clipboard: then it is copied by hand.
      this.#field.focus();
      say(this.#copy, "Copy it by hand");
    }
  }

  async #save(save: HTMLElement, form: FileForm, end: string): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const rows = form === "dot" ? this.#part?.rows : undefined;
    const name = `${session.origin.name.replace(/(\.thin|\.ndjson|\.jsonl|\.json|\.roomscope|\.gz)+$/i, "")}${end}`;
    try {
      const params = rows === undefined ? { form } : { form, rows: [...rows] };
      download(name.replaceAll(/[^\p{L}\p{N}._ -]+/gu, "-"), await session.engine.call("file", params));
      say(save, "Saved");
    } catch (error) {
      setText(this.#state, `The file could not be written: ${messageOf(error)}.`);
    }
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof EngineError ? error.message : String(error);
  return message.replace(/\.$/, "");
}

/** Lets a button say for a moment what it has done. */
function say(element: HTMLElement, words: string): void {
  const before = (element.dataset["says"] ??= element.textContent);
  setText(element, words);
  setTimeout(() => setText(element, before), saidMs);
}

function download(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
