// A room that is open on the page: the engine that holds it, what the engine told when it was opened, and its graph.
import type { Engine } from "./engine.ts";
import { spanOf, type TimeSpan } from "./format.ts";
import { Edges } from "./history/edges.ts";
import type { Opened } from "./protocol.ts";

export class Session {
  readonly engine: Engine;
  readonly opened: Opened;
  readonly edges: Edges;
  /** The file's name, or the sample's. */
  readonly source: string;
  readonly sample: boolean;

  constructor(engine: Engine, opened: Opened, source: string, sample: boolean) {
    this.engine = engine;
    this.opened = opened;
    this.edges = new Edges(opened.graph);
    this.source = source;
    this.sample = sample;
  }

  get eventCount(): number {
    return this.opened.graph.eventCount;
  }

  /** Events of the history and outliers. */
  get heldCount(): number {
    return this.eventCount + this.opened.outlierCount;
  }

  get span(): TimeSpan {
    return spanOf(this.opened.firstTs, this.opened.lastTs);
  }

  close(): void {
    this.engine.close();
  }
}
