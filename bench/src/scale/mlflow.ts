import { parseArgs } from "node:util";
import { MlflowServer } from "./mlflow-server.js";
import { Postgres } from "./postgres.js";
import { Replica } from "./replica.js";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    batches: { type: "string", default: "20" },
    charts: { type: "string", default: "50" },
  },
});

/** Metrics of a run; a batch has 100 steps of each. */
const NAMES = Array.from({ length: 10 }, (_, i) => `metric/${i}`);
const STEPS_PER_BATCH = 100;
/** Runs that log at once. */
const RUNS = 4;

/** A server that takes the requests of MLflow's client. */
interface Tracker {
  name: string;
  /** In front of `/api`. */
  api: string;
  /** Asks for what a chart of one metric shows. */
  chart: (run: string, name: string) => Promise<unknown>;
}

/** MLflow's own server and a replica of ours take the same `log-batch` requests into the same PostgreSQL, in turn, and are asked for charts of what they have. */
async function main(): Promise<void> {
  const postgres = await Postgres.start();
  const replica = await Replica.start("--database", postgres.url);
  let mlflow: MlflowServer | undefined;
  try {
    mlflow = await MlflowServer.start(postgres.url);
    const trackers = [trackerOfMlflow(mlflow.url), trackerOfReplica(replica.url)] as const;
    const runs = new Map<Tracker, string[]>();
    for (const tracker of trackers) runs.set(tracker, await startRuns(tracker));
    const [rounds, batches, charts] = [flags.rounds, flags.batches, flags.charts].map(Number) as [number, number, number];
    const [points, shown] = [new Rates(), new Rates()];
    for (let round = 0; round < rounds; round++) {
      for (const tracker of trackers) {
        const seconds = await timed(() => Promise.all(runs.get(tracker)!.map((run) => logBatches(tracker, run, round * batches, batches))));
        points.add(tracker, (RUNS * batches * NAMES.length * STEPS_PER_BATCH) / seconds);
      }
    }
    for (let round = 0; round < rounds; round++)
      for (const tracker of trackers) shown.add(tracker, charts / (await timed(() => askCharts(tracker, runs.get(tracker)!, charts))));
    points.tell("points of log-batch, 1,000 a request, from 4 runs", "points/s", trackers);
    shown.tell(`charts of a metric with ${rounds * batches * STEPS_PER_BATCH} points`, "charts/s", trackers);
  } finally {
    await mlflow?.stop();
    await replica.stop();
    await postgres.remove();
  }
}

/** What each tracker did in each round. */
class Rates {
  private readonly of = new Map<Tracker, number[]>();

  add(tracker: Tracker, rate: number): void {
    this.of.set(tracker, [...(this.of.get(tracker) ?? []), rate]);
  }

  /** Prints the medians, and the median of the ratios of the rounds. */
  tell(what: string, unit: string, [theirs, ours]: readonly [Tracker, Tracker]): void {
    for (const tracker of [theirs, ours]) line(`${what}: ${tracker.name}`, median(this.of.get(tracker)!), unit);
    const ratios = this.of.get(ours)!.map((rate, round) => rate / this.of.get(theirs)![round]!);
    line(`${what}: ours / MLflow's`, median(ratios), "times");
  }
}

function trackerOfMlflow(url: string): Tracker {
  return {
    name: "MLflow's server",
    api: url,
    // What its pages ask for.
    chart: (run, name) =>
      ask(
        `${url}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${new URLSearchParams({ run_ids: run, metric_key: name, max_results: "320" })}`,
      ),
  };
}

function trackerOfReplica(url: string): Tracker {
  return {
    name: "a replica",
    api: `${url}/mlflow`,
    chart: (run, name) => ask(`${url}/v1/series/query`, { series: [{ instance: `mlflow-${run}`, name }], x: "step", buckets: 1000 }),
  };
}

async function startRuns({ api }: Tracker): Promise<string[]> {
  const { experiment_id } = await ask<{ experiment_id: string }>(`${api}/api/2.0/mlflow/experiments/create`, { name: "scale" });
  const start = (): Promise<{ run: { info: { run_id: string } } }> =>
    ask(`${api}/api/2.0/mlflow/runs/create`, { experiment_id, start_time: Date.now() });
  return (await Promise.all(Array.from({ length: RUNS }, start))).map(({ run }) => run.info.run_id);
}

async function logBatches({ api }: Tracker, run: string, first: number, count: number): Promise<void> {
  for (let batch = first; batch < first + count; batch++) {
    const metrics = Array.from({ length: STEPS_PER_BATCH }, (_, i) => batch * STEPS_PER_BATCH + i).flatMap((step) =>
      NAMES.map((key, i) => ({ key, value: Math.sin(step + i), timestamp: 1_700_000_000_000 + step, step })),
    );
    await ask(`${api}/api/2.0/mlflow/runs/log-batch`, { run_id: run, metrics });
  }
}

async function askCharts(tracker: Tracker, runs: readonly string[], count: number): Promise<void> {
  for (let i = 0; i < count; i++) await tracker.chart(runs[i % runs.length]!, NAMES[i % NAMES.length]!);
}

async function ask<Answer>(url: string, body?: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Answer;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function line(what: string, value: number, unit: string): void {
  process.stdout.write(`${what.padEnd(84)} ${value.toFixed(value >= 100 ? 0 : 1).padStart(9)} ${unit}\n`);
}

await main();
