// Replicas of an older commit are replaced by today's while trainings send. AVA_TEST_OLDER names a built checkout of that commit: `git worktree add`, `npm run build`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { waitFor } from "../processes/ava.js";
import { Balancer } from "../processes/balancer.js";
import { repositoryPath } from "../processes/paths.js";
import { stepsOf } from "../processes/point-sender.js";
import { PostgresProcess } from "../processes/postgres.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.js";

const OLDER = process.env["AVA_TEST_OLDER"] ?? "";
const note = OLDER === "" ? " (skipped: AVA_TEST_OLDER names no checkout of an older commit)" : "";

const IDS = ["one", "two", "three"];
const POINTS_PER_BODY = 2000;

/** Sends one body after the other, each until it is acknowledged, as a shipper does. */
class PatientSender {
  bodies = 0;
  private readonly id: string;
  private readonly writer: BatchWriter;

  constructor(id: string) {
    this.id = id;
    this.writer = new BatchWriter(`writer-${id}`);
  }

  async sendWhile(url: string, isWanted: () => boolean): Promise<void> {
    while (isWanted()) {
      const first = this.bodies * POINTS_PER_BODY;
      for (let step = first; step < first + POINTS_PER_BODY; step++)
        this.writer.log({ loss: Math.sin(step) }, step).print(`line ${step}\n`);
      const body = new Uint8Array(this.writer.body());
      const headers = { "content-type": "application/x-ava-records" };
      const send = () => fetch(`${url}/v1/instances/${this.id}/records`, { method: "POST", headers, body });
      while (
        !(await send().then(
          ({ ok }) => ok,
          () => false,
        ))
      )
        await wait(50);
      this.bodies++;
    }
  }
}

/** @returns a database with nothing in it, and how a checkout's platform is started on it */
async function emptyDatabase(): Promise<{ sql: (text: string) => Promise<string>; start: (root: string) => Promise<PlatformProcess> }> {
  const server = await PostgresProcess.start();
  onTestFinished(() => server.remove());
  const name = await server.database();
  const folder = mkdtempSync(join(tmpdir(), "ava-upgrade-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const start = async (root: string): Promise<PlatformProcess> => {
    const bin = join(root, "packages/platform/bin/ava-platform.js");
    const platform = await startPlatformProcess([process.execPath, bin, "--port", "0", "--data", folder, "--database", server.url(name)]);
    onTestFinished(() => void platform.end("SIGKILL"));
    return platform;
  };
  return { sql: (text) => server.sql(text, name), start };
}

test.skipIf(POSTGRES_BIN === undefined || OLDER === "")(
  `replicas of an older commit go on beside today's, which bring the tables forward; every acknowledged point is there once, and a schema is refused only when it must be${note}`,
  async () => {
    const { sql, start } = await emptyDatabase();
    const versions = (): Promise<string> => sql("select max(version) from ava.schema_versions");
    const portOf = ({ url }: PlatformProcess): number => Number(new URL(url).port);

    let running = [await start(OLDER), await start(OLDER)];
    const versionBefore = Number(await versions());
    const balancer = await Balancer.start(running.map(portOf));
    onTestFinished(() => balancer.stop());
    const senders = IDS.map((id) => new PatientSender(id));
    let isOver = false;
    const sending = senders.map((sender) => sender.sendWhile(balancer.url, () => !isOver));
    const more = (): Promise<void> => {
      const before = senders.map(({ bodies }) => bodies);
      return waitFor(() => senders.every(({ bodies }, i) => bodies >= before[i]! + 15), "senders go on", 120_000);
    };
    await more();
    for (let replaced = 0; replaced < 2; replaced++) {
      const today = await start(repositoryPath("."));
      const [old, ...others] = running;
      running = [...others, today];
      balancer.ports = running.map(portOf);
      await more();
      await old!.end("SIGTERM");
      await more();
      for (const { url } of running) expect((await stepsOf(url, "one")).length).toBeGreaterThanOrEqual(15 * POINTS_PER_BODY);
    }
    isOver = true;
    await Promise.all(sending);
    expect(Number(await versions())).toBeGreaterThan(versionBefore);
    expect(await sql("select count(*) > 0 from ava.segments")).toBe("t");
    for (const [i, id] of IDS.entries()) {
      const steps = await stepsOf(running[i % 2]!.url, id);
      expect(steps.length).toBe(senders[i]!.bodies * POINTS_PER_BODY);
      expect(steps.every((step, place) => step === place)).toBe(true);
    }
    for (const { errors } of running) expect(errors()).toBe("");

    await sql(`insert into ava.schema_versions (version, oldest_platform) values (99, ${versionBefore})`);
    await (await start(OLDER)).end("SIGTERM");
    await sql("insert into ava.schema_versions (version, oldest_platform) values (100, 100)");
    for (const root of [OLDER, repositoryPath(".")]) await expect(start(root)).rejects.toThrow(/changed by a newer platform/);
  },
);

test.skipIf(POSTGRES_BIN === undefined || OLDER === "")(
  `a day after an upgrade a replica that starts packs bodies: an older one that still runs refuses such a run clearly, and nothing of it is lost${note}`,
  async () => {
    const { sql, start } = await emptyDatabase();
    const late = await start(OLDER);
    const writer = new BatchWriter("writer-packed");
    let step = 0;
    const send = async ({ url }: PlatformProcess, body: Buffer): Promise<string> => {
      const headers = { "content-type": "application/x-ava-records" };
      const answer = await fetch(`${url}/v1/instances/packed/records`, { method: "POST", headers, body: new Uint8Array(body) });
      return `${answer.status} ${await answer.text()}`;
    };
    const nextBody = (): Buffer => {
      for (const end = step + POINTS_PER_BODY; step < end; step++) writer.log({ loss: Math.sin(step) }, step);
      return writer.body();
    };
    expect(await send(late, nextBody())).toMatch(/^200 /);
    await (await start(repositoryPath("."))).end("SIGTERM");
    await sql("update ava.schema_versions set done_at = done_at - interval '25 hours'");
    const packing = await start(repositoryPath("."));
    expect(await send(packing, nextBody())).toMatch(/^200 /);
    expect(await sql("select count(body_bytes) from ava.journal")).toBe("1");
    const body = nextBody();
    expect(await send(late, body)).toMatch(/^500 .*store_damaged.*journal cannot be read/);
    expect(await send(packing, body)).toMatch(/^200 /);
    expect(await stepsOf(packing.url, "packed")).toEqual(Array.from({ length: step }, (_, at) => at));
    await expect(start(OLDER)).rejects.toThrow(/changed by a newer platform/);
  },
);
