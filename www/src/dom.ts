// Elements are made here and filled with text, never with markup: no string from a room is ever parsed as HTML.

type Child = Node | string | undefined;

type Attributes = Record<string, string | number | boolean | undefined>;

/** Makes an element: `class`, other attributes (false and undefined leave one out), children as nodes or text. */
export function make<T extends keyof HTMLElementTagNameMap>(
  tag: T,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[T] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== undefined) element.append(child);
  return element;
}

/** A button that does one thing. */
export function button(
  attributes: Attributes,
  act: (event: MouseEvent) => void,
  ...children: Child[]
): HTMLButtonElement {
  const element = make("button", { type: "button", ...attributes }, ...children);
  element.addEventListener("click", act);
  return element;
}

const svgSpace = "http://www.w3.org/2000/svg";

/** A small drawing of stroked paths in the colour of the text, hidden from those who listen. */
export function drawing(size: number, paths: readonly string[], filled: readonly string[] = []): SVGSVGElement {
  const svg = document.createElementNS(svgSpace, "svg");
  for (const [name, value] of Object.entries({
    width: size,
    height: size,
    viewBox: "0 0 16 16",
    "aria-hidden": "true",
    class: "drawing",
  })) {
    svg.setAttribute(name, String(value));
  }
  for (const [list, fill] of [
    [paths, false],
    [filled, true],
  ] as const) {
    for (const d of list) {
      const path = document.createElementNS(svgSpace, "path");
      path.setAttribute("d", d);
      path.setAttribute("class", fill ? "fill" : "line");
      svg.append(path);
    }
  }
  return svg;
}

/** Moves an element to the beginning of another place while a media query holds, and back after that. */
export function movesWhen(query: string, element: HTMLElement, away: HTMLElement): void {
  const media = matchMedia(query);
  const anchor = document.createComment("");
  element.before(anchor);
  const place = (): void => {
    if (media.matches) away.prepend(element);
    else anchor.after(element);
  };
  media.addEventListener("change", place);
  place();
}

/** A function that has `render` called in the next frame, once however often it is called before. */
export function oncePerFrame(render: (now: number) => void): () => void {
  let scheduled = false;
  return () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame((now) => {
      scheduled = false;
      render(now);
    });
  };
}

/** Calls `work` in a task of its own after the next frame has been painted. */
export function afterFrame(work: () => void): void {
  requestAnimationFrame(() => setTimeout(work));
}

/** Replaces an element's text only if it differs, which spares layout; the text's node stays, which spares style. */
export function setText(element: Element, text: string): void {
  const { firstChild } = element;
  if (firstChild instanceof Text && firstChild.nextSibling === null && text !== "") {
    if (firstChild.data !== text) firstChild.data = text;
  } else if (element.textContent !== text) element.textContent = text;
}

/** Sets an attribute, or takes it away, only if that changes it: what is set anew is styled anew. */
export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/** Hides an element or shows it, only if that changes it: an attribute that is set anew is styled anew. */
export function setHidden(element: HTMLElement, hidden: boolean): void {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** The element with this id, which the page's own markup holds. */
export function part<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}
