// The tables that the README of Dendrite's room server prints, and where they are not what its code stores.

export interface PrintedTable {
  title: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

export const printed: readonly PrintedTable[] = [
  {
    title: "Events",
    columns: ["EventNID", "EventTypeNID", "EventStateKeyNID", "state", "StateSnapshotNID"],
    rows: [
      ["1", "1", "1", "<nil>", "0"],
      ["2", "2", "2", "<nil>", "0"],
      ["3", "2", "3", "{1,2}", "1"],
      ["4", "3", "0", "{1,2,3}", "2"],
      ["5", "2", "2", "{1,2,3}", "2"],
      ["6", "3", "0", "{1,3,6}", "3"],
    ],
  },
  {
    title: "State Snapshots",
    columns: ["EventStateSnapshotNID", "StateBlockNIDs"],
    rows: [
      ["1", "{1}"],
      ["2", "{1,2}"],
      ["3", "{1,2,3}"],
    ],
  },
  {
    title: "State Blocks",
    columns: ["StateBlockNID", "EventTypeNID", "EventStateKeyNID", "EventNID"],
    rows: [
      ["1", "1", "1", "1"],
      ["1", "2", "2", "2"],
      ["2", "2", "3", "3"],
      ["3", "2", "2", "6"],
    ],
  },
];

/** A sentence for each place where the printed tables, or the words about them, are wrong. */
export const departures: readonly string[] = [
  "Before event 6 the state is {1, 3, 5}, and block 3 holds event 5: the README prints 6, which is the message itself and sets no state.",
  "m.room.member is 5, not 2, for seven types have numbers from the start; m.room.message is the first number that is free: 8 without holes, 9 on SQLite, 65537 on PostgreSQL, where m.room.server_acl has taken the one before.",
  "The state keys 2 and 3 are those of SQLite; PostgreSQL begins at 65536, and only the empty key has a number from the start.",
  "A real database numbers the third block and the third snapshot 4, for taking event 4 in has tried to insert both again and used a number up each time. Choose SQLite or PostgreSQL under Tables to see it.",
  "State Blocks prints a row for each slot. Since 2021 a block is one row: a list of event numbers and its hash. The type and the key are those of the event.",
  "A snapshot’s row also has its room and a hash.",
  "A state of <nil>, snapshot 0, is right for outliers only, as these two events are: a create event that comes live has a real snapshot, which is empty.",
  "“The state at each event” is the state before the event.",
  "Where two blocks of a list set the same slot, the one with the higher number counts. The README does not say so.",
  "There are no power levels and no join rules here, so bar’s join would be refused. This room is read with its checks off.",
];
