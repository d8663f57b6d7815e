import { notFound } from "../../../error.js";
import { refuseDeleted } from "../../state/deleted.js";
import type { Ask, Database } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Hold } from "../hold/hold.js";
import { type Advancing, advance } from "./advance.js";
import type { Bases, Use } from "./bases.js";
import { changeBetween } from "./compare.js";
import { SealedMeanwhile } from "./heads.js";
import { type InstanceRow, type JournalRow, readBoth } from "./rows.js";

/** Instances of one statement. */
const BATCH = 256;

/** Brings what this replica holds of instances to what the database has now. */
export class Loader {
  private readonly database: Database;
  private readonly hold: Hold;
  private readonly advancing: Advancing;
  private readonly bases: Bases;
  /** Instances that were sealed since they were read, until they are read anew: what changed in them is told. */
  private readonly replaced = new Map<string, HeldInstance>();

  constructor(database: Database, hold: Hold, advancing: Advancing, bases: Bases) {
    this.database = database;
    this.hold = hold;
    this.advancing = advancing;
    this.bases = bases;
  }

  /** Number that changes when everything that was held was forgotten. */
  get generation(): number {
    return this.hold.generation;
  }

  /** @returns an instance as it is now, whatever of it is damaged. @throws PlatformError `not_found`, `deleted`, `store_failed` */
  async shown(id: string): Promise<HeldInstance> {
    return shown(id, (await this.fresh([id])).get(id));
  }

  /**
   * @param tellFrom - of instances that are not held, the first command that is told
   * @returns instances as they are now, by id, without those that there are not. @throws PlatformError `store_failed`
   */
  async fresh(ids: readonly string[], tellFrom?: ReadonlyMap<string, number>): Promise<Map<string, HeldInstance>> {
    const found = new Map<string, HeldInstance>();
    let rest = [...new Set(ids)];
    while (rest.length > 0) {
      const again: string[] = [];
      for (let start = 0; start < rest.length; start += BATCH) {
        for (const [id, held] of await this.read(rest.slice(start, start + BATCH), tellFrom)) {
          if (held === undefined) again.push(id);
          else found.set(id, held);
        }
      }
      rest = again;
    }
    return found;
  }

  /** @returns those that there are; `undefined` for one that is to be asked for again */
  private async read(
    ids: readonly string[],
    tellFrom: ReadonlyMap<string, number> | undefined,
  ): Promise<Map<string, HeldInstance | undefined>> {
    const { hold } = this;
    await hold.settled(ids);
    const before = new Map(ids.map((id) => [id, hold.get(id)] as const));
    // What is held now may go on while the answer is on its way.
    const known = new Map([...before].map(([id, held]) => [id, held && { no: held.no, pos: held.pos }] as const));
    const { generation } = hold;
    const read = await readBoth(this.database.ask, known);
    const bases = await this.bases.read(
      this.database.ask,
      read.filter(({ row }) => known.get(row.id) === undefined).map(({ row }) => row),
    );
    const found = new Map<string, HeldInstance | undefined>();
    const rows = new Map(read.map((one) => [one.row.id, one] as const));
    for (const id of ids) {
      const one = rows.get(id);
      if (hold.isChanging(id)) {
        await hold.settled([id]);
        // It contains what the answer has: the commit that changes it has read it after.
        const now = hold.get(id);
        if (now !== undefined || one !== undefined) found.set(id, now);
      } else if (one === undefined) {
        hold.drop(id);
        this.replaced.delete(id);
      } else found.set(id, await this.take(one, bases.get(one.row.no), before.get(id), known.get(id), generation, tellFrom?.get(id)));
    }
    return found;
  }

  /**
   * Looks at instances as of the moment that a transaction sees; what is held of them may be of a later one.
   *
   * @param ask - of the transaction
   * @param view - takes what is wanted of an instance, which goes on afterwards; the second argument is when it was heard last, in milliseconds since 1970
   * @returns what it has taken, by id, without instances that there are not. @throws PlatformError `store_failed`
   */
  async seenIn<View>(
    ask: Ask,
    ids: readonly string[],
    view: (held: HeldInstance, heartbeatMs: number) => View,
  ): Promise<Map<string, View>> {
    const seen = new Map<string, View>();
    for (let start = 0; start < ids.length; start += BATCH) {
      // What is held is brought to the moment. What is of a later one already, or was sealed since, is read from its beginning.
      for (let rest = ids.slice(start, start + BATCH), isFirst = true; rest.length > 0; isFirst = false)
        rest = await this.lookIn(ask, rest, isFirst, view, seen);
    }
    return seen;
  }

  /** @param isFirst - begins with what is held @param seen - filled @returns ids of those that are to be read from their beginning */
  private async lookIn<View>(
    ask: Ask,
    ids: readonly string[],
    isFirst: boolean,
    view: (held: HeldInstance, heartbeatMs: number) => View,
    seen: Map<string, View>,
  ): Promise<string[]> {
    const { hold } = this;
    const { generation } = hold;
    const before = new Map(ids.map((id) => [id, isFirst && !hold.isChanging(id) ? hold.get(id) : undefined] as const));
    const known = new Map([...before].map(([id, held]) => [id, held && { no: held.no, pos: held.pos }] as const));
    const read = await readBoth(ask, known);
    const unknown = read.filter(({ row }) => known.get(row.id) === undefined);
    const bases = await this.bases.read(
      ask,
      unknown.map(({ row }) => row),
    );
    const rest: string[] = [];
    for (const one of read) {
      const { row, journal } = one;
      const of = known.get(row.id);
      const isBehind = of === undefined ? hold.get(row.id) === undefined : of.no === row.no && of.pos <= row.pos;
      const taken = isBehind ? await this.take(one, bases.get(row.no), before.get(row.id), of, generation, undefined) : undefined;
      if (taken?.pos === row.pos && !hold.isChanging(row.id)) seen.set(row.id, view(taken, row.heartbeatMs));
      else if (isFirst || taken !== undefined) rest.push(row.id);
      else seen.set(row.id, view(await this.apart(ask, row, journal, bases.get(row.no)), row.heartbeatMs));
    }
    return rest;
  }

  /** @returns an instance as its row is, for this caller alone */
  private async apart(ask: Ask, row: InstanceRow, journal: readonly JournalRow[], base: HeldInstance | undefined): Promise<HeldInstance> {
    const use = await this.bases.ready(ask, base, journal);
    return use(() => advance(base, row, journal, { ...this.advancing, tell: () => undefined }));
  }

  private async take(
    { row, journal }: { row: InstanceRow; journal: readonly JournalRow[] },
    base: HeldInstance | undefined,
    before: HeldInstance | undefined,
    known: { no: number; pos: number } | undefined,
    generation: number,
    tellFromPos: number | undefined,
  ): Promise<HeldInstance | undefined> {
    const use = await this.ready(before ?? base, journal);
    if (use === undefined || generation !== this.hold.generation || this.hold.isChanging(row.id)) return undefined;
    const now = this.hold.get(row.id);
    // It was forgotten meanwhile, or read by another question.
    if (now !== before && (now === undefined || now.no !== row.no || now.pos < (known?.pos ?? 0))) return undefined;
    // One that was sealed since is read anew: what it holds of its journal would stay in memory for good.
    const isSealed = known !== undefined && now?.sealedPos !== row.sealedPos;
    const isOther = known !== undefined && (known.no !== row.no || row.pos < known.pos || isSealed);
    if (isOther) this.hold.drop(row.id);
    if (isOther && now !== undefined && now.no === row.no && row.pos >= known.pos) this.replaced.set(row.id, now);
    // The database may also have gone back, as after a failover without a synchronous standby: nothing that is held is worth anything.
    if (isOther) return undefined;
    const held = use(() => advance(now ?? base, row, journal, this.advancing, tellFromPos));
    const replaced = this.replaced.get(row.id);
    this.replaced.delete(row.id);
    if (replaced !== undefined && replaced.no === held.no && replaced.pos <= held.pos) {
      if (replaced.pos < held.pos) this.advancing.tell(changeBetween(replaced, held));
      held.toldFromPos = replaced.toldFromPos;
    }
    this.hold.put(held, generation);
    return held;
  }

  /** @returns `undefined` for one that was sealed meanwhile */
  private async ready(held: HeldInstance | undefined, journal: readonly JournalRow[]): Promise<Use | undefined> {
    try {
      return await this.bases.ready(this.database.ask, held, journal);
    } catch (error) {
      if (!(error instanceof SealedMeanwhile)) throw error;
      this.hold.drop(held!.id);
      return undefined;
    }
  }
}

/** @returns an instance that is asked for. @throws PlatformError `not_found`, `deleted` */
export function shown(id: string, held: HeldInstance | undefined): HeldInstance {
  if (held === undefined) throw notFound(id);
  refuseDeleted(held);
  return held;
}
