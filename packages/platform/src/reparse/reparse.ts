import { randomBytes } from "node:crypto";
import type { ReparseAnswer, ReparseReading, ReparseRequest } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { InstanceView } from "../store/contract/instance.js";
import type { ReparseHead } from "../store/contract/reparse.js";
import type { Store } from "../store/contract/store.js";
import { Adding } from "./adding.js";
import { checkRules } from "./check-rules.js";
import { logPieces } from "./log-pieces.js";
import { LogThread } from "./log-thread.js";
import type { ReadRows, ThreadOptions } from "./messages.js";

/** Logs that are read at the same time; others wait. */
const MOST_READ = 2;

/** Reads stored logs again with rules of a user. */
export class Reparser {
  private readonly store: Store;
  private readonly threads = new Set<LogThread>();
  private readonly busy = new Set<string>();
  /** Logs that are read now. */
  private readers = 0;
  /** By instance: how far those are that are asked for. */
  private readonly readings = new Map<string, Set<ReparseReading>>();
  private readonly waiting: (() => void)[] = [];

  constructor(store: Store) {
    this.store = store;
  }

  /** @returns whether points of an instance are being added now */
  isBusy(id: string): boolean {
    return this.busy.has(id);
  }

  /** @returns how far the log of an instance is read, for each that reads it */
  readingsOf(id: string): ReparseReading[] {
    return [...(this.readings.get(id) ?? [])];
  }

  /**
   * Reads the log of an instance, as far as it reaches now, and adds what the rules read and is not there yet; or only tells it. All of it is added, or nothing.
   *
   * @param id - of an instance
   * @throws PlatformError `bad_request` for a rule that is wrong or takes too long; `conflict` while another reparse of the instance is at work
   */
  async reparse(id: string, { rules = [], parser, preview: isPreview = false }: ReparseRequest): Promise<ReparseAnswer> {
    checkRules(rules, parser);
    const view = await this.store.instance(id);
    const options = await this.optionsOf(view, rules, parser);
    const reading = { preview: isPreview, readBytes: 0, logBytes: view.logBytes };
    if (isPreview) return this.noted(id, reading, () => this.read(view, options, undefined, reading));
    const endTurn = await this.store.takeReparseTurn(id);
    this.busy.add(id);
    try {
      return await this.noted(id, reading, () => this.add(id, options, reading));
    } finally {
      this.busy.delete(id);
      await endTurn();
    }
  }

  /** Ends what is being read. */
  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  /** Waits for its turn, and is listed as one that reads. */
  private async noted<Result>(id: string, reading: ReparseReading, work: () => Promise<Result>): Promise<Result> {
    const all = this.readings.get(id) ?? new Set();
    this.readings.set(id, all.add(reading));
    try {
      return await this.whenFree(work);
    } finally {
      all.delete(reading);
      if (all.size === 0) this.readings.delete(id);
    }
  }

  private async add(id: string, options: ThreadOptions, reading: ReparseReading): Promise<ReparseAnswer> {
    // What a platform that ended left half added, where its start has not taken it back.
    for (const { n, state } of (await this.store.instance(id)).reparses) if (state === "adding") await this.store.undoReparse(id, n);
    const view = await this.store.instance(id);
    const n = Math.max(0, ...view.reparses.map((one) => one.n)) + 1;
    const by = randomBytes(8).toString("hex");
    try {
      return await this.read(view, options, { n, by }, reading);
    } catch (error) {
      await this.store.undoReparse(id, n, by).catch((left: unknown) => {
        // It has added nothing, or was taken back and the number is another's by now; or it is taken back before the next one.
        if (!(left instanceof PlatformError)) throw left;
      });
      throw error;
    }
  }

  /** @param named - the reparse; absent for a preview @param reading - told how far it is */
  private async read(
    view: InstanceView,
    options: ThreadOptions,
    named: Pick<ReparseHead, "n" | "by"> | undefined,
    reading: ReparseReading,
  ): Promise<ReparseAnswer> {
    const { id, facts, logBytes } = view;
    const { metrics: rules, parser } = options;
    const head = { n: 0, ...named, rules, ...(parser === undefined ? {} : { parser }), logBytes };
    const adding = new Adding(this.store, view, head, named === undefined);
    const thread = new LogThread(options);
    this.threads.add(thread);
    const damage: string[] = [];
    let rows: ReadRows | undefined;
    try {
      const startNs = BigInt(options.referenceTimeMs) * 1_000_000n;
      reading.logBytes = logBytes;
      for await (const piece of logPieces(this.store, id, logBytes, startNs, (sentence) => damage.push(sentence))) {
        await adding.take((rows = await thread.read(piece)));
        reading.readBytes = piece.offset + piece.bytes.length;
      }
      await adding.take((rows = await thread.read({ isRunning: facts.state === "running" })));
    } finally {
      this.threads.delete(thread);
      await thread.close();
    }
    return {
      ...(await adding.end()),
      preview: named === undefined,
      silentRules: [...rows.silentRules],
      logBytes,
      ...(damage.length === 0 ? {} : { damage }),
    };
  }

  /** What the run itself would have known when it read its output. */
  private async optionsOf(
    { id, facts, streamLabels }: InstanceView,
    metrics: readonly string[],
    parser: string | undefined,
  ): Promise<ThreadOptions> {
    const { startTime, batchOfEpoch } = facts;
    const isLabelled = (await this.store.series(id)).some(({ labels }) => labels["source"] === "console");
    return {
      metrics,
      streamLabels,
      ...(parser === undefined ? {} : { parser }),
      referenceTimeMs: Date.parse(startTime ?? "") || 0,
      ...(batchOfEpoch === undefined ? {} : { batchOfEpoch }),
      ...(isLabelled ? { labels: { source: "console" } } : {}),
    };
  }

  private async whenFree<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.readers >= MOST_READ) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.readers++;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.readers--;
      else next();
    }
  }
}
