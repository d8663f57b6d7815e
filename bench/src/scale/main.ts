import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openPostgres } from "ava-platform";
import { deleteCopies } from "./deletion.js";
import { sendLoad, sendLong, writerOf } from "./load.js";
import { Postgres } from "./postgres.js";
import { processorSeconds } from "./processor.js";
import { askChart, askList, chartsPerSecond, timeToPage } from "./questions.js";
import { Replica } from "./replica.js";
import { bytesOf, insertRows } from "./rows.js";

const { values: flags } = parseArgs({
  options: {
    replicas: { type: "string", default: "2" },
    instances: { type: "string", default: "200" },
    bodies: { type: "string", default: "12" },
    connections: { type: "string", default: "16" },
    long: { type: "string", default: "10000000" },
    listed: { type: "string", default: "100000" },
    deleted: { type: "string", default: "3" },
    standby: { type: "boolean", default: false },
    embedded: { type: "boolean", default: false },
  },
});

/** After so many milliseconds a replica has rehearsed charts. */
const REHEARSED_MS = 10_000;

/** After so many milliseconds a replica has read the rows of a list that an index answered. */
const READ_MS = 5000;

/** Prints a line of the table as soon as it is measured. */
function tell(what: string, value: number, unit: string): void {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  process.stdout.write(`${what.padEnd(72)} ${value.toFixed(digits).padStart(10)} ${unit}\n`);
}

/** Points that are taken, sealed and asked for, by replicas of the platform on a PostgreSQL that keeps what it commits; all on this machine, with the load. */
async function main(): Promise<void> {
  const postgres = flags.embedded ? undefined : await Postgres.start();
  const standby = flags.standby ? await postgres?.addStandby() : undefined;
  const where = postgres === undefined ? ["--sync", "group"] : ["--database", postgres.url];
  const replicas: Replica[] = [];
  try {
    for (let i = 0; i < (postgres === undefined ? 1 : Number(flags.replicas)); i++) replicas.push(await Replica.start(...where));
    await measureIntake(replicas, postgres);
    await measureQuestions(replicas, postgres);
  } finally {
    for (const replica of replicas) await replica.stop();
    await standby?.remove();
    await postgres?.remove();
  }
}

async function measureIntake(replicas: readonly Replica[], postgres: Postgres | undefined): Promise<void> {
  const urls = replicas.map(({ url }) => url);
  const [instances, bodiesPerInstance, connections] = [flags.instances, flags.bodies, flags.connections].map(Number) as [
    number,
    number,
    number,
  ];
  await sendLoad(urls, { prefix: "warm", instances: connections, bodiesPerInstance: 2, connections });
  await sealed(replicas);
  const started = performance.now();
  const processors = new Processors(replicas, postgres);
  const { points, seconds } = await sendLoad(urls, { prefix: "load", instances, bodiesPerInstance, connections });
  processors.tell("in the burst", points);
  await sealed(replicas);
  const sealedSeconds = (performance.now() - started) / 1000;
  processors.tell("until sealed", points);
  tell("points in the load", points / 1e6, "M");
  tell("acknowledged in a burst", points / seconds / 1e6, "M points/s");
  tell("acknowledged and sealed (up to 2 s more are counted)", points / sealedSeconds / 1e6, "M points/s");
  if (postgres !== undefined) {
    await sealRest(postgres.url);
    const { journal, others, segments } = await bytesOf(postgres.url);
    tell("all tables but the journal (goal 8)", others / points, "bytes/point");
    tell("of it segments: with --blobs these lie in the bucket", segments / points, "bytes/point");
    tell("file of the journal", journal / 1e6, "MB");
  }
  const loaded = Array.from({ length: instances }, (_, no) => writerOf("load", no));
  tell("charts of these runs, 16 pages at once", await chartsPerSecond(urls, loaded, 5), "charts/s");
  const few = { prefix: "live", instances: 2000, bodiesPerInstance: 3, connections: 64, bodyBytes: 2000 };
  const small = await sendLoad(urls, few);
  tell("requests of 2 kB from 2,000 live runs", (few.instances * few.bodiesPerInstance) / small.seconds, "requests/s");
  await sealed(replicas);
  if (postgres === undefined) return;
  const ofRows = new Processors([], postgres);
  const rows = await insertRows(postgres.url);
  tell("a row for each point in the same PostgreSQL, 1,000 a commit", rows.points / rows.seconds / 1e6, "M points/s");
  ofRows.tell("for rows", rows.points);
  tell("burst / rows (goal 20)", points / seconds / (rows.points / rows.seconds), "times");
}

async function measureQuestions(replicas: readonly Replica[], postgres: Postgres | undefined): Promise<void> {
  const [first, last] = [replicas[0]!, replicas.at(-1)!];
  const steps = Number(flags.long);
  const long = await sendLong(first.url, "long-run-1", steps);
  tell(`one run of ${long.points / 1e6} M points`, long.points / long.seconds / 1e6, "M points/s");
  const unsealed = await askChart(last.url, "long-run-1");
  tell("chart of it before all is sealed, first", unsealed.firstMs, "ms");
  await sealed(replicas);
  // Replicas that have seen nothing of it.
  if (postgres !== undefined) {
    const started = await Replica.start("--database", postgres.url);
    tell("chart, cold, by a replica that has just started", (await askChart(started.url, "long-run-1")).firstMs, "ms");
    await started.stop();
  }
  const fresh = postgres === undefined ? undefined : await Replica.start("--database", postgres.url);
  if (fresh !== undefined) await setTimeout(REHEARSED_MS);
  const cold = await askChart((fresh ?? last).url, "long-run-1");
  tell("chart, cold, by a replica that has rehearsed charts (goal 30)", cold.firstMs, "ms");
  tell("chart, again (goal 5)", cold.againMs, "ms");
  const other = await askChart((fresh ?? last).url, "long-run-1", undefined, "val/accuracy");
  tell("chart of its other metric, cold, by a replica that has drawn one", other.firstMs, "ms");
  const zoom = await askChart((fresh ?? last).url, "long-run-1", [steps * 0.4, steps * 0.41]);
  tell("1 % of it, first", zoom.firstMs, "ms");
  tell("1 % of it, again", zoom.againMs, "ms");
  await fresh?.stop();
  if (postgres !== undefined) await measureDeletion(postgres.url, last.url, long.points);
  if (replicas.length > 1) {
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      const size = { prefix: `told-${i}`, instances: 1, bodiesPerInstance: 1, connections: 1, bodyBytes: 200 };
      waits.push(await timeToPage(last.url, `told-${i}-00000000`, async () => void (await sendLoad([first.url], size))));
      await setTimeout(300);
    }
    tell("from one replica's intake to another's live stream (goal 1,000)", waits.sort((a, b) => a - b)[4]!, "ms");
    tell("the longest of nine", waits.at(-1)!, "ms");
  }
  const listed = Number(flags.listed);
  const many = await sendLoad(
    replicas.map(({ url }) => url),
    { prefix: "many", instances: listed, bodiesPerInstance: 1, connections: 64, bodyBytes: 100 },
  );
  tell(`${listed} new instances`, listed / many.seconds, "instances/s");
  const before = await askList(last.url);
  tell("list of them by a metric, before all is sealed", before.againMs, "ms");
  await sealed(replicas);
  await measureList(last.url, "list of them by a metric");
  const byParam = await askList(last.url, "params.lr");
  tell("list of them by a param (they have none), first", byParam.firstMs, "ms");
  tell("list of them by a param (they have none), again (goal 50)", byParam.againMs, "ms");
  if (postgres === undefined) return;
  await sealRest(postgres.url);
  await measureList(last.url, "list of them by a metric, all sealed");
}

async function measureList(url: string, what: string): Promise<void> {
  const list = await askList(url);
  tell(`${what}, first`, list.firstMs, "ms");
  tell(`${what}, again at once`, list.againMs, "ms");
  await setTimeout(READ_MS);
  tell(`${what}, once its rows are read (goal 50)`, (await askList(url)).againMs, "ms");
}

/** Tells where the time of the processors goes: other programs on the machine change it little. */
class Processors {
  private readonly parts: readonly (readonly [who: string, seconds: () => number])[];
  private readonly before: readonly number[];

  constructor(replicas: readonly Replica[], postgres: Postgres | undefined) {
    const pids = replicas.map(({ pid }) => pid);
    this.parts = [
      ["the load", () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6],
      ...(pids.length === 0 ? [] : [["the replicas", () => pids.reduce((sum, pid) => sum + processorSeconds(pid), 0)] as const]),
      ...(postgres === undefined ? [] : [["PostgreSQL", () => processorSeconds(postgres.pid)] as const]),
    ];
    this.before = this.parts.map(([, seconds]) => seconds());
  }

  tell(when: string, points: number): void {
    for (const [i, [who, seconds]] of this.parts.entries())
      tell(`processor time of ${who} ${when}`, (seconds() - this.before[i]!) / (points / 1e6), "s/M points");
  }
}

async function measureDeletion(database: string, replica: string, points: number): Promise<void> {
  const copies = Number(flags.deleted);
  await sealRest(database);
  const { seconds, logBytes, before, beside } = await deleteCopies(database, replica, "long-run-1", copies);
  tell(`${copies} copies of it removed for good, ${(copies * points) / 1e6} M points`, seconds, "s");
  tell("write-ahead log meanwhile", logBytes / 1e6, "MB");
  tell("a request beside it, median", beside.median, "ms");
  tell("the longest", beside.longest, "ms");
  tell("a request in the 15 s before, median", before.median, "ms");
  tell("the longest", before.longest, "ms");
}

/** Until what is large enough is sealed; the rest of the journals waits for more. */
async function sealed(replicas: readonly Replica[]): Promise<void> {
  let before = Number.NaN;
  for (let waits = 0; waits < 300; waits++) {
    const bytes = await replicas[0]!.figure("ava_append_log_bytes");
    if (bytes === before) return;
    before = bytes;
    await setTimeout(1000);
  }
  process.stderr.write("scale: not all was sealed within five minutes\n");
}

/** Seals what is left, too: some thousands of runs at a time. */
async function sealRest(url: string): Promise<void> {
  const store = await openPostgres({ url, sealing: { everyMs: 0 } });
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const { logBytes } = await store.figures();
    if (logBytes === 0 || logBytes >= before) break;
    before = logBytes;
    await store.seal();
  }
  await store.close();
}

await main();
