// @ts-check
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { startNode } from "./child.mjs";

/** How long the platform may take to listen, or to have everything of a run that ended, in milliseconds. */
const patienceMs = 30_000;

/**
 * Starts the platform.
 *
 * @param {number} port
 * @param {string} folder - where it keeps its data
 * @returns {{ platform: import("./child.mjs").Child, listening: Promise<string> }} `listening` gives its address
 */
export function startPlatform(port, folder) {
  const platform = startNode("packages/platform/bin/ava-platform.js", ["--port", String(port), "--data", folder]);
  return { platform, listening: Promise.race([readUrl(platform), failAtEnd(platform), failLate()]) };
}

/** @param {import("./child.mjs").Child} platform */
async function readUrl({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const url = /https?:\/\/[^\s/]+/.exec(line)?.[0];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  return new Promise(() => {});
}

/** @param {import("./child.mjs").Child} platform */
async function failAtEnd({ ended }) {
  throw new Error(`the platform ended with ${await ended} before it listened.`);
}

async function failLate() {
  await wait(patienceMs, undefined, { ref: false });
  throw new Error(`the platform did not say within ${patienceMs / 1000} s that it listens.`);
}

/**
 * Waits until the platform shows the run as ended with all its points.
 *
 * @param {string} url
 * @param {string} id - of the instance
 * @param {number} points - that the run logged
 * @returns {Promise<{ state: string, points: number, validationAccuracy: number }>} what the platform has; after half a minute,
 *   however little that is
 */
export async function readRecorded(url, id, points) {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const recorded = await readInstance(url, id);
    if ((recorded.state === "done" && recorded.points >= points) || performance.now() > deadlineMs) return recorded;
    await wait(100);
  }
}

/**
 * @param {string} url
 * @param {string} id
 */
async function readInstance(url, id) {
  const answer = await fetch(`${url}/v1/instances/${id}`);
  if (answer.status === 404) return { state: "unknown", points: 0, validationAccuracy: Number.NaN };
  if (!answer.ok) throw new Error(`the platform answered ${answer.status} to GET /v1/instances/${id}: ${await answer.text()}`);
  const { state, series } = /** @type {{ state: string, series: { name: string, count: number, last: unknown }[] }} */ (
    await answer.json()
  );
  // Not what is measured of the machine meanwhile.
  const own = series.filter(({ name }) => !name.startsWith("system/"));
  const points = own.reduce((sum, { count }) => sum + count, 0);
  return { state, points, validationAccuracy: Number(series.find(({ name }) => name === "val/acc")?.last) };
}
