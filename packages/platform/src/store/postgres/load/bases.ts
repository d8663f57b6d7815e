import { findDamage } from "../../levels/points.js";
import type { Steps } from "../../slices.js";
import type { Command } from "../../state/command.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { ChunkFetcher } from "../segments/chunk-fetcher.js";
import { readHeads } from "./heads.js";
import type { InstanceRow } from "./rows.js";
import { readSealed } from "./sealed.js";

/** Does work with the chunks at hand that it will ask for. */
export type Use = <Result>(work: () => Result) => Result;

const AS_IT_IS: Use = (work) => work();

/** Instances as they were sealed: what their journals are applied to. */
export class Bases {
  private readonly fetcher: ChunkFetcher;

  constructor(fetcher: ChunkFetcher) {
    this.fetcher = fetcher;
  }

  /** @returns those of the instances that are sealed, by number. @throws PlatformError `store_failed` */
  read(ask: Ask, rows: readonly InstanceRow[]): Promise<Map<number, HeldInstance>> {
    const sealed = rows.filter(({ sealedPos }) => sealedPos > 0);
    return readSealed(ask, new Map(sealed.map(({ no, id }) => [no, id])), this.fetcher);
  }

  /**
   * Gets ready for commands that read points: who undoes a reparse puts the other points of its series together again.
   *
   * @param commands - their JSON
   * @throws SealedMeanwhile; PlatformError `store_failed`
   */
  async ready(ask: Ask, held: HeldInstance | undefined, commands: readonly { head: string }[]): Promise<Use> {
    if (held === undefined || !commands.some(({ head }) => (JSON.parse(head) as Command).kind === "undoReparse")) return AS_IT_IS;
    return this.readyToUndo(ask, held);
  }

  /** @throws as {@link ready} */
  async readyToUndo(ask: Ask, held: HeldInstance): Promise<Use> {
    const series = [...held.series.values()];
    await readHeads(ask, held, series);
    return this.fetcher.ready(() => findDamage(series, () => undefined));
  }

  /** Answers a question about series, with the chunks that it asks for. @throws what `make` throws; PlatformError `store_failed` */
  answer<Result>(make: () => Steps<Result>): Promise<Result> {
    return this.fetcher.answer(make);
  }
}
