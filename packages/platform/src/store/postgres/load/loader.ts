import { notFound } from "../../../error.js";
import { refuseDeleted } from "../../state/deleted.js";
import type { Database } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Hold } from "../hold/hold.js";
import { type Advancing, advance } from "./advance.js";
import { type InstanceRow, type JournalRow, readBoth } from "./rows.js";

/** Instances of one statement. */
const BATCH = 256;

/** Brings what this replica holds of instances to what the database has now. */
export class Loader {
  private readonly database: Database;
  private readonly hold: Hold;
  private readonly advancing: Advancing;

  constructor(database: Database, hold: Hold, advancing: Advancing) {
    this.database = database;
    this.hold = hold;
    this.advancing = advancing;
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
    const found = new Map<string, HeldInstance | undefined>();
    const rows = new Map(read.map((one) => [one.row.id, one] as const));
    for (const id of ids) {
      const one = rows.get(id);
      if (hold.isChanging(id)) {
        await hold.settled([id]);
        // It contains what the answer has: whoever changes it has read it after.
        const now = hold.get(id);
        if (now !== undefined || one !== undefined) found.set(id, now);
      } else if (one === undefined) hold.drop(id);
      else found.set(id, this.take(one.row, one.journal, before.get(id), known.get(id), generation, tellFrom?.get(id)));
    }
    return found;
  }

  private take(
    row: InstanceRow,
    journal: readonly JournalRow[],
    before: HeldInstance | undefined,
    known: { no: number; pos: number } | undefined,
    generation: number,
    tellFromPos: number | undefined,
  ): HeldInstance | undefined {
    if (generation !== this.hold.generation) return undefined;
    const now = this.hold.get(row.id);
    // It was forgotten meanwhile, or read by another question.
    if (now !== before && (now === undefined || now.no !== row.no || now.pos < (known?.pos ?? 0))) return undefined;
    const isOther = known !== undefined && (known.no !== row.no || row.pos < known.pos);
    if (isOther) this.hold.drop(row.id);
    // The database went back, as after a failover without a synchronous standby: nothing that is held is worth anything.
    if (known !== undefined && known.no === row.no && row.pos < known.pos) return undefined;
    const held = advance(isOther ? undefined : now, row, journal, this.advancing, tellFromPos);
    this.hold.put(held, generation);
    return held;
  }
}

/** @returns an instance that is asked for. @throws PlatformError `not_found`, `deleted` */
export function shown(id: string, held: HeldInstance | undefined): HeldInstance {
  if (held === undefined) throw notFound(id);
  refuseDeleted(held);
  return held;
}
