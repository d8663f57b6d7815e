import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { oftenCheckpointed, type PlatformProcess, platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { POINTS_PER_BODY, Sender, stepsOf } from "../processes/point-sender.js";

const [PROGRAM, BIN] = platformCommand("") as [string, string];

function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-backup-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(PROGRAM, [BIN, ...args], { encoding: "utf8", timeout: 60_000 });
}

async function runBeside(...args: string[]): Promise<{ status: number; errors: string }> {
  const child = spawn(PROGRAM, [BIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const [status] = (await once(child, "close")) as [number];
  return { status, errors };
}

async function started(command: string[]): Promise<PlatformProcess> {
  const platform = await startPlatformProcess(command);
  onTestFinished(() => void platform.end("SIGKILL"));
  return platform;
}

test("a backup that is made while points are taken and checkpoints written has every point that was acknowledged before, each once, and the restored platform goes on", async () => {
  const folder = testFolder();
  const dataDir = join(folder, "data");
  const platform = await started(oftenCheckpointed(dataDir));
  const senders = ["one", "two", "three"].map((id) => new Sender(id));
  let isOver = false;
  const sending = senders.map((sender) => sender.sendWhile(platform.url, () => !isOver));
  const put = { method: "PUT", body: "content of a file" };
  expect((await fetch(`${platform.url}/v1/instances/one/files/a/b.txt`, put)).ok).toBe(true);
  const before: number[][] = [];
  for (let n = 0; n < 4; n++) {
    before.push(senders.map(({ acknowledged }) => acknowledged));
    expect(await runBeside("backup", "--data", dataDir, "--to", join(folder, `backup-${n}`))).toEqual({ status: 0, errors: "" });
  }
  isOver = true;
  await Promise.all(sending);
  await platform.end("SIGKILL");

  for (const [n, acknowledged] of before.entries()) {
    const restored = join(folder, `restored-${n}`);
    expect(run("check", "--data", join(folder, `backup-${n}`))).toMatchObject({ status: 0, stderr: "" });
    expect(run("restore", "--from", join(folder, `backup-${n}`), "--data", restored)).toMatchObject({ status: 0, stderr: "" });
    const again = await started(platformCommand(restored));
    for (const [i, id] of ["one", "two", "three"].entries()) {
      const steps = await stepsOf(again.url, id);
      expect(steps).toEqual(Array.from(steps.keys()));
      expect(steps.length).toBeGreaterThanOrEqual(acknowledged[i]!);
    }
    expect(await (await fetch(`${again.url}/v1/instances/one/files/a/b.txt`)).text()).toBe("content of a file");
    await new Sender("new").send(again.url);
    expect(again.errors()).toBe("");
    await again.end("SIGTERM");
  }
  expect(before.at(-1)!.every((count) => count > POINTS_PER_BODY)).toBe(true);
}, 180_000);

let made: { folder: string; stdout: string } | undefined;
afterAll(() => made && rmSync(made.folder, { recursive: true, force: true }));

/** A data folder and its backup, made once, of a platform that was stopped. */
async function makeBackup(): Promise<{ folder: string; stdout: string }> {
  const folder = mkdtempSync(join(tmpdir(), "ava-backup-"));
  const dataDir = join(folder, "data");
  const platform = await started(platformCommand(dataDir));
  await new Sender("one").send(platform.url);
  await platform.end("SIGTERM");
  const { status, stdout, stderr } = run("backup", "--data", dataDir, "--to", join(folder, "backup"));
  if (status !== 0 || stderr !== "") throw new Error(stderr);
  return { folder, stdout };
}

/** Copies of both, which a test may change. */
async function backedUp(): Promise<{ folder: string; dataDir: string; to: string; stdout: string }> {
  made ??= await makeBackup();
  const folder = testFolder();
  cpSync(made.folder, folder, { recursive: true });
  return { folder, dataDir: join(folder, "data"), to: join(folder, "backup"), stdout: made.stdout };
}

test("a backup is for its owner only, and token and keys of sessions are in it", async () => {
  const { to, stdout } = await backedUp();
  expect(stdout).toMatch(/^.* is in .*: \d+ files, /);
  expect(statSync(to).mode & 0o777).toBe(0o700);
  for (const name of ["store.db", "backup.json"]) expect(statSync(join(to, name)).mode & 0o777).toBe(0o600);
  expect(readdirSync(to)).toEqual(expect.arrayContaining(["README.txt", "log", "secret", "store.db"]));
});

test.each<[string, (to: string) => void, RegExp]>([
  ["a byte that is another", (to) => spoil(join(to, "store.db")), /store\.db, its content is not what the backup wrote/],
  ["a file that is gone", (to) => rmSync(join(to, "secret")), /lacks .*secret/],
  ["a file that is cut short", (to) => writeFileSync(join(to, "store.db"), "short"), /store\.db, it has 5 bytes, the backup wrote/],
  ["no list of its files", (to) => rmSync(join(to, "backup.json")), /no backup\.json, which is written last/],
  ["a list that is cut short", (to) => writeFileSync(join(to, "backup.json"), '{"version":1'), /backup\.json cannot be read/],
])("a backup with %s is not restored, and leaves no data folder", async (_what, change, message) => {
  const { folder, to } = await backedUp();
  change(to);
  const target = join(folder, "restored");
  expect(run("restore", "--from", to, "--data", target)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(message) });
  expect(readdirSync(folder).sort()).toEqual(["backup", "data"]);
});

function spoil(file: string): void {
  const bytes = readFileSync(file);
  bytes[bytes.length - 10]! ^= 1;
  writeFileSync(file, bytes);
}

test("check of a backup names the file that was changed", async () => {
  const { to } = await backedUp();
  spoil(join(to, "secret"));
  expect(run("check", "--data", to)).toMatchObject({ status: 1, stdout: expect.stringMatching(/secret, the file: its content is not/) });
});

test("neither backup nor restore writes into a folder that holds something, or a backup into the data folder", async () => {
  const { folder, dataDir, to } = await backedUp();
  const bytes = readFileSync(join(dataDir, "store.db"));
  expect(run("restore", "--from", to, "--data", dataDir)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("not an empty folder"),
  });
  expect(run("backup", "--data", dataDir, "--to", to)).toMatchObject({ status: 1, stderr: expect.stringContaining("not an empty folder") });
  expect(run("backup", "--data", dataDir, "--to", join(dataDir, "b"))).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("lies in the data folder"),
  });
  expect(readFileSync(join(dataDir, "store.db"))).toEqual(bytes);
  mkdirSync(join(folder, "empty"));
  expect(run("restore", "--from", to, "--data", join(folder, "empty"))).toMatchObject({ status: 0 });
  expect(existsSync(join(folder, "empty", "store.db"))).toBe(true);
});

test("a backup of a damaged database says so and leaves nothing behind", async () => {
  const { folder, dataDir } = await backedUp();
  writeFileSync(join(dataDir, "store.db"), Buffer.alloc(50_000, 7));
  const { status, stderr } = run("backup", "--data", dataDir, "--to", join(folder, "other"));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^ava-platform: The database .* cannot be used [^\n]*\n$/);
  expect(readdirSync(folder).sort()).toEqual(["backup", "data"]);
});

test("a restored platform takes what a training sent after the backup, which its sender still has", async () => {
  const { folder, to } = await backedUp();
  run("restore", "--from", to, "--data", join(folder, "restored"));
  const platform = await started(platformCommand(join(folder, "restored")));
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < 3 * POINTS_PER_BODY; step++) writer.log({ loss: step }, step).print(`line ${step}\n`);
  const headers = { "content-type": "application/x-ava-records" };
  const body = new Uint8Array(writer.body());
  expect((await fetch(`${platform.url}/v1/instances/one/records`, { method: "POST", headers, body })).status).toBe(200);
  const steps = await stepsOf(platform.url, "one");
  expect(steps).toEqual(Array.from({ length: 3 * POINTS_PER_BODY }, (_, step) => step));
  expect(platform.errors()).toBe("");
});

test("a backup that is named to serve, migrate or prune is refused, and can be restored afterwards; check counts what only its log has", async () => {
  const folder = testFolder();
  const [dataDir, backup, other] = ["data", "backup", "other"].map((name) => join(folder, name)) as [string, string, string];
  const platform = await started(platformCommand(dataDir));
  await new Sender("one").send(platform.url);
  expect(run("backup", "--data", dataDir, "--to", backup)).toMatchObject({ status: 0, stderr: "" });
  const refused = { status: 1, stderr: expect.stringContaining("is a backup") };
  expect(run("migrate", "--from", backup, "--to", other)).toMatchObject(refused);
  expect(run("migrate", "--from", dataDir, "--to", backup)).toMatchObject(refused);
  expect(run("prune", "--data", backup)).toMatchObject(refused);
  expect(run("serve", "--port", "0", "--data", backup)).toMatchObject(refused);
  expect(run("check", "--data", backup)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("is whole: 1 instance, 1 series, 0 chunks"),
  });
  expect(run("restore", "--from", backup, "--data", other)).toMatchObject({ status: 0, stderr: "" });
});

test("prune of a folder that is not there makes none", () => {
  const missing = join(testFolder(), "missing");
  expect(run("prune", "--data", missing)).toMatchObject({ status: 1, stderr: expect.stringContaining("There is no store") });
  expect(existsSync(missing)).toBe(false);
});
