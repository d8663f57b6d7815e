import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { type PlatformProcess, platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { POINTS_PER_BODY, Sender, stepsOf } from "../processes/point-sender.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN, postgresProgram } from "../processes/postgres-programs.js";

const IDS = ["one", "two", "three"];

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-dump-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function started(url: string): Promise<PlatformProcess> {
  const platform = await startPlatformProcess([...platformCommand(testFolder()), "--database", url]);
  onTestFinished(() => void platform.end("SIGKILL"));
  return platform;
}

test.skipIf(POSTGRES_BIN === undefined)(
  "a dump of the database that is made while points are taken has every point that was acknowledged before, each once, and the restored platform goes on",
  async () => {
    const server = await PostgresProcess.start();
    onTestFinished(() => server.remove());
    const url = server.url(await server.database());
    const platform = await started(url);
    const senders = IDS.map((id) => new Sender(id));
    let isOver = false;
    const sending = senders.map((sender) => sender.sendWhile(platform.url, () => !isOver));
    const dump = join(testFolder(), "ava.dump");
    let acknowledged: number[] = [];
    // Several: the last one has a history.
    for (let n = 0; n < 3; n++) {
      acknowledged = senders.map((sender) => sender.acknowledged);
      await promisify(execFile)(postgresProgram("pg_dump"), ["--format=custom", "--schema=ava", `--file=${dump}`, url]);
    }
    isOver = true;
    await Promise.all(sending);
    await platform.end("SIGKILL");

    const restored = server.url(await server.database());
    await promisify(execFile)(postgresProgram("pg_restore"), [`--dbname=${restored}`, dump]);
    const [program, bin] = platformCommand("") as [string, string];
    const check = spawnSync(program, [bin, "check", "--database", restored], { encoding: "utf8", timeout: 60_000 });
    expect(check).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/is whole: 3 instances, 3 series/) });
    const again = await started(restored);
    for (const [i, id] of IDS.entries()) {
      const steps = await stepsOf(again.url, id);
      expect(steps).toEqual(Array.from(steps.keys()));
      expect(steps.length).toBeGreaterThanOrEqual(acknowledged[i]!);
    }
    expect(acknowledged.every((count) => count > POINTS_PER_BODY)).toBe(true);
    await new Sender("new").send(again.url);
    expect(again.errors()).toBe("");
  },
  120_000,
);
