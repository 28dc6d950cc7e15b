// What crosses of a room's state: at an event, between two, of one slot, and how a merge was resolved.
import type { Named, Row } from "./history.ts";

export interface Slot {
  type: string;
  stateKey: string;
}

/** The value of one slot after every event of the history. */
export interface SlotColumn {
  /** By row: its place in `setters`, counted from 1; 0 where there is none, and beyond the last where it is not known. */
  values: Uint32Array<ArrayBuffer>;
  /** The rows of the events that set them. */
  setters: Uint32Array<ArrayBuffer>;
}

/** One slot of a state: its value in words, and the event that set it; no id where a value was lost. */
export interface StateRow {
  type: string;
  stateKey: string;
  value: string;
  eventId: string;
  /** Absent: not held. */
  row: Row | undefined;
  sender: string;
  depth: number;
  /**
   * What the event did to it: set it for the first time or anew, chose between what its parents have, or went back behind one
   * of them.
   */
  change: "" | "added" | "changed" | "resolved" | "reset";
  /** Which of the parents' states have this value, if they differ. */
  heldBy?: boolean[];
}

/** Parents that have the same state. */
export interface ParentState {
  eventIds: string[];
  row: Row | undefined;
  sender: string;
}

export interface StateView {
  known: boolean;
  total: number;
  parents: ParentState[];
  changed: StateRow[];
  same: StateRow[];
  /** Slots that were found and not sent. */
  more: number;
}

export interface Difference {
  known: boolean;
  /** Slots of the second state. */
  total: number;
  /** Slots that differ; `slots` has the first of them. */
  count: number;
  slots: { type: string; stateKey: string; from: StateRow | undefined; to: StateRow | undefined }[];
}

export interface KeyChange {
  row: Row;
  value: StateRow | undefined;
  cause: "set" | "resolved" | "reset";
}

export interface WhySlot {
  type: string;
  stateKey: string;
  /** The value in each of the parents' states. */
  held: (StateRow | undefined)[];
  winner: string | null;
}

export interface WhyStep {
  phase: "power" | "mainline" | "v1-auth" | "v1-other";
  outcome: "allowed" | "denied" | "skipped";
  keys: Record<string, number | string>;
  reason: string;
  /** The events that its reason names. */
  named: Named[];
  /** What became of its value: "stands", "until 12", "denied" … */
  fate: string;
  entry: StateRow;
}

/** A resolution as it is told. Lists are cut; the counts tell of all. */
export interface WhyView {
  algorithm: "none" | "v1" | "v2" | "v2.1";
  parents: ParentState[];
  unconflicted: number;
  conflictedCount: number;
  slots: WhySlot[];
  authDifference: StateRow[];
  authDifferenceCount: number;
  subgraphCount: number;
  steps: WhyStep[];
  stepCount: number;
  denied: number;
  resultCount: number;
}
