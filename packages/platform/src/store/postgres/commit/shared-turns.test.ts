import { describe, expect, onTestFinished, test, vi } from "vitest";
import { PlatformError } from "../../../error.js";
import { hasPostgres, postgresUrl } from "../../../testing/postgres-driver.js";
import { Database } from "../connect/database.js";
import { SharedTurns } from "./shared-turns.js";

describe.skipIf(!hasPostgres)("turns that replicas take", () => {
  test("what could not be taken back, as while the database was away, is tried again, and then the instance can be reparsed", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    // One connection: what was asked first is answered first.
    const database = new Database({ url: await postgresUrl(), connections: 1 });
    onTestFinished(() => database.close());
    const { ask } = database;
    const turns = new SharedTurns(ask);
    const failed = new PlatformError("store_failed", "The database cannot be used now.");
    const takeBack = vi.fn<(id: string) => Promise<void>>().mockRejectedValueOnce(failed).mockResolvedValue();
    await ask("INSERT INTO ava.reparse_turns (id, owner, expires) VALUES ('one', 'killed', '-infinity')");
    await expect(turns.takeBackAll(takeBack)).rejects.toBe(failed);

    // A turn that is renewed no more ends.
    await ask("UPDATE ava.reparse_turns SET expires = '-infinity'");
    vi.advanceTimersByTime(60_000);
    await turns.takeBackAll(takeBack);
    expect(takeBack).toHaveBeenCalledTimes(2);
    await (await turns.take("one"))();
  });
});
