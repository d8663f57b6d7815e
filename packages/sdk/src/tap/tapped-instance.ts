import type { OutletRecord } from "ava-dialects";
import { type InstanceFacts, type SegmentHeader, seriesKey } from "ava-protocol";
import type { RunLayout } from "../place/workspace/layout.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { RunWriters } from "../ship/run-writers.js";
import type { Settled } from "../ship/settling.js";
import { ShipLoop, type ShipLoopEvents } from "../ship/ship-loop.js";
import { createTransport, type Transport } from "../ship/transport.js";
import type { TapConfig } from "./tap-config.js";

type SeriesName = Parameters<Recorder["values"]>[0][number];

/** What a tapped instance is made of. */
export interface TappedInstanceOptions {
  id: string;
  training: string;
  layout: RunLayout;
  config: Pick<TapConfig, "platformUrl" | "platformToken">;
  /** Writers of an earlier tap that was killed: what they left is shipped. */
  leftWriters: ReadonlySet<string>;
  events: ShipLoopEvents;
}

/** An instance of which clients tell: its journal of this process, and what ships it. */
export class TappedInstance {
  private readonly journal: JournalWriter;
  private readonly recorder: Recorder;
  private readonly writers: RunWriters;
  private readonly transport: Transport;
  private readonly loop: ShipLoop;
  private readonly running: Promise<void>;
  /** One object for each series, by which the recorder knows it. */
  private readonly names = new Map<string, SeriesName>();
  private isEnding = false;

  /** Starts the journal, and to ship it. @param options - the instance */
  constructor({ id, training, layout, config, leftWriters, events }: TappedInstanceOptions) {
    this.journal = new JournalWriter({ folder: layout.journal, instance: id, training, isSelfShipped: true });
    this.recorder = new Recorder(this.journal, { warn: (message) => events.onNotice(message) });
    const { writer } = this.journal;
    const isOurs = ({ writer: of }: SegmentHeader) => of === writer || leftWriters.has(of);
    this.writers = new RunWriters({
      folder: layout.journal,
      instance: id,
      isOwn: (of) => of === writer && !this.isEnding,
      isOurs,
      // Of the others it is not asked: another process ships them.
      isAlive: (header) => (header.writer === writer ? !this.isEnding : !leftWriters.has(header.writer)),
    });
    this.transport = createTransport(config.platformUrl, config.platformToken);
    this.loop = new ShipLoop({ writers: () => this.writers.refresh(), transport: this.transport, events });
    this.running = this.loop.run();
  }

  /** Where its records end. */
  get position(): { writer: string; seq: number } {
    return { writer: this.journal.writer, seq: this.journal.lastSeq };
  }

  /** Records what a client told, in one write. @param records - in their order @returns whether it is in the journal; if not, nothing of it is */
  record(records: readonly OutletRecord[]): boolean {
    return this.recorder.attempt(() => this.tell(records));
  }

  /** The same as far as the journal takes it; the rest is counted. @param records - in their order */
  recordOrCount(records: readonly OutletRecord[]): void {
    this.recorder.batch(() => this.tell(records));
  }

  /** @returns whether no fact waits for room in the journal */
  isWritten(): boolean {
    return this.recorder.isWritten();
  }

  /** @param facts - that changed */
  facts(facts: InstanceFacts): void {
    this.recorder.facts(facts);
  }

  /** Ships what there is now. @param deadlineMs - in ms since 1970 @returns what became of it */
  settle(deadlineMs: number): Promise<Settled> {
    return this.loop.settle(deadlineMs);
  }

  /** Closes the journal and ships what is left. @param deadlineMs - in ms since 1970 @returns what became of it */
  async close(deadlineMs: number): Promise<Settled> {
    this.recorder.close();
    this.isEnding = true;
    this.writers.look();
    const settled = await this.loop.settle(deadlineMs);
    this.loop.stop();
    this.transport.close();
    await this.running;
    this.writers.close();
    return settled;
  }

  private tell(records: readonly OutletRecord[]): void {
    for (const record of records) {
      if (record.kind === "facts") this.recorder.facts(record.facts);
      else if (record.kind === "log") this.recorder.log(record.stream, record.bytes);
      else if (record.kind === "event") this.recorder.event(record.event);
      else {
        const names = record.series.map((one) => this.nameOf(one));
        this.recorder.values(names, record.values, 0, names.length, { step: record.step, timeNs: record.timeNs });
      }
    }
  }

  private nameOf(series: { name: string; labels: Readonly<Record<string, string>> }): SeriesName {
    const key = seriesKey(series.name, series.labels);
    const known = this.names.get(key) ?? series;
    this.names.set(key, known);
    return known;
  }
}
