// What two generations of the real client asked, and what satisfied them: each request is sent again, with our ids for the recorded ones.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { mlflowDialect } from "./dialect.js";

interface Call {
  step: string;
  method: string;
  path: string;
  query: Record<string, string[]>;
  body: unknown;
  status: number;
  response: unknown;
}

function recordedCalls(file: string): Call[] {
  const lines = readFileSync(new URL(`fixtures/${file}`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n");
  // The last call of each recording went to a server without a prefix.
  return lines.map((line) => JSON.parse(line) as Call).filter(({ step }) => step !== "tracking_uri_with_path");
}

/** Lists that the recording cut short keep what is there. */
function uncut(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !hasMember(item, "_omitted")).map(uncut);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, uncut(member)]));
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value;
}

/** Names of all members, however deep, with the kind of their values. A run that goes on again has no end here; on the recorded server it kept the old one. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [value.map(shape).reduce(joined)];
  if (typeof value !== "object" || value === null) return typeof value;
  if ((value as { status?: string }).status === "RUNNING") return shape(withoutEnd(value));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shape(member)]));
}

/** Ids of experiments and runs: theirs, then ours. */
function translate(text: string, ids: ReadonlyMap<string, string>): string {
  let translated = text;
  for (const [theirs, ours] of ids) {
    if (theirs.length === 32) translated = translated.replaceAll(theirs, ours);
    else translated = translated.replaceAll(`"${theirs}"`, `"${ours}"`).replaceAll(`artifacts/${theirs}/`, `artifacts/${ours}/`);
  }
  return translated.replaceAll('{"_omitted"', '{"key": "omitted", "_omitted"');
}

test.each(["client-2.17.jsonl", "client-3.11.jsonl"])(
  "every call of %s gets the status and the fields that satisfied the client",
  async (file) => {
    const client = new DialectClient(mlflowDialect);
    const ids = new Map<string, string>();
    for (const call of recordedCalls(file)) {
      const query = Object.entries(call.query).flatMap(([key, values]) => values.map((value) => [key, value] as [string, string]));
      const asked = query.map(([key, value]) => [key, translateQuery(key, value, ids)]);
      const target = `${translate(call.path, ids)}?${new URLSearchParams(asked as [string, string][]).toString()}`;
      const isFile = call.path.includes("/artifacts/");
      const body = isFile ? call.body : call.body === null ? "" : translate(JSON.stringify(uncut(call.body)), ids);
      const answer = await client.send(call.method, target, body ?? "");
      const { expected, found } =
        isFile && call.method === "GET" ? { expected: call.response, found: answer.text } : comparable(call, answer.json);
      const context = `${call.step}: ${call.method} ${target} ${answer.text}`;
      expect({ context, status: answer.status, found }).toMatchObject({ context, status: call.status, found: expected });
      learnIds(call, answer.json, ids);
    }
    expect(ids.size).toBeGreaterThan(5);
  },
);

/** What of an answer must be as it was recorded: the fields of a good one, the code of a refusal. */
function comparable(call: Call, found: unknown): { expected: unknown; found: unknown } {
  if (call.status === 200) return { expected: shape(uncut(call.response)), found: shape(found) };
  return { expected: { error_code: (call.response as { error_code: string }).error_code }, found };
}

function translateQuery(key: string, value: string, ids: ReadonlyMap<string, string>): string {
  if (key !== "path") return ids.get(value) ?? value;
  return value
    .split("/")
    .map((part, index) => (index < 2 ? (ids.get(part) ?? part) : part))
    .join("/");
}

function learnIds(call: Call, answer: unknown, ids: Map<string, string>): void {
  const idOf = (value: unknown) => {
    const { experiment_id: experiment, run } = value as { experiment_id?: string; run?: { info: { run_id: string } } };
    return run?.info.run_id ?? experiment;
  };
  if (!call.path.endsWith("/create")) return;
  const [theirs, ours] = [idOf(call.response), idOf(answer)];
  if (theirs && ours) ids.set(theirs, ours);
}

/** The shape of items in any order: the recorded server lists runs in another one. */
function joined(a: unknown, b: unknown): unknown {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === 0 ? b : b.length === 0 ? a : [joined(a[0], b[0])];
  if (typeof a !== "object" || typeof b !== "object") return a;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const both = Object.entries(right).map(([key, value]) => [key, key in left ? joined(left[key], value) : value]);
  return { ...left, ...Object.fromEntries(both) };
}

function withoutEnd(run: object): object {
  return Object.fromEntries(
    Object.entries(run).flatMap(([key, value]) => (key === "end_time" ? [] : [[key, key === "status" ? "" : value]])),
  );
}
