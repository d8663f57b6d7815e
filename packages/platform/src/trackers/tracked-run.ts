import { mergeKeptParams, type Once, print64, type RunRecord } from "ava-dialects";
import type { ClientFacts, InstanceFacts } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { InstanceView } from "../store/contract/instance.js";
import type { Store } from "../store/contract/store.js";
import { KnownRecords } from "./known-records.js";
import { RecordWriter, type StoredRecord } from "./record-writer.js";

/** Times that params are merged anew since other replicas were quicker. */
const MOST_MERGES = 200;

type PassedOver = Extract<RunRecord, { kind: "passedOver" }>;

/** What became of records. */
export interface Appended {
  taken: number;
  repeated: number;
}

/** A run that a client logs to this process: its requests are taken one after the other. */
export class TrackedRun {
  private readonly store: Store;
  private readonly id: string;
  private readonly known: KnownRecords;
  private readonly newWriter: () => RecordWriter;
  private writer: RecordWriter;
  /** One writer for all replicas: of bodies that build on the same number the store takes one. */
  private readonly sharedWriter: RecordWriter;
  /** Points that the instance has as far as this process knows, where others may add some. */
  private points: number | undefined;
  /** Not yet with the instance. */
  private readonly uncounted: PassedOver[] = [];
  private last: Promise<unknown> = Promise.resolve();

  /** @param view - of the instance @param hasPoints - it has points that this process did not take */
  constructor(store: Store, view: InstanceView, hasPoints: boolean) {
    this.store = store;
    this.id = view.id;
    this.known = new KnownRecords(store, view.id, hasPoints);
    const dialect = view.facts.client?.dialect ?? "client";
    this.newWriter = () => new RecordWriter(dialect, view.training);
    this.sharedWriter = new RecordWriter(dialect, view.training, "params");
    this.writer = this.newWriter();
  }

  /**
   * Keeps all of the records that are new, or none.
   *
   * @param records - of the client
   * @param once - how repeats are told; absent where records replace what was there
   * @throws PlatformError of the store
   */
  append(records: readonly RunRecord[], once: Once | undefined): Promise<Appended> {
    const appended = this.last.then(() => this.keepOnce(records, once));
    this.last = appended.catch(() => undefined);
    return appended;
  }

  /** Counts what is understood and not kept; told with the end of the run. Where the store does not take it now, it goes with the next request. */
  passOver(kind: string, count: number): void {
    this.uncounted.push({ kind: "passedOver", what: kind, count });
    this.append([], undefined).catch(() => undefined);
  }

  /** A client that had no answer in time sends again, and another replica may take that at the same moment: of the two, the later one looks again. */
  private async keepOnce(records: readonly RunRecord[], once: Once | undefined): Promise<Appended> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.keep(records, once);
      } catch (error) {
        if (!isConflict(error) || tries === MOST_MERGES) throw error;
        this.known.doubt();
      }
    }
  }

  private async keep(records: readonly RunRecord[], once: Once | undefined): Promise<Appended> {
    if (this.store.capabilities.replicas) await this.mergeBesideOthers(records.filter((record) => record.kind === "params"));
    const { facts, records: seenRecords } = await this.store.instance(this.id);
    const next = facts.client?.next ?? {};
    const isStream = once !== undefined && "stream" in once;
    if (once !== undefined && this.store.capabilities.replicas) await this.lookAtOthers();
    const nextLine = isStream ? (next[once.stream] ?? 0) : 0;
    const lines = printOfLines(records, once);
    // Another process took these lines, and died before it could say so.
    if (lines !== undefined && lines === facts.client?.lastLines) return { taken: 0, repeated: records.length };
    const fresh = once === undefined ? records : await this.known.newOnes(records, once, nextLine);
    const stored: StoredRecord[] = [];
    const states: InstanceFacts[] = [];
    const waiting = this.uncounted.length;
    const passedOver = [...this.uncounted];
    let paramsText = facts.paramsText ?? "{}";
    for (const record of fresh) {
      if (record.kind === "params") paramsText = mergeKeptParams(paramsText, record);
      else if (record.kind === "passedOver") passedOver.push(record);
      else if (record.kind === "facts" && record.facts.state !== undefined) states.push(record.facts);
      else stored.push(record);
    }
    // Not as a writer of its own: another process may have told how the run ended before it went on, and what is told last counts.
    for (const state of states) await this.store.putFacts(this.id, state);
    const told: InstanceFacts = {};
    if (paramsText !== (facts.paramsText ?? "{}")) told.paramsText = paramsText;
    const client: Partial<ClientFacts> = {};
    if (isStream && once.nextLine > nextLine) client.next = { ...next, [once.stream]: once.nextLine };
    if (lines !== undefined) client.lastLines = lines;
    // With the instance: the next request, and the one that ends the run, may come to another replica.
    const counts = countsOf(facts.client?.passedOver, passedOver);
    if (passedOver.length > 0) client.passedOver = counts;
    if (states.some(({ stopTime }) => stopTime !== undefined) && Object.keys(counts).length > 0) {
      stored.push(noticeOf(counts));
      client.passedOver = {};
    }
    // In the same body as the records: both are kept, or neither.
    if (Object.keys(client).length > 0 && facts.client) told.client = { ...facts.client, ...client };
    if (Object.keys(told).length > 0) stored.push({ kind: "facts", facts: told });
    // An empty body is a sign of life.
    await this.take(this.writer.body(stored), once !== undefined && this.store.capabilities.replicas ? seenRecords : undefined);
    this.uncounted.splice(0, waiting);
    if (once) this.known.mark(once);
    if (this.points !== undefined) for (const record of stored) if (record.kind === "points") this.points += record.values.length;
    return { taken: fresh.length, repeated: records.length - fresh.length };
  }

  /** Another replica may change params of the run at the same time: what was merged with params that are not those any more is not taken, and merged anew. */
  private async mergeBesideOthers(params: readonly Extract<RunRecord, { kind: "params" }>[]): Promise<void> {
    for (let merges = 0; params.length > 0 && merges < MOST_MERGES; merges++) {
      const { facts } = await this.store.instance(this.id);
      const before = facts.paramsText ?? "{}";
      const paramsText = params.reduce(mergeKeptParams, before);
      if (paramsText === before) return;
      const { ack } = await this.store.takeRecords(this.id, this.sharedWriter.body([{ kind: "facts", facts: { paramsText } }]));
      this.sharedWriter.taken(ack);
    }
  }

  /** A balancer may have given another replica what comes again here: where there are points of others, the store is asked. */
  private async lookAtOthers(): Promise<void> {
    const points = (await this.store.series(this.id)).reduce((sum, { count }) => sum + count, 0);
    if (this.points !== undefined && this.points !== points) this.known.doubt();
    this.points = points;
  }

  private async take(body: Uint8Array, seenRecords: number | undefined): Promise<void> {
    try {
      await this.store.takeRecords(this.id, body, seenRecords);
      this.writer.taken();
    } catch (error) {
      if (isConflict(error)) throw error;
      // It is not known whether the store has them: their numbers are not used again, and what comes again is looked for in the store.
      this.writer = this.newWriter();
      this.known.doubt();
      throw error;
    }
  }
}

function countsOf(before: Readonly<Record<string, number>> = {}, more: readonly PassedOver[]): Record<string, number> {
  const counts = new Map(Object.entries(before));
  for (const { what, count } of more) counts.set(what, (counts.get(what) ?? 0) + count);
  return Object.fromEntries(counts);
}

function noticeOf(counts: Readonly<Record<string, number>>): StoredRecord {
  const words = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const timeNs = String(BigInt(Date.now()) * 1_000_000n);
  return { kind: "event", event: { event: "notice", timeNs, message: `logged, and AVA has no place for it: ${words.join(", ")}` } };
}

function isConflict(error: unknown): boolean {
  return error instanceof PlatformError && error.code === "conflict";
}

/** Lines of output have no place in the store by which they are found again: the last ones are told by a print. */
function printOfLines(records: readonly RunRecord[], once: Once | undefined): string | undefined {
  if (once === undefined || "stream" in once || !records.some(({ kind }) => kind === "log")) return undefined;
  return print64(once.prints.join(" ")).toString(36);
}
