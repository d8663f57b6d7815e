import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startPlatform } from "ava-platform";
import { encodeBatchHead, RecordEncoder, type ReparseAnswer } from "ava-protocol";
import { createParsers, MetricReader } from "ava-sdk/parsers";
import { manyTrainers } from "./trainer-output.js";
import type { Trial, TrialResult } from "./trial.js";

const LOG_BYTES = 30_000_000;
/** As much as a pipe gives at once. */
const RECORD_BYTES = 65_536;
const RULE = "step (?<step>\\d+) took (?<took>\\S+) ms";
/** How long others are watched while nothing else is asked. */
const QUIET_MS = 3000;

/** A rule over the log of a past run, beside the same reading without platform, store and thread; and how long others wait for an answer meanwhile. */
export const reparse: Trial = {
  name: "reparse",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const platform = await startPlatform({ port: 0, dataDir: folder });
    const text = Buffer.from(`${manyTrainers()}\nstep 7 took 3.5 ms\n`);
    const log = Buffer.concat(Array<Buffer>(Math.ceil(LOG_BYTES / text.length)).fill(text));
    const megabytes = log.length / 1e6;
    try {
      await store(platform.url, log);
      const read = secondsOf(() => readAlone(log));
      const quietMs = await longestAnswer(platform.url, () => wait(QUIET_MS));
      const startMs = performance.now();
      let points = 0;
      const busyMs = await longestAnswer(platform.url, async () => {
        const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ rules: [RULE] }) };
        ({ points } = (await (await fetch(`${platform.url}/v1/instances/one/reparse`, post)).json()) as ReparseAnswer);
      });
      const seconds = (performance.now() - startMs) / 1000;
      if (points !== Math.ceil(LOG_BYTES / text.length)) throw new Error(`${points} points were added`);
      return {
        figures: [
          { label: "reparse over HTTP", value: megabytes / seconds, unit: "MB/s" },
          { label: "the same reading alone", value: megabytes / read, unit: "MB/s" },
          { label: "longest answer to others meanwhile", value: busyMs, unit: "ms" },
          { label: "longest answer while nothing is read", value: quietMs, unit: "ms" },
        ],
        ratios: [
          { label: "reparse / the same reading alone", value: read / seconds, goal: 0.5 },
          { label: "longest answer while nothing is read / meanwhile", value: quietMs / busyMs, goal: 0.1 },
        ],
      };
    } finally {
      await platform.close();
      rmSync(folder, { recursive: true });
    }
  },
};

/** @returns how long others waited for the longest of their answers while something was done, in milliseconds */
async function longestAnswer(url: string, work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  const ended = new AbortController();
  const done = work().finally(() => ended.abort());
  while (!ended.signal.aborted) {
    const startMs = performance.now();
    await (await fetch(`${url}/v1/instances/one`)).text();
    longestMs = Math.max(longestMs, performance.now() - startMs);
    await wait(20);
  }
  await done;
  return longestMs;
}

async function store(url: string, log: Uint8Array): Promise<void> {
  let seq = 0;
  for (let at = 0; at < log.length; ) {
    const head = encodeBatchHead({ writer: "bench-writer", training: "bench", prevSeq: seq });
    const records = new RecordEncoder();
    for (; at < log.length && records.byteLength < 1_000_000; at += RECORD_BYTES)
      records.write(++seq, { type: "log", timeNs: BigInt(seq), stream: "stdout", bytes: log.subarray(at, at + RECORD_BYTES) });
    const headers = { "content-type": "application/x-ava-records" };
    const answer = await fetch(`${url}/v1/instances/one/records`, {
      method: "POST",
      headers,
      body: Buffer.concat([head, records.bytes()]),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}

function readAlone(log: Uint8Array): void {
  const reader = new MetricReader(createParsers({ metrics: [RULE] }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  for (let at = 0; at < log.length; at += RECORD_BYTES) reader.writeColumns(log.subarray(at, at + RECORD_BYTES));
}

function secondsOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return (performance.now() - startMs) / 1000;
}
