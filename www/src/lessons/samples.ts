// Rooms to look at that real servers took in: one as its server exported it, the others packed with what those servers were told
// besides (they are the captures of the same names). Each is fetched when somebody opens it.
import gapUrl from "../../samples/gap.link?url";
import joiningUrl from "../../samples/joining-from-afar.link?url";
import pierUrl from "../../samples/north-pier-v11.ndjson?url";
import rejectedUrl from "../../samples/rejected.link?url";
import softFailedUrl from "../../samples/soft-failed.link?url";
import resetUrl from "../../samples/state-reset.link?url";

export interface Sample {
  id: string;
  name: string;
  about: string;
  /** What it is, for those who have just opened it: one sentence. */
  words: string;
  url: string;
  /** The file is the text of a link. */
  packed: boolean;
  /** The room drawn small, on 16 by 16: lines, and what is filled. */
  picture: { lines: readonly string[]; filled: readonly string[] };
}

/** The first is what somebody sees who comes for the first time. */
export const samples: readonly [Sample, ...Sample[]] = [
  {
    id: "north-pier-v11",
    name: "Three servers cut off",
    about: "205 events, version 11 · forks, merges, and what each side did not know",
    words: "This room was captured from three servers that were cut off from each other and met again.",
    url: pierUrl,
    packed: false,
    picture: {
      lines: ["M0 8h3C5 8 5 3 7 3h2c2 0 2 5 4 5h3", "M3 8h10", "M3 8c2 0 2 5 4 5h2c2 0 2-5 4-5"],
      filled: ["M6.500 1.500h3v3h-3z", "M6.500 6.500h3v3h-3z", "M6.500 11.500h3v3h-3z"],
    },
  },
  {
    id: "joining-from-afar",
    name: "Joining from afar",
    about: "152 events, version 12 · outliers, a gap, and events held back",
    words:
      "A server joined this room late: it was handed the state, as outliers without a history, and what came before its join is a gap.",
    url: joiningUrl,
    packed: true,
    picture: {
      lines: ["M2 6l2 2l-2 2l-2-2zM6.500 6l2 2l-2 2l-2-2z", "M10 8h6"],
      filled: ["M9.500 6.500h3v3h-3z"],
    },
  },
  {
    id: "state-reset",
    name: "An old branch comes back",
    about: "14 events, version 2 · a merge with the past, and what it does to the state",
    words:
      "A late message merges an old join with the newest message, and what had long been settled is resolved once more.",
    url: resetUrl,
    packed: true,
    picture: {
      lines: ["M0 10h16", "M2.500 10C4.500 10 4.500 3 6.500 3h3c2 0 2 7 4 7"],
      filled: ["M6.500 8.500h3v3h-3z"],
    },
  },
  {
    id: "gap",
    name: "A gap that closes",
    about: "8 events, version 2 · a parent that nobody has, fetched later",
    words:
      "An event came whose parent nobody had; the missing one was fetched later, so its stream ordering is negative.",
    url: gapUrl,
    packed: true,
    picture: {
      lines: ["M2.500 5.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5z", "M6 8h1M8.500 8h1M11 8h5"],
      filled: ["M11.500 6.500h3v3h-3z"],
    },
  },
  {
    id: "soft-failed",
    name: "Held back",
    about: "9 events, version 2 · a banned user’s topic, soft-failed, and the merge that takes it in",
    words:
      "Somebody who had been banned sent a topic on an old event: it is soft-failed, and a merge takes it in all the same.",
    url: softFailedUrl,
    packed: true,
    picture: {
      lines: ["M0 5h16", "M3 5c2 0 2 6 4 6", "M9.500 8.500a2.500 2.500 0 1 0 0 5a2.500 2.500 0 1 0 0-5z"],
      filled: ["M9.500 8.500a2.500 2.500 0 1 0 0 5z"],
    },
  },
  {
    id: "rejected",
    name: "Refused",
    about: "7 events, version 2 · a topic from somebody who is not in the room",
    words:
      "Somebody who is not in the room set its topic: the event is rejected, and its children stand on it as on a message.",
    url: rejectedUrl,
    packed: true,
    picture: { lines: ["M0 8h5M11 8h5", "M6 6l4 4M10 6l-4 4"], filled: ["M1 6.500h3v3H1z"] },
  },
];
