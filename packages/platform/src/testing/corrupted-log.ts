import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Random, randomOf } from "../../../../tests/random.js";
import { readSegment, type SegmentPart } from "../store/embedded/log/read-segment.js";
import { openStore } from "../store/embedded/open.js";
import { BatchWriter } from "./batch-writer.js";
import { copyAfterCrash } from "./crash.js";
import { testFolder } from "./folder.js";
import { exported, idsOf } from "./seen.js";

const SEGMENT = join("log", "00000001.log");

/**
 * Damages the log of a store in random ways, and sees each time that it opens, that every request whose bytes are whole is kept, that nothing else
 * is, and that what is lost is told.
 *
 * @param cases - how many damaged logs
 * @param seed - of the damage
 */
export async function openCorrupted(cases: number, seed: number): Promise<void> {
  const { folder, requests } = await writeLog();
  const whole = readFileSync(join(folder, SEGMENT));
  const frames = [...(readSegment(whole) as Iterable<SegmentPart>)];
  const random = randomOf(seed);
  const copy = join(testFolder(), "copy");
  for (let number = 0; number < cases; number++) {
    const { bytes, how } = corrupt(whole, random);
    rmSync(copy, { recursive: true, force: true });
    cpSync(folder, copy, { recursive: true });
    writeFileSync(join(copy, SEGMENT), bytes);
    const warnings: string[] = [];
    const store = openStore({ dataDir: copy, warn: (message) => warnings.push(message) });
    const ids = await idsOf(store);
    const points = await exported(store, ids.includes("run") ? ["run"] : [], { format: "jsonl" });
    const lines = points.split("\n").slice(0, -1);
    const steps = lines.map((line) => (JSON.parse(line) as { step: number }).step);
    const kept = [...steps.map(String), ...ids.filter((id) => id !== "run")];
    await store.close();
    const right = requests.filter((_, place) => bytes.includes(whole.subarray(frames[place]!.start, frames[place]!.end)));
    const what = `seed ${seed}, case ${number}: ${how}`;
    expect({ what, kept: kept.toSorted() }).toEqual({ what, kept: right.toSorted() });
    // Where only the end is missing, that is what an unfinished request leaves.
    const isCut = how === "cut" || (how === "taken out" && right.every((one, place) => one === requests[place]));
    const isTold = warnings.some((warning) => warning.startsWith("store_damaged"));
    if (how === "cut" || (right.length < requests.length && !isCut)) expect({ what, isTold }).toEqual({ what, isTold: !isCut });
  }
}

/** @returns a store's folder after a crash, and what each request of its log makes */
async function writeLog(): Promise<{ folder: string; requests: string[] }> {
  const dataDir = testFolder();
  const store = openStore({ dataDir });
  const writer = new BatchWriter("writer-one");
  const requests: string[] = [];
  for (let step = 0; step < 30; step++) {
    if (step % 3 === 0) await store.putFacts(`put-${step}`, { state: "running" });
    else await store.takeRecords("run", writer.log({ step }, step).body());
    requests.push(step % 3 === 0 ? `put-${step}` : String(step));
  }
  const folder = copyAfterCrash(dataDir);
  await store.close();
  return { folder, requests };
}

function corrupt(whole: Buffer, { below: place }: Random): { bytes: Buffer; how: string } {
  const start = place(whole.length);
  const end = Math.min(whole.length, start + 1 + place(400));
  const bytes = Buffer.from(whole);
  switch (place(6)) {
    case 0:
      return { bytes: bytes.subarray(0, start), how: "cut" };
    case 1:
      return { bytes: bytes.fill(0, start, end), how: "zeroed" };
    case 2:
      return { bytes: Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]), how: "taken out" };
    case 3:
      return { bytes: Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]), how: "repeated" };
    default:
      for (let flips = 1 + place(3); flips > 0; flips--) bytes[place(bytes.length)]! ^= 1 << place(8);
      return { bytes, how: "flipped" };
  }
}
