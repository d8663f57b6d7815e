import { DEFAULT_TRAINING, type InstanceFacts, seriesKey } from "ava-protocol";
import { readText } from "../body.js";
import { displayName, trainingName } from "../names.js";
import type { Dialect, DialectAnswer, Read, RouteContext, RunRecord, Sink } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import { refuse } from "./answer.js";
import { INFLUX, type LineValue, precisionNs, readLines } from "./lines.js";

const NOTHING: DialectAnswer = { status: 204, headers: { "x-influxdb-version": "2.7.0" }, body: "" };
/** Reasons that an answer tells. */
const MOST_TOLD = 5;

/** What writes InfluxDB's line protocol, of either version: docs/formats/dialect-influx.md. */
export const influxDialect: Dialect = {
  name: INFLUX,
  routes: [
    { method: "POST", path: "/write", handle: (context) => write(context, "db") },
    { method: "POST", path: "/api/v2/write", handle: (context) => write(context, "bucket") },
    { method: "GET", path: "/ping", handle: async () => NOTHING },
    { method: "HEAD", path: "/ping", handle: async () => NOTHING },
    { method: "GET", path: "/health", handle: async () => json({ name: "influxdb", status: "pass", version: "2.7.0" }) },
    // Clients of version 1 make their database first.
    { method: "POST", path: "/query", handle: query },
    { method: "GET", path: "/query", handle: query },
  ],
  refuse,
  environment: (origin, token) => ({
    INFLUX_HOST: origin,
    INFLUX_TOKEN: token,
    INFLUXDB_V2_URL: origin,
    INFLUXDB_V2_TOKEN: token,
    INFLUXDB_V2_ORG: "ava",
  }),
  isOpen: (path) => path === "/ping" || path === "/health",
  tokenOf: ({ authorization }) => /^(?:Token|Bearer) (.+)$/.exec(authorization ?? "")?.[1],
};

async function write({ request, sink, read }: RouteContext, database: string): Promise<DialectAnswer> {
  const unitNs = precisionNs(request.query.get("precision"));
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const { values, texts, refused } = readLines(await readText(request.body), unitNs, nowNs);
  const training = trainingName(request.query.get(database) || DEFAULT_TRAINING);
  const textsOf = groupByInstance(texts);
  const valuesOf = groupByInstance(values);
  for (const instance of new Set([...valuesOf.keys(), ...textsOf.keys()])) {
    const [own, ownTexts] = [valuesOf.get(instance) ?? [], textsOf.get(instance) ?? []];
    const id = await idOf(training, instance, (own[0] ?? ownTexts[0])?.timeNs ?? nowNs, sink, read);
    const counter = await stepsOf(id, read);
    const counts = ownTexts.map(() => ({ kind: "passedOver", what: "texts", count: 1 }) as const);
    const records = [...own.map((value) => recordOf(value, counter)), ...counts];
    await sink.append(id, records, { prints: [...own, ...ownTexts].map(({ source }) => print64(source)) });
  }
  if (refused.length === 0) return NOTHING;
  const more = refused.length > MOST_TOLD ? `; and ${refused.length - MOST_TOLD} more` : "";
  throw new RefusedError("invalid", `partial write: ${refused.slice(0, MOST_TOLD).join("; ")}${more}; the other lines are taken`);
}

function groupByInstance<T extends Pick<LineValue, "instance">>(found: readonly T[]): Map<string | undefined, T[]> {
  const groups = new Map<string | undefined, T[]>();
  for (const one of found) {
    const known = groups.get(one.instance);
    if (known) known.push(one);
    else groups.set(one.instance, [one]);
  }
  return groups;
}

async function idOf(training: string, instance: string | undefined, firstNs: bigint, sink: Sink, read: Read): Promise<string> {
  const key = { dialect: INFLUX, training, run: instance ?? "" };
  const known = await read.find(key);
  if (known !== undefined) return known;
  const name = displayName(instance ?? "");
  const startTime = new Date(Number(firstNs / 1_000_000n)).toISOString();
  const facts: InstanceFacts = { training, state: "running", startTime, ...(name === "" ? {} : { name }) };
  return (await sink.open(key, facts)).id;
}

/** @returns the next step of each series */
async function stepsOf(id: string, read: Read): Promise<Map<string, number>> {
  return new Map((await read.latest(id)).map(({ name, labels, point }) => [seriesKey(name, labels), point.step + 1]));
}

function recordOf({ name, labels, step: told, timeNs, value }: LineValue, counter: Map<string, number>): RunRecord {
  const key = seriesKey(name, labels);
  const step = told ?? counter.get(key) ?? 0;
  counter.set(key, step + 1);
  return { kind: "points", series: [{ name, labels }], step, timeNs, values: [value], ...(told === undefined ? { made: "step" } : {}) };
}

async function query({ request }: RouteContext): Promise<DialectAnswer> {
  const asked = request.query.get("q") ?? new URLSearchParams(await readText(request.body)).get("q") ?? "";
  if (/^\s*create\s+database\b/i.test(asked)) return json({ results: [{ statement_id: 0 }] });
  throw new RefusedError("unknown", "AVA takes what is written; it does not answer queries of InfluxDB");
}

function json(value: object): DialectAnswer {
  return { status: 200, headers: { "content-type": "application/json", ...NOTHING.headers }, body: JSON.stringify(value) };
}
