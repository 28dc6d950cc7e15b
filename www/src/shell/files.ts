// Ways in for a file: the chooser, and dropping it anywhere on the page.
import { make } from "../dom.ts";

export class Files {
  readonly #input = make("input", { type: "file", hidden: true, "aria-label": "a room's events" });
  readonly #target = make("div", { class: "drop", hidden: true }, "Drop a room here");
  readonly #take: (file: File) => void;

  constructor(take: (file: File) => void) {
    this.#take = take;
    document.body.append(this.#input, this.#target);
    this.#input.addEventListener("change", () => {
      this.#first(this.#input.files);
      // The same file may be chosen again after it has changed.
      this.#input.value = "";
    });
    this.#listen();
  }

  choose(): void {
    this.#input.click();
  }

  #first(files: FileList | null | undefined): void {
    const file = files?.[0];
    if (file !== undefined) this.#take(file);
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
      this.#first(event.dataTransfer?.files);
    });
  }
}
