// What the platform has of an instance, in a form that can be compared with what a program itself saw.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PlatformProcess } from "../processes/platform.js";

/** One value of a series. */
export interface Point {
  name: string;
  step: number;
  epoch?: number;
  value: number | string;
}

/** A model that a run has stored. */
export interface StoredModel {
  name: string;
  metric: { epoch: number; batch: number };
  /** Folder with what its archive holds, and the names in it. */
  folder: string;
  files: string[];
}

/** @param points - in any order @returns the same in an order of their own */
export function sorted(points: readonly Point[]): Point[] {
  const key = ({ name, step, epoch = -1 }: Point) => `${name} ${String(step).padStart(9)} ${epoch}`;
  return points
    .map(({ name, step, epoch, value }) => ({ name, step, ...(epoch === undefined || epoch === null ? {} : { epoch }), value }))
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** @param evidence - folder in which a program has written points.jsonl */
export function expectedPoints(evidence: string): Point[] {
  const lines = readFileSync(path.join(evidence, "points.jsonl"), "utf8").trim().split("\n");
  return sorted(lines.map((line) => JSON.parse(line) as Point));
}

/** @returns every point of an instance but those of the machine */
export async function recordedPoints(platform: PlatformProcess, id: string): Promise<Point[]> {
  const points = await platform.pointsOf(id);
  return sorted(points.filter(({ name }) => !name.startsWith("system/")));
}

/** Fetches the models of an instance from the platform and unpacks them. */
export async function storedModels(platform: PlatformProcess, id: string): Promise<StoredModel[]> {
  const { models } = await platform.get<{ models: { name: string; metric: StoredModel["metric"] }[] }>(`/v1/instances/${id}`);
  const stored: StoredModel[] = [];
  for (const { name, metric } of models) {
    const answer = await fetch(`${platform.url}/v1/models/${encodeURIComponent(name)}/file`);
    const folder = mkdtempSync(path.join(tmpdir(), "ava-model-"));
    writeFileSync(path.join(folder, "archive"), Buffer.from(await answer.arrayBuffer()));
    execFileSync("tar", ["-xf", "archive"], { cwd: folder });
    stored.push({ name, metric, folder, files: readdirSync(folder, { recursive: true }).map(String).sort() });
  }
  return stored;
}
