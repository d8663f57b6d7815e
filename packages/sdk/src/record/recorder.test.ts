import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecord, type InstanceFacts, type JournalRecord, LIMITS, readFrame } from "ava-protocol";
import { describe, expect, test, vi } from "vitest";
import { JournalReader } from "./journal/journal-reader.js";
import { JournalWriter, type JournalWriterOptions } from "./journal/journal-writer.js";
import { Recorder } from "./recorder.js";

function start(more: Partial<JournalWriterOptions> = {}) {
  const folder = join(mkdtempSync(join(tmpdir(), "ava-recorder-")), "journal");
  const writer = new JournalWriter({ folder, instance: "i", training: "t", ...more });
  const words: string[] = [];
  const recorder = new Recorder(writer, { warn: (message) => void words.push(message) });
  const read = (): JournalRecord[] => {
    const reader = new JournalReader(folder, writer.writer);
    const all: JournalRecord[] = [];
    for (let records = reader.read(1 << 20); records.length > 0; records = reader.read(1 << 20)) {
      for (const { bytes } of records) {
        const frame = readFrame(bytes, 0);
        if (typeof frame === "string") throw new Error(frame);
        all.push(decodeRecord(bytes, frame) as JournalRecord);
      }
    }
    reader.close();
    return all;
  };
  const sizes = () => readdirSync(folder).map((file) => statSync(join(folder, file)).size);
  return { folder, writer, recorder, words, read, sizes };
}

const longNames = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`${"n".repeat(500)}${i}`, i]));

describe("what the platform would refuse", () => {
  test.each([
    ["an empty name", { "": 1, ok: 2 }, "is empty"],
    ["too long a name", { ["n".repeat(513)]: 1, ok: 2 }, "more than 512"],
    ["a lone surrogate", { "\ud800": 1, ok: 2 }, "lone surrogate"],
    ["a control character", { "a\u0000b": 1, ok: 2 }, "control character"],
  ])("%s: is left out before it is written, counted and told; the others are recorded", (_, metrics, why) => {
    const { recorder, words, read } = start();
    for (let step = 0; step < 3; step++) expect(recorder.points(metrics, { step })).toBe(false);
    expect(recorder.drops).toMatchObject({ points: 3, reason: expect.stringContaining(why) });
    expect(words).toEqual([expect.stringContaining(why)]);
    expect(read().filter(({ type }) => type === "series")).toEqual([{ type: "series", id: 1, name: "ok", labels: {} }]);
    expect(read().filter(({ type }) => type === "drops")).toHaveLength(3);
  });

  test("300 emoji are a name: characters are counted, not halves of them", () => {
    const { recorder } = start();
    expect(recorder.points({ ["\u{1f600}".repeat(300)]: 1 }, { step: 0 })).toBe(true);
  });

  test("labels that are too many together with those of the writer are left out", () => {
    const labels = (count: number, prefix: string) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, "v"]));
    const { recorder } = start({ labels: labels(20, "w") });
    expect(recorder.points({ a: 1 }, { step: 0 }, labels(12, "s"))).toBe(true);
    expect(recorder.points({ a: 1 }, { step: 0 }, labels(13, "s"))).toBe(false);
  });

  test("wrong and too large facts are left out, the others are recorded", () => {
    const { recorder, read } = start();
    const params = { text: "x".repeat(LIMITS.factsBytes) };
    recorder.facts({ state: "running", params, pid: "5", host: "h" } as unknown as InstanceFacts);
    expect(read()[0]).toEqual({ type: "facts", facts: { state: "running", host: "h" } });
    expect(recorder.drops.events).toBe(2);
  });

  test("an event of another type is left out and told", () => {
    const { recorder, words } = start();
    expect(recorder.event({ event: "snapshot", step: Number.NaN })).toBe(false);
    expect(words).toEqual([expect.stringContaining("step of an event")]);
  });
});

describe("36,000 long series names", () => {
  test("cost what they take once, and nothing in the calls after", () => {
    const { recorder, sizes, read } = start();
    const metrics = longNames(36_000);
    expect(recorder.points(metrics, { step: 0 })).toBe(true);
    const firstBytes = sizes().reduce((sum, bytes) => sum + bytes, 0);
    expect(firstBytes).toBeLessThan(22_000_000);
    for (let step = 1; step < 5; step++) recorder.points({ loss: step }, { step });
    expect(sizes().reduce((sum, bytes) => sum + bytes, 0) - firstBytes).toBeLessThan(500);
    const records = read();
    expect(records.filter(({ type }) => type === "series")).toHaveLength(36_001);
    // Each is small enough for a body together with its definitions.
    const points = records.flatMap((record) => (record.type === "points" ? record.ids.length : []));
    expect(Math.max(...points)).toBeLessThan(2_200);
    expect(points.reduce((sum, count) => sum + count, 0)).toBe(36_004);
  });

  test("are within the limit on the disk, and what does not fit is counted", () => {
    const { recorder, sizes } = start({ maxJournalBytes: 4_000_000 });
    recorder.points(longNames(36_000), { step: 0 });
    expect(sizes().reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(4_000_000);
    expect(recorder.drops.points).toBeGreaterThan(20_000);
    expect(recorder.points({ loss: 1 }, { step: 1 })).toBe(true);
  });

  test("are defined in a later segment only as far as they are used there", () => {
    const { recorder, sizes, folder, writer } = start({ segmentBytes: 2_000 });
    recorder.points(longNames(100), { step: 0 });
    for (let step = 1; step < 400; step++) recorder.points({ loss: step, [`${"n".repeat(500)}7`]: step }, { step });
    expect(sizes().length).toBeGreaterThan(5);
    expect(Math.max(...sizes().slice(1))).toBeLessThan(4_000);
    const last = readdirSync(folder).sort().at(-1) as string;
    expect(last).toMatch(new RegExp(`^${writer.writer}`));
  });
});

describe("a disk that is full", () => {
  test("facts and events wait for room in their order; what is never recorded is handed on", () => {
    const { recorder, read } = start({ maxJournalBytes: 2_000 });
    recorder.facts({ state: "running" });
    recorder.log("stdout", Buffer.alloc(700));
    recorder.facts({ command: ["x".repeat(1_200)], host: "a" });
    // Small enough, but nothing older is recorded after what is newer.
    recorder.facts({ state: "failed", host: "b" });
    recorder.points(longNames(10), { step: 0 });
    recorder.close();
    expect(read().flatMap((record) => (record.type === "facts" ? record.facts : []))).toEqual([{ state: "running" }]);
    expect(recorder.lastWords).toMatchObject([
      { type: "facts", facts: { host: "a" } },
      { type: "facts", facts: { state: "failed", host: "b" } },
    ]);
    expect(recorder.drops.points).toBe(10);
  });

  test("facts that waited are recorded when there is room again", () => {
    const { recorder, read, folder, writer, words } = start({ maxJournalBytes: 5_000, segmentBytes: 1_000 });
    for (let step = 0; step < 100; step++) recorder.points({ loss: step }, { step });
    recorder.facts({ state: "running", command: ["x".repeat(600)] });
    expect(recorder.lastWords.map(({ type }) => type)).toEqual(["facts", "drops"]);
    expect(words).toEqual([expect.stringContaining("limit")]);
    for (const file of readdirSync(folder).sort().slice(0, -1)) rmSync(join(folder, file));
    vi.setSystemTime(Date.now() + 2_000);
    recorder.points({ loss: 1 }, { step: 100 });
    vi.useRealTimers();
    expect(recorder.lastWords).toEqual([]);
    expect(read().at(-1)).toMatchObject({ type: "drops" });
    expect(read().at(-2)).toMatchObject({ type: "facts", facts: { state: "running" } });
    writer.close();
  });

  test("an attempt that finds no room for all of it leaves nothing and counts nothing; later the same is recorded once", () => {
    const { recorder, read, folder, words } = start({ maxJournalBytes: 5_000, segmentBytes: 1_000 });
    const attempt = () =>
      recorder.attempt(() => {
        recorder.points({ loss: 1, "": 1 }, { step: 1 });
        recorder.facts({ name: "n" });
        recorder.points(longNames(7), { step: 1 });
      });
    for (let step = 0; step < 20; step++) recorder.points({ other: step }, { step });
    const before = read().length;
    expect([attempt(), attempt(), read().length]).toEqual([false, false, before]);
    expect([recorder.drops.points, recorder.lastWords]).toEqual([0, []]);
    for (const file of readdirSync(folder).sort().slice(0, -1)) rmSync(join(folder, file));
    vi.setSystemTime(Date.now() + 2_000);
    expect(attempt()).toBe(true);
    vi.useRealTimers();
    const after = read();
    expect(after.filter(({ type }) => type === "series").map((record) => record.type === "series" && record.name.length)).toContain(501);
    expect(after.flatMap((record) => (record.type === "points" && record.step === 1 ? Array.from(record.values) : []))).toEqual([
      1, 0, 1, 2, 3, 4, 5, 6,
    ]);
    expect(after.filter(({ type }) => type === "facts")).toHaveLength(1);
    // The name that is refused is counted with what is recorded.
    expect([recorder.drops.points, words]).toEqual([1, [expect.stringContaining("is empty")]]);
  });
});
