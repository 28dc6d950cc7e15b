// The colour tokens as the canvas needs them, read from the style sheet so that both halves of a row have one source.

const names = [
  "bg",
  "ink",
  "ink3",
  "lane",
  "lane2",
  "acc",
  "sel",
  "ok",
  "bad",
  "warn",
  "litl",
  "va",
  "vb",
  "vc",
  "vd",
] as const;

export type Colours = Record<(typeof names)[number], string>;

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours;
}
