import { randomBytes } from "node:crypto";
import { PlatformError } from "../../../error.js";
import { type EndTurn, turnTaken } from "../../state/reparse-turns.js";
import type { Ask } from "../connect/database.js";

/** How long a turn lasts that is not renewed, in seconds of the database's clock. */
const TURN_SECONDS = 30;

/** How often a turn is renewed, and is looked for those that were not given back, in milliseconds. */
const RENEW_MS = 10_000;

const EXPIRES = `clock_timestamp() + interval '${TURN_SECONDS} seconds'`;

const TAKE = `
  INSERT INTO ava.reparse_turns AS t (id, owner, expires) VALUES ($1, $2, ${EXPIRES})
  ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE t.expires <= clock_timestamp()
  RETURNING id`;

const RENEW = `UPDATE ava.reparse_turns SET expires = ${EXPIRES} WHERE id = $1 AND owner = $2`;

/** Instances that a replica is reparsing: rows that expire, so that those of one that was killed are found. */
export class SharedTurns {
  private readonly ask: Ask;
  private timer: NodeJS.Timeout | undefined;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  /** @param id - of an instance @throws PlatformError `conflict` while another has the turn; `store_failed` */
  async take(id: string): Promise<EndTurn> {
    return (await this.begin(id)).end;
  }

  /** @returns gives the turn back; or only renews it no more, so that it ends by itself. @throws as {@link SharedTurns.take} */
  private async begin(id: string): Promise<{ end: EndTurn; leave: () => void }> {
    const owner = randomBytes(8).toString("hex");
    if ((await this.ask(TAKE, [id, owner])).length === 0) throw turnTaken(id);
    // Where the database is away, the turn may end meanwhile: then what is added next is refused.
    const renewing = setInterval(() => void this.ask(RENEW, [id, owner]).catch(() => undefined), RENEW_MS).unref();
    const leave = (): void => clearInterval(renewing);
    const end = async (): Promise<void> => {
      leave();
      // Where this fails, the turn ends by itself.
      await this.ask("DELETE FROM ava.reparse_turns WHERE id = $1 AND owner = $2", [id, owner]).catch(() => undefined);
    };
    return { end, leave };
  }

  /**
   * Looks from now on, again and again, for turns that were not given back.
   *
   * @param takeBack - undoes what was half added to an instance
   * @param warn - told where that fails: it is tried again
   */
  watch(takeBack: (id: string) => Promise<void>, warn: (message: string) => void): void {
    this.timer = setInterval(() => {
      this.takeBackAll(takeBack).catch((error: unknown) => {
        if (error instanceof PlatformError && error.code !== "store_damaged") return;
        warn(`A reparse that did not come to its end could not be taken back: ${error instanceof Error ? error.message : String(error)}`);
      });
    }, RENEW_MS).unref();
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.timer);
  }

  /** @param takeBack - as of {@link SharedTurns.watch} @throws PlatformError of the store; what `takeBack` throws */
  async takeBackAll(takeBack: (id: string) => Promise<void>): Promise<void> {
    for (const { id } of await this.ask<{ id: string }>("SELECT id FROM ava.reparse_turns WHERE expires <= clock_timestamp()")) {
      const turn = await this.begin(id).catch((error: unknown) => {
        if (error instanceof PlatformError && error.code === "conflict") return undefined;
        throw error;
      });
      if (turn === undefined) continue;
      try {
        await takeBack(id);
      } catch (error) {
        // Its row stays, to be found again.
        turn.leave();
        throw error;
      }
      await turn.end();
    }
  }
}
