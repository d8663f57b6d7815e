import {
  encodeBatchHead,
  type InstanceEvent,
  type InstanceFacts,
  type JournalRecord,
  type Labels,
  RecordEncoder,
  seriesKey,
} from "ava-protocol";

/** A value of one series. */
export type Value = readonly [name: string, value: number, labels?: Labels];

let writers = 0;

/** Writes records of one instance as an SDK would and posts them to a platform. */
export class Run {
  readonly id: string;
  private readonly platformUrl: string;
  private readonly training: string;
  private readonly writer = `portaltest${String(writers++).padStart(4, "0")}`;
  private readonly encoder = new RecordEncoder();
  private readonly definitions = new Map<string, { seq: number; record: JournalRecord & { type: "series" } }>();
  private readonly startMs: number;
  private seq = 0;
  private sentSeq = 0;

  constructor(platformUrl: string, id: string, training = "digits", startMs = Date.now() - 3_600_000) {
    this.platformUrl = platformUrl;
    this.id = id;
    this.training = training;
    this.startMs = startMs;
  }

  facts(facts: InstanceFacts = {}): this {
    return this.write({ type: "facts", facts: { state: "running", startTime: new Date(this.startMs).toISOString(), ...facts } });
  }

  /** @param values - of one step; a second of the run a step */
  points(step: number, values: readonly Value[], epoch?: number): this {
    const ids = values.map(([name, , labels = {}]) => this.seriesId(name, labels));
    return this.write({
      type: "points",
      step,
      ...(epoch === undefined ? {} : { epoch }),
      timeNs: BigInt(this.startMs + step * 1000) * 1_000_000n,
      ids,
      values: values.map(([, value]) => value),
    });
  }

  /** @param timeMs - when it was printed, in milliseconds since 1970 */
  log(text: string, timeMs: number = Date.now()): this {
    return this.write({ type: "log", timeNs: BigInt(timeMs) * 1_000_000n, stream: "stdout", bytes: new TextEncoder().encode(text) });
  }

  event(event: InstanceEvent): this {
    return this.write({ type: "event", event });
  }

  write(record: JournalRecord): this {
    this.seq += 1;
    this.encoder.write(this.seq, record);
    return this;
  }

  /** @returns when the platform has committed everything written so far */
  async send(): Promise<void> {
    const head = encodeBatchHead({ writer: this.writer, training: this.training, prevSeq: this.sentSeq });
    const known = new RecordEncoder();
    for (const { seq, record } of this.definitions.values()) if (seq <= this.sentSeq) known.write(seq, record);
    const body = Buffer.concat([head, known.bytes(), this.encoder.bytes()]);
    const response = await fetch(`${this.platformUrl}/v1/instances/${this.id}/records`, {
      method: "POST",
      headers: { "content-type": "application/x-ava-records" },
      body,
    });
    if (!response.ok) throw new Error(`The platform refused records: ${response.status} ${await response.text()}`);
    this.encoder.clear();
    this.sentSeq = this.seq;
  }

  private seriesId(name: string, labels: Labels): number {
    const key = seriesKey(name, labels);
    const known = this.definitions.get(key);
    if (known !== undefined) return known.record.id;
    const record = { type: "series", id: this.definitions.size + 1, name, labels } as const;
    this.write(record);
    this.definitions.set(key, { seq: this.seq, record });
    return record.id;
  }
}
