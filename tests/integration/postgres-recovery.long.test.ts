import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type PlatformProcess, platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { waitFor } from "../processes/ava.js";
import { Sender, stepsOf } from "../processes/point-sender.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN, postgresFolder, UNPRIVILEGED } from "../processes/postgres-programs.js";

const IDS = ["one", "two", "three"];

async function started(url: string): Promise<PlatformProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), "ava-recovery-"));
  const platform = await startPlatformProcess([...platformCommand(dataDir), "--database", url]);
  onTestFinished(async () => {
    await platform.end("SIGKILL");
    rmSync(dataDir, { recursive: true });
  });
  return platform;
}

/** Folder of the archived write-ahead log, which the server's user owns. */
function archiveFolder(): string {
  const archive = postgresFolder();
  onTestFinished(() => {
    const [program = "rm", ...args] = [...UNPRIVILEGED, "rm", "-rf", archive];
    execFileSync(program, args, { cwd: "/" });
  });
  return archive;
}

test.skipIf(POSTGRES_BIN === undefined)(
  "a database that is brought back to a moment between two reports has what was acknowledged before it, each point once, and what is sent again",
  async () => {
    const archive = archiveFolder();
    const server = await PostgresProcess.start({ archive_mode: "on", archive_command: `cp %p ${archive}/%f`, wal_level: "replica" });
    onTestFinished(() => server.remove());
    const name = await server.database();
    const platform = await started(server.url(name));
    const senders = IDS.map((id) => new Sender(id));
    let isOver = false;
    const sending = senders.map((sender) => sender.sendWhile(platform.url, () => !isOver));
    await waitFor(() => senders.every(({ acknowledged }) => acknowledged > 400), "points before the base backup");
    const backup = await server.baseBackup();
    onTestFinished(() => backup.remove());
    const atBackup = senders.map(({ acknowledged }) => acknowledged);
    await waitFor(() => senders.every(({ acknowledged }, i) => acknowledged > atBackup[i]! + 400), "points after the base backup");
    const before = senders.map(({ acknowledged }) => acknowledged);
    const moment = await server.sql("select clock_timestamp()");
    await waitFor(() => senders.every(({ acknowledged }, i) => acknowledged > before[i]! + 400), "points after the moment");
    isOver = true;
    await Promise.all(sending);
    await platform.end("SIGTERM");
    const last = await server.sql("select pg_walfile_name(pg_switch_wal())");
    for (let archived = ""; archived < last; archived = await server.sql("select last_archived_wal from pg_stat_archiver")) await wait(100);
    await server.stop();

    const settings = { restore_command: `cp ${archive}/%f %p`, recovery_target_time: moment, recovery_target_action: "promote" };
    backup.configure({ ...settings, archive_mode: "off" });
    const signal = join(backup.dataDir, "recovery.signal");
    writeFileSync(signal, "");
    chmodSync(signal, 0o666);
    await backup.launch();
    const url = backup.url(name);
    await waitFor(async () => (await backup.sql("select pg_is_in_recovery()")) === "f", "the recovery to end", 60_000);
    const [program, bin] = platformCommand("") as [string, string];
    const check = spawnSync(program, [bin, "check", "--database", url], { encoding: "utf8", timeout: 60_000 });
    expect(check).toMatchObject({ status: 0, stderr: "", stdout: expect.stringMatching(/is whole: 3 instances, 3 series/) });
    const again = await started(url);
    for (const [i, id] of IDS.entries()) {
      const steps = await stepsOf(again.url, id);
      expect(steps).toEqual(Array.from(steps.keys()));
      expect(steps.length).toBeGreaterThanOrEqual(before[i]!);
      expect(steps.length).toBeLessThan(senders[i]!.acknowledged);
    }
    // Their senders still have everything, and send it from the start.
    for (const [i, id] of IDS.entries()) {
      const resent = new Sender(id);
      while (resent.acknowledged < senders[i]!.acknowledged) await resent.send(again.url);
      expect(await stepsOf(again.url, id)).toEqual(Array.from({ length: senders[i]!.acknowledged }, (_, step) => step));
    }
    expect(again.errors()).toBe("");
  },
  300_000,
);
