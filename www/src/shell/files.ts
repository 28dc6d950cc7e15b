// Ways in for files: the chooser, dropping them anywhere on the page, and pasting them or their text.
import { make } from "../dom.ts";

export class Files {
  readonly #input = make("input", { type: "file", multiple: true, hidden: true, "aria-label": "a room's events" });
  readonly #target = make(
    "div",
    { class: "drop", hidden: true },
    "Drop a room here; several files are several servers’ views of it",
  );
  readonly #take: (files: File[]) => void;

  /** `take` gets the files, at least one. */
  constructor(take: (files: File[]) => void) {
    this.#take = take;
    document.body.append(this.#input, this.#target);
    this.#input.addEventListener("change", () => {
      this.#give(this.#input.files);
      // The same file may be chosen again after it has changed.
      this.#input.value = "";
    });
    this.#listen();
  }

  choose(): void {
    this.#input.click();
  }

  #give(list: FileList | null | undefined): void {
    const files = [...(list ?? [])];
    if (files.length > 0) this.#take(files);
  }

  #listen(): void {
    // Entering a child comes before leaving its parent: counting tells when the page itself is left.
    let inside = 0;
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    addEventListener("dragenter", (event) => {
      if (!holdsFiles(event)) return;
      inside++;
      this.#target.hidden = false;
    });
    addEventListener("dragleave", (event) => {
      if (!holdsFiles(event)) return;
      inside = Math.max(0, inside - 1);
      if (inside === 0) this.#target.hidden = true;
    });
    addEventListener("dragover", (event) => {
      if (holdsFiles(event)) event.preventDefault();
    });
    addEventListener("drop", (event) => {
      inside = 0;
      this.#target.hidden = true;
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.#give(event.dataTransfer?.files);
    });
    addEventListener("paste", (event) => {
      // What is pasted into a field belongs there.
      if (event.target instanceof HTMLInputElement) return;
      const { clipboardData } = event;
      const text = clipboardData?.getData("text/plain").trim() ?? "";
      if (clipboardData !== null && clipboardData.files.length > 0) this.#give(clipboardData.files);
      else if (text !== "") this.#take([new File([text], "pasted text")]);
    });
  }
}
