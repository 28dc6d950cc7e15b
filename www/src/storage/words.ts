// What taking an event in did to the tables, as one sentence: the one that the Storage tab and Play show.
import { counted } from "../format.ts";
import type { StorageDetail, Summary } from "../protocol.ts";

/** Of a longer list only the ends are told. */
const longestList = 8;

/** [1, 2, 5] → "1, 2, 5"; of a long list the ends and the length. */
export function listWords(list: readonly number[], unit: string): string {
  if (list.length === 0) return "nothing";
  if (list.length <= longestList) return list.join(", ");
  return `${list.slice(0, 3).join(", ")} … ${list.slice(-2).join(", ")} (${counted(list.length, unit)})`;
}

/** ("block", [5]) → "block 5 is new"; ("block", [5, 6]) → "blocks 5, 6 are new". */
function numbered(word: string, nids: readonly number[], one: string, many: string): string[] {
  if (nids.length === 0) return [];
  return [`${word}${nids.length === 1 ? "" : "s"} ${listWords(nids, word)} ${nids.length === 1 ? one : many}`];
}

function tipWords({ effects, eventId }: StorageDetail): string[] {
  const before = effects.forwardExtremitiesBefore;
  const after = effects.forwardExtremitiesAfter;
  if (before.length === after.length) return [];
  if (after.length === 1 && after[0] === eventId) return before.length > 1 ? ["it is the only tip now"] : [];
  return [`the room has ${counted(after.length, "tip")} now`];
}

/** The parts of the sentence, in the order in which a server does these things. */
export function effectWords(detail: StorageDetail): string[] {
  const { effects, lists } = detail;
  const parts = [
    ...effects.internedTypes.map(([nid, type]) => `interned ${type} as ${nid}`),
    ...effects.internedStateKeys.map(([nid, key]) => `interned ${key === "" ? "the empty key" : key} as ${nid}`),
    ...numbered("block", effects.newBlocks, "is new", "are new"),
    ...lists.map(({ nid, blocks }) => `snapshot ${nid} = ${listWords(blocks, "block")}`),
  ];
  parts.push(...numbered("state group", effects.newStateGroups, "is new", "are new"));
  if (effects.newBlocks.length === 0) parts.push(...numbered("block", effects.reusedBlocks, "was there", "were there"));
  if (lists.length === 0) parts.push(...numbered("snapshot", effects.reusedSnapshots, "was there", "were there"));
  if (parts.length === 0)
    parts.push(detail.before === 0 ? "a row of its own, and no state" : `nothing new, snapshot ${detail.before} again`);
  return [...parts, ...tipWords(detail)];
}

/** Who did what, as the rows of the list tell it. */
export function subjectWords(sender: string, summary: Summary): string {
  const what = summary.text === "" ? summary.label : summary.text;
  if (summary.kind !== "state") return `${sender}: ${what}`;
  return summary.label === "member" ? what : `${sender} sets ${[summary.label, summary.key].filter(Boolean).join(" ")}`;
}
