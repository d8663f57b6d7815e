import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeSegmentHead, encodeSegmentHead, type SegmentHeader } from "ava-protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ownMark } from "../machine/is-alive.js";
import { resolveSettings, type Settings } from "../place/settings/settings.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { type RecordsServer, startRecordsServer } from "../ship/testing/records-server.js";
import { listRuns, syncRun } from "./sync.js";

let server: RecordsServer;
let workspace: string;
let settings: Settings;

beforeEach(async () => {
  server = await startRecordsServer();
  workspace = mkdtempSync(join(tmpdir(), "ava-sync-"));
  mkdirSync(join(workspace, "run"));
  settings = resolveSettings({ platformUrl: server.url }, workspace, () => undefined);
});

afterEach(() => {
  server.close();
  vi.restoreAllMocks();
});

/** @returns the journal folder of a run of five points, which says that another process wrote it */
function leave(instance: string, changed: Partial<SegmentHeader>): string {
  const folder = join(workspace, "run", instance, "journal");
  const writer = new JournalWriter({ folder, instance, training: "t" });
  const recorder = new Recorder(writer);
  for (let step = 0; step < 5; step++) recorder.points({ loss: step }, { step });
  recorder.close();
  const [file] = readdirSync(folder) as [string];
  const bytes = readFileSync(join(folder, file));
  const head = decodeSegmentHead(bytes);
  if (typeof head === "string") throw new Error(head);
  writeFileSync(join(folder, file), Buffer.concat([encodeSegmentHead({ ...head.header, ...changed }), bytes.subarray(head.end)]));
  return folder;
}

const ended = (): number => spawnSync("true").pid;

describe("a sync", () => {
  test("passes over a stray file among the runs, and finds the runs", () => {
    leave("a", {});
    writeFileSync(join(workspace, "run", "notes.txt"), "stray");
    mkdirSync(join(workspace, "run", "empty"));
    expect(listRuns(workspace)).toEqual([join(workspace, "run", "a")]);
  });

  test("deletes the journal of a process that has ended once it is acknowledged", async () => {
    const folder = leave("a", { pid: ended() });
    expect(await syncRun(join(workspace, "run", "a"), settings)).toMatchObject({ isComplete: true, isLive: false, records: 6 });
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(ownMark()).each<[string, () => Partial<SegmentHeader>]>([
    ["lives", () => ({})],
    [
      "lives in another pid namespace, where its number means another process",
      () => ({ pid: ended(), process: { ...ownMark()!, pidNamespace: "1" } }),
    ],
    ["is of another host", () => ({ pid: ended(), host: "another", process: { ...ownMark()!, boot: "another" } })],
  ])("sends the journal of a process that %s, and deletes nothing", async (_, changed) => {
    const folder = leave("a", changed());
    for (let round = 0; round < 2; round++) {
      expect(await syncRun(join(workspace, "run", "a"), settings)).toMatchObject({ isComplete: true, isLive: true });
      expect(readdirSync(folder)).toHaveLength(1);
    }
    expect([...server.steps.values()]).toEqual([[0, 1, 2, 3, 4]]);
  });

  test("ends where a record is always refused, and says so", async () => {
    const folder = leave("a", { pid: ended() });
    server.answer = ({ records }) =>
      records.some(({ record }) => record?.type === "points" && record.step === 2)
        ? { status: 400, body: '{"error":{"code":"bad_records","message":"never"}}' }
        : undefined;
    expect(await syncRun(join(workspace, "run", "a"), settings)).toMatchObject({ isComplete: true, refusedRecords: 1 });
    expect([...server.steps.values()]).toEqual([[0, 1, 3, 4]]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each([
    ["in the middle", [2], [0, 1, 3, 4]],
    ["first and second", [0, 1], [2, 3, 4]],
    ["last", [4], [0, 1, 2, 3]],
  ])("gets past records that alone draw a 500, %s, and counts them", async (_, bad, arrived) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const folder = leave("a", { pid: ended() });
    server.answer = ({ records }) =>
      records.some(({ record }) => record?.type === "points" && bad.includes(record.step ?? -1)) ? { status: 500, body: "" } : undefined;
    expect(await syncRun(join(workspace, "run", "a"), settings)).toMatchObject({ isComplete: true, refusedRecords: bad.length });
    expect([...server.steps.values()]).toEqual([arrived]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("keeps all records of a platform that answers, and takes none", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const folder = leave("a", { pid: ended() });
    server.answer = ({ records }) => (records.length > 0 ? { status: 500, body: "" } : undefined);
    const synced = await syncRun(join(workspace, "run", "a"), settings);
    expect(synced).toMatchObject({ isComplete: false, refusedRecords: 0, reason: expect.stringContaining("takes none of 4 records") });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test.each([
    ["500", { status: 500, body: "" }],
    ["a page", { status: 200, body: "<html></html>" }],
    ["an ack beyond everything", { status: 200, body: '{"ack":9000000000000000}' }],
  ])("ends where the platform answers %s, and nothing is deleted", async (_, answer) => {
    const folder = leave("a", { pid: ended() });
    server.answer = () => answer;
    expect(await syncRun(join(workspace, "run", "a"), settings)).toMatchObject({ isComplete: false, reason: expect.any(String) });
    expect(readdirSync(folder)).toHaveLength(1);
    expect(server.requests).toBeLessThan(12);
  });

  test("says that an instance was deleted, and keeps its journal", async () => {
    const folder = leave("a", { pid: ended() });
    server.answer = () => ({ status: 410, body: '{"error":{"code":"deleted","message":"the instance was deleted"}}' });
    const synced = await syncRun(join(workspace, "run", "a"), settings);
    expect(synced).toMatchObject({ isComplete: false, isDeleted: true, reason: expect.stringContaining("was deleted") });
    expect(readdirSync(folder)).toHaveLength(1);
    rmSync(workspace, { recursive: true });
  });
});
