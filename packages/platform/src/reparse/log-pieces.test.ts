import { join } from "node:path";
import type { ReadPoint } from "ava-sdk/reread";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "../store/embedded/open.js";
import { BatchWriter } from "../testing/batch-writer.js";
import { testFolder } from "../testing/folder.js";
import { logPieces } from "./log-pieces.js";
import { LogStreams } from "./log-streams.js";

const LINES = 20_000;

/** Values that no cut makes of another one. */
const lossOf = (step: number): number => 1_000_000 + step;

test("of a log that the store has lost a stretch of, all other lines are read right, and the damage is told", async () => {
  const dataDir = testFolder();
  const store = openStore({ dataDir });
  const writer = new BatchWriter("writer-one");
  for (let step = 0; step < LINES; step++) {
    const line = `step ${step} loss ${lossOf(step)}\n`;
    // Records that end within a line.
    for (const text of [line.slice(0, step % line.length), line.slice(step % line.length)]) if (text !== "") writer.print(text);
  }
  await store.takeRecords("one", writer.body());
  await store.close();
  const db = new Database(join(dataDir, "store.db"));
  db.prepare("UPDATE log_pieces SET bytes = zeroblob(65536) WHERE start = 262144").run();
  db.close();

  const damaged = openStore({ dataDir, warn: () => undefined });
  onTestFinished(() => damaged.close());
  const { logBytes } = await damaged.instance("one");
  const streams = new LogStreams({ metrics: ["step (?<step>\\d+) loss (?<loss>\\S+)"], referenceTimeMs: 0 }, new Map());
  const [points, damage]: [ReadPoint[], string[]] = [[], []];
  for await (const piece of logPieces(damaged, "one", logBytes, 0n, (sentence) => damage.push(sentence)))
    points.push(...streams.read(piece));
  points.push(...streams.end());
  expect(points.filter(({ step, value }) => value !== lossOf(step))).toEqual([]);
  const steps = points.map(({ step }) => step);
  const read = new Set(steps);
  const lost = Array.from({ length: LINES }, (_, step) => step).filter((step) => !read.has(step));
  expect([steps[0], steps.at(-1), lost.at(-1)! - lost[0]! + 1]).toEqual([0, LINES - 1, lost.length]);
  // The lines of 65,536 bytes, and the two that begin or end in them.
  expect(lost.length).toBeLessThanOrEqual(Math.ceil(65_536 / `step 10000 loss ${lossOf(10_000)}\n`.length) + 2);
  expect(damage).toEqual([expect.stringContaining("from byte 262144 to 327680")]);
});
