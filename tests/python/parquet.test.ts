import path from "node:path";
import type { Labels } from "ava-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BatchWriter } from "../../packages/platform/src/testing/batch-writer.js";
import { newWorkspace, runAva } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { findFramework } from "./frameworks.js";

const pyarrow = findFramework("pyarrow");
const platform = new PlatformProcess(await freePort());
const TRAINING = "图像 分类";

/** A point as it is logged, and as it must be read back. */
interface Logged {
  name: string;
  labels?: Labels;
  step: number;
  epoch?: number;
  timeNs: bigint;
  value: number;
}

/** What read_parquet.py prints. */
interface Read {
  columns: Record<string, string>;
  nullable: string[];
  groupRows: number[];
  rows: (string | null)[][];
}

const ODD: readonly Logged[] = [
  { name: "loss", step: 0, epoch: 0, timeNs: 1_700_000_000_123_456_789n, value: Number.NaN },
  { name: "loss", step: -0, epoch: -0, timeNs: 0n, value: -0 },
  { name: "loss", step: 1, timeNs: -1n, value: 0 },
  { name: "loss", step: 0.5, epoch: 0.1 + 0.2, timeNs: 2n ** 63n - 1n, value: Number.POSITIVE_INFINITY },
  { name: "loss", step: -3, timeNs: -(2n ** 63n), value: Number.NEGATIVE_INFINITY },
  { name: "loss", step: 2 ** 60, epoch: 5e-324, timeNs: 1n, value: Number.MAX_VALUE },
  { name: "损失/验证 😀", step: 1, epoch: 1, timeNs: 3n, value: 1 / 3 },
  { name: '=1+1,"quoted"', labels: { rank: "0", 'odd "é': "a,b\\" }, step: 2, timeNs: 4n, value: 1e-300 },
];

beforeAll(async () => {
  if (pyarrow.isMissing) return;
  pyarrow.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

async function send(instance: string, points: readonly Logged[]): Promise<void> {
  for (const labels of new Set(points.map((point) => point.labels))) {
    const writer = new BatchWriter(`writer-${JSON.stringify(labels ?? {}).length}`, labels, TRAINING);
    for (const { name, step, epoch, timeNs, value } of points.filter((point) => point.labels === labels)) {
      writer.log({ [name]: value }, step, epoch, timeNs);
    }
    const headers = { "content-type": "application/x-ava-records" };
    const answer = await fetch(`${platform.url}/v1/instances/${instance}/records`, {
      method: "POST",
      headers,
      body: new Uint8Array(writer.body()),
    });
    expect([answer.status, await answer.json()]).toEqual([200, { ack: writer.seq }]);
  }
}

/** Exports by the command line and reads what it wrote. */
async function exported(...args: string[]): Promise<Read> {
  const workspace = newWorkspace();
  const file = path.join(workspace, "points.parquet");
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: workspace };
  const { exitCode, stderr } = await runAva(["export", ...args, "--format", "parquet", "-o", file], env);
  expect([exitCode, stderr.toString()]).toEqual([0, ""]);
  return readBack(file);
}

async function readBack(file: string): Promise<Read> {
  const result = await pyarrow.start("read_parquet.py", [file], newWorkspace(), {}).result;
  expect([result.exitCode, result.stderr]).toEqual([0, ""]);
  return JSON.parse(result.stdout) as Read;
}

function bits(value: number | undefined): string | null {
  if (value === undefined) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}

function rowOf({ name, labels = {}, step, epoch, timeNs, value }: Logged): (string | null)[] {
  return [name, JSON.stringify(labels), bits(step), bits(epoch), String(timeNs), bits(value)];
}

describe.skipIf(pyarrow.isMissing)(`parquet${pyarrow.note}`, () => {
  test("pyarrow reads back what was logged, bit for bit: NaN, infinities, -0.0, nanoseconds, labels, names in any language, absent epochs", async () => {
    await send("odd", ODD);
    const read = await exported("odd");
    expect(read.columns).toEqual({
      name: "string",
      labels: "string",
      step: "double",
      epoch: "double",
      time: "timestamp[ns, tz=UTC]",
      value: "double",
    });
    expect(read.nullable).toEqual(["epoch"]);
    expect(read.rows).toEqual(ODD.map(rowOf));
  });

  test("an instance without points is a file without rows", async () => {
    await fetch(`${platform.url}/v1/instances/empty`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ training: TRAINING }),
    });
    expect(await exported("empty")).toMatchObject({ groupRows: [], rows: [], columns: { time: "timestamp[ns, tz=UTC]" } });
  });

  test("a training is all its instances; more points than a row group holds, after a restart as well, equal the csv", async () => {
    const many = Array.from(
      { length: 40_000 },
      (_, i): Logged => ({
        name: i % 2 === 0 ? "loss" : "lr",
        step: i,
        ...(i % 3 === 0 ? {} : { epoch: i / 7 }),
        timeNs: 1_700_000_000_000_000_000n + BigInt(i) * 1_000_003n,
        value: i % 1000 === 1 ? Number.NaN : Math.sin(i),
      }),
    );
    await send("many", many);
    await platform.stop();
    await platform.start();
    const read = await exported("--training", TRAINING);
    expect(Object.keys(read.columns)[0]).toBe("instance");
    expect(read.groupRows.length).toBeGreaterThan(1);
    expect(Math.max(...read.groupRows)).toBeLessThanOrEqual(32_768);
    const rows = [...many.filter(({ name }) => name === "loss"), ...many.filter(({ name }) => name === "lr")].map(rowOf);
    const all = [...rows.map((row) => ["many", ...row]), ...ODD.map((point) => ["odd", ...rowOf(point)])];
    expect(read.rows.map(String)).toEqual(all.map(String));

    const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
    const csv = (await runAva(["export", "--training", TRAINING], env)).stdout.toString().trimEnd().split("\n");
    expect(csv[0]).toBe(Object.keys(read.columns).join(","));
    expect(csv.slice(1).map(numbersOf)).toEqual(read.rows.map(([, , , step, epoch, , value]) => String([step, epoch, value])));
  });

  test("what the command line writes to a pipe is what the API answers", async () => {
    const answer = await fetch(`${platform.url}/v1/instances/odd/export?format=parquet`);
    expect(answer.headers.get("content-type")).toBe("application/vnd.apache.parquet");
    expect(answer.headers.get("content-disposition")).toContain('filename="odd.parquet"');
    const bytes = Buffer.from(await answer.arrayBuffer());
    const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
    expect((await runAva(["export", "odd", "--format", "parquet", "-o", "-"], env)).stdout).toEqual(bytes);
  });
});

/** Step, epoch and value of a line of csv, as their bits; none of our texts ends like that. */
function numbersOf(line: string): string {
  const [, step = "", epoch = "", value = ""] = /,([^,"]*),([^,"]*),[^,"]*Z,([^,"]*)$/.exec(line) ?? [];
  return String([bits(Number(step)), epoch === "" ? null : bits(Number(epoch)), bits(Number(value))]);
}
