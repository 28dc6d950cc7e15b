// What the inspector shows while no event is selected: the room in a few facts and, for the sample, what this page is.
import { button, drawing, make } from "../dom.ts";
import { type Lesson, lessons } from "../lessons/rooms.ts";
import { type Sample, samples } from "../lessons/samples.ts";
import { count, counted, fullTime, shortId } from "../format.ts";
import type { Gap, Row } from "../protocol.ts";
import type { Session } from "../session.ts";

export interface OverviewActs {
  /** Opens the file chooser. */
  choose(): void;
  openLesson(lesson: Lesson): void;
  openSample(sample: Sample): void;
  /** The page need not find this room again after a reload. */
  forget(): void;
  go(row: Row): void;
  goGap(gap: Gap): void;
}

const linksShown = 12;

function listed<T>(items: readonly T[], link: (item: T) => Node, none: string): Node[] {
  if (items.length === 0) return [make("span", { class: "more" }, none)];
  const shown: Node[] = items.slice(0, linksShown).map(link);
  if (items.length > linksShown)
    shown.push(make("span", { class: "more" }, `and ${count(items.length - linksShown)} more`));
  return shown;
}

export function overview(session: Session, acts: OverviewActs): HTMLElement {
  const { opened } = session;
  const title = session.sample ? "See what happened to a room." : (opened.name ?? "A room without a name");
  const words = introduction(session);
  const list = make("dl", { class: "facts" });
  const fact = (name: string, ...value: (Node | string)[]): void => {
    list.append(make("dt", {}, name), make("dd", {}, ...value));
  };
  fact("room", make("span", { class: "mono foreign" }, opened.roomId ?? "unknown: no create event"));
  fact("room version", opened.roomVersion ?? "unknown");
  fact(
    "events",
    `${count(session.eventCount)} in the history`,
    opened.outlierCount > 0 ? `, ${counted(opened.outlierCount, "outlier")}` : "",
  );
  if (session.eventCount > 0) fact("from, to", `${fullTime(opened.firstTs)}, ${fullTime(opened.lastTs)}`);
  fact("lanes", count(opened.graph.laneCount));
  const idLink = (row: Row, id: string): Node => button({ class: "plain link mono" }, () => acts.go(row), id);
  fact("tips", ...listed(tipLinks(session), ({ row, id }) => idLink(row, id), "none"));
  fact(
    "gaps",
    ...listed(
      opened.gaps,
      (gap) => button({ class: "plain link mono" }, () => acts.goGap(gap), shortId(gap.missingId)),
      "none",
    ),
  );
  if (opened.duplicates > 0) fact("named twice", counted(opened.duplicates, "event"));
  return make(
    "div",
    { class: "intro" },
    make("h2", { class: "foreign" }, title),
    make("p", { class: "foreign" }, words),
    make(
      "div",
      { class: "buttons" },
      button({ class: "button primary" }, () => acts.choose(), "Choose files…"),
      session.sample ? undefined : forgetButton(acts),
    ),
    pictures(acts),
    list,
  );
}

/** The room stays open; after a reload it is gone. */
function forgetButton(acts: OverviewActs): HTMLButtonElement {
  const title = "it is kept in this browser alone, for the next visit";
  const forget = button({ class: "button", title, "aria-live": "polite" }, () => {
    acts.forget();
    forget.textContent = "forgotten";
  });
  forget.textContent = "Forget this room";
  return forget;
}

/** Three sentences for somebody who comes for the first time; fewer about a room of their own. */
export function introduction(session: Session): string {
  if (!session.sample)
    return `Read from ${session.origin.name}. Select an event to see what it says, whom it names and who names it.`;
  return `roomscope reads a Matrix room’s events and draws their history as a server sees it. ${sampleWords(session)} Select an event to see it, or drop a file of your own: it stays on this machine.`;
}

/** What the sample or teaching room is. */
function sampleWords({ origin }: Session): string {
  return origin.room?.words ?? `This is a room to learn from: ${origin.lesson?.about ?? "a small one"}.`;
}

/** The rooms to look at and the rooms to learn from, each with a small picture of what it shows. */
function pictures(acts: OverviewActs): HTMLElement {
  const card = (
    of: Pick<Sample, "name" | "about" | "picture">,
    name: string,
    id: string,
    open: () => void,
  ): HTMLElement =>
    button(
      { class: "sample", [`data-${name}`]: id },
      open,
      drawing(44, of.picture.lines, of.picture.filled),
      make("span", { class: "words" }, make("strong", {}, of.name), make("span", { class: "note" }, of.about)),
    );
  return make(
    "div",
    { class: "samples" },
    make("h3", {}, "Or play one of these"),
    ...lessons.map((lesson) => card(lesson, "lesson", lesson.id, () => acts.openLesson(lesson))),
    make("h3", {}, "Or look at one that real servers took in"),
    ...samples.map((sample) => card(sample, "sample", sample.id, () => acts.openSample(sample))),
  );
}

function tipLinks(session: Session): { row: Row; id: string }[] {
  return [...session.opened.tips].map((row, i) => ({ row, id: shortId(session.opened.tipIds[i] ?? "") }));
}
