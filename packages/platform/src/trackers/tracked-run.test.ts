import type { Once, RunRecord } from "ava-dialects";
import type { InstanceFacts } from "ava-protocol";
import { expect, onTestFinished, test } from "vitest";
import { FolderFiles } from "../files/folder-files.js";
import { findPointsOf } from "../store/contract/points.js";
import type { Store } from "../store/contract/store.js";
import { openStore } from "../store/embedded/open.js";
import { testFolder } from "../testing/folder.js";
import { TrackerIntake } from "./intake.js";

const KEY = { dialect: "wandb", training: "t", run: "r" };

async function newRun() {
  const store = openStore({ dataDir: testFolder(), now: Date.now });
  onTestFinished(() => store.close());
  let isAnswerLost = false;
  const takeRecords: Store["takeRecords"] = async (...args) => {
    const answer = await store.takeRecords(...args);
    if (isAnswerLost) throw new Error("the connection broke");
    return answer;
  };
  const broken = new Proxy<Store>(store, {
    get: (target, name) => (name === "takeRecords" ? takeRecords : memberOf(target, name)),
  });
  const intake = (of: Store) => new TrackerIntake(of, new FolderFiles(testFolder()));
  const first = intake(broken);
  const { id } = await first.open(KEY, {});
  const values = async () => {
    const { points } = await findPointsOf(store, { instance: id, name: "m", labels: {}, axis: "step", from: 0, most: 100 });
    return points.map(({ value }) => value);
  };
  const facts = async () => (await store.instance(id)).facts;
  const notices = async () => (await store.instance(id)).events.map(({ message }) => message);
  const params = async () => JSON.parse((await facts()).paramsText ?? "{}") as Record<string, unknown>;
  const log = async () => new TextDecoder().decode((await store.readLog(id, { lastBytes: 1000 })).bytes);
  let questions = 0;
  const findPoints: Store["findPoints"] = (queries) => {
    questions++;
    return store.findPoints(queries);
  };
  const replica = () => {
    const changed = { capabilities: { persistent: true, replicas: true }, findPoints };
    return intake(
      new Proxy<Store>(store, {
        get: (target, name) => (Object.hasOwn(changed, name) ? Reflect.get(changed, name) : memberOf(target, name)),
      }),
    );
  };
  return {
    id,
    first,
    other: () => intake(store),
    replica,
    questions: () => questions,
    values,
    facts,
    notices,
    params,
    log,
    loseAnswers: (isLost: boolean) => (isAnswerLost = isLost),
  };
}

function memberOf(store: Store, name: string | symbol): unknown {
  const member: unknown = Reflect.get(store, name);
  return typeof member === "function" ? member.bind(store) : member;
}

function point(step: number): [RunRecord[], Once] {
  return [
    [{ kind: "points", series: [{ name: "m", labels: {} }], step, timeNs: BigInt(step), values: [step] }],
    { prints: [BigInt(step)] },
  ];
}

/** A request of 500 points of as many series, which a balancer gives one replica after the other. */
function manyPoints(step: number): [RunRecord[], Once] {
  const records = Array.from({ length: 500 }, (_, i): RunRecord => {
    return { kind: "points", series: [{ name: `m${i}`, labels: {} }], step, timeNs: BigInt(step), values: [i] };
  });
  return [records, { prints: records.map((_, i) => BigInt(step * 1000 + i)) }];
}

test("what other replicas took is looked for in a few questions, however many points a request has", async () => {
  const run = await newRun();
  const replicas = [run.replica(), run.replica(), run.replica()];
  for (let step = 0; step < 6; step++)
    expect(await replicas[step % 3]!.append(run.id, ...manyPoints(step))).toEqual({ taken: 500, repeated: 0 });
  // The client had no answer, and sends it again.
  expect(await replicas[0]!.append(run.id, ...manyPoints(5))).toEqual({ taken: 0, repeated: 500 });
  expect(run.questions()).toBeLessThan(20);
});

function lines(offset: number, ...texts: string[]): [RunRecord[], Once] {
  const records = texts.map((text): RunRecord => ({ kind: "log", timeNs: 1n, stream: "stdout", bytes: new TextEncoder().encode(text) }));
  return [records, { prints: texts.map((_, index) => BigInt(offset + index)) }];
}

test("after a commit of which no answer came, what comes next is kept, and what comes again is not kept twice", async () => {
  const run = await newRun();
  await run.first.append(run.id, ...point(1));
  run.loseAnswers(true);
  await expect(run.first.append(run.id, ...point(2))).rejects.toThrow("the connection broke");
  run.loseAnswers(false);
  await run.first.append(run.id, ...point(3));
  expect(await run.first.append(run.id, ...point(2))).toEqual({ taken: 0, repeated: 1 });
  expect(await run.values()).toEqual([1, 2, 3]);
});

test("of rows whose numbers were taken before the platform died, those that it has are repeats, and others are new", async () => {
  const run = await newRun();
  const rows = (offset: number, ...steps: number[]): [RunRecord[], Once] => {
    const points = steps.map(point);
    const prints = points.flatMap(([, once]) => once.prints ?? []);
    const numbers = steps.map((_, index) => offset + index);
    return [points.flatMap(([records]) => records), { stream: "history", lines: numbers, nextLine: offset + steps.length, prints }];
  };
  await run.first.append(run.id, ...rows(0, 1, 2));
  const other = run.other();
  expect(await other.append(run.id, ...rows(1, 2, 3))).toEqual({ taken: 1, repeated: 1 });
  expect(await other.append(run.id, ...rows(0, 7, 2))).toEqual({ taken: 1, repeated: 1 });
  expect(await run.values()).toEqual([1, 2, 3, 7]);
});

test("lines of output that the platform took before it died, and that come again, are not doubled", async () => {
  const run = await newRun();
  await run.first.append(run.id, ...lines(0, "a\n", "b\n"));
  const other = run.other();
  expect(await other.append(run.id, ...lines(0, "a\n", "b\n"))).toEqual({ taken: 0, repeated: 2 });
  expect(await other.append(run.id, ...lines(2, "b\n"))).toEqual({ taken: 1, repeated: 0 });
  expect(await run.log()).toBe("a\nb\nb\n");
});

test("a request that a client repeats at another replica, which knows the run from before, is not kept twice", async () => {
  const run = await newRun();
  const [one, two] = [run.replica(), run.replica()];
  await two.append(run.id, ...point(1));
  await one.append(run.id, ...point(2));
  expect(await two.append(run.id, ...point(2))).toEqual({ taken: 0, repeated: 1 });
  await two.append(run.id, ...point(3));
  expect(await one.append(run.id, ...point(3))).toEqual({ taken: 0, repeated: 1 });
  expect(await run.values()).toEqual([1, 2, 3]);
});

test("a request that comes to three replicas at the same moment is kept once", async () => {
  const run = await newRun();
  const replicas = [run.replica(), run.replica(), run.replica()];
  for (let step = 0; step < 20; step++) {
    await Promise.all(replicas.map((replica) => replica.append(run.id, ...point(step))));
    await Promise.all(replicas.map((replica) => replica.append(run.id, ...lines(100 + step, `${step}\n`))));
  }
  const steps = Array.from({ length: 20 }, (_, step) => step);
  expect(await run.values()).toEqual(steps);
  expect(await run.log()).toBe(steps.map((step) => `${step}\n`).join(""));
});

test("params that a client sets at two replicas at the same time are all kept", async () => {
  const run = await newRun();
  const replicas = [run.replica(), run.replica(), run.replica()];
  const names = Array.from({ length: 60 }, (_, index) => `p${index}`);
  await Promise.all(
    names.map((name, index) => replicas[index % 3]!.append(run.id, [{ kind: "params", within: [], members: new Map([[name, "1"]]) }])),
  );
  expect(Object.keys(await run.params()).sort()).toEqual([...names].sort());
});

test("a run that failed, went on and ended well is done, whatever replicas its client came to", async () => {
  const run = await newRun();
  const [one, two] = [run.replica(), run.replica()];
  const tell = (replica: TrackerIntake, facts: InstanceFacts) => replica.append(run.id, [{ kind: "facts", facts }]);
  await tell(one, { state: "failed", stopTime: new Date(1000).toISOString(), end: { exitCode: 1 } });
  await tell(two, { state: "running" });
  await tell(one, { state: "done", stopTime: new Date(2000).toISOString(), end: { exitCode: 0 } });
  expect(await run.facts()).toMatchObject({ state: "done", stopTime: new Date(2000).toISOString(), end: { exitCode: 0 } });
});

test("rows that `wandb sync` sends again behind those that were taken are not doubled by a platform that was started again", async () => {
  const run = await newRun();
  const rows = (steps: number[], from: number): [RunRecord[], Once] => {
    const records = steps.flatMap((step): RunRecord[] => [...point(step)[0], { kind: "passedOver", what: "media", count: 1 }]);
    const numbers = records.map((_, index) => from + Math.floor(index / 2));
    const prints = records.map((record, index) => BigInt(steps[Math.floor(index / 2)]! * 2 + (record.kind === "points" ? 0 : 1)));
    return [records, { stream: "wandb-history.jsonl", lines: numbers, nextLine: from + steps.length, prints }];
  };
  await run.first.append(run.id, ...rows([1, 2, 3], 0));
  await run.first.append(run.id, ...rows([1, 2, 3], 3));
  expect(await run.values()).toEqual([1, 2, 3]);
  const again = run.other();
  expect(await again.append(run.id, ...rows([1, 2, 3, 4], 6))).toEqual({ taken: 2, repeated: 6 });
  expect(await again.append(run.id, ...rows([5], 10))).toMatchObject({ taken: 2 });
  expect(await run.values()).toEqual([1, 2, 3, 4, 5]);
  const replica = run.replica();
  await replica.append(run.id, ...rows([1], 11));
  await again.append(run.id, ...rows([6], 12));
  await replica.append(run.id, ...rows([6], 13));
  expect(await run.values()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("what is passed over is counted once where its request is repeated", async () => {
  const run = await newRun();
  const media: [RunRecord[], Once] = [[{ kind: "passedOver", what: "media", count: 2 }], { prints: [7n] }];
  for (let sent = 0; sent < 3; sent++) await run.first.append(run.id, ...media);
  await run.first.append(run.id, [{ kind: "facts", facts: { state: "done", stopTime: new Date(1000).toISOString() } }]);
  expect(await run.notices()).toEqual([expect.stringContaining(": 2 media")]);
});

test("what is passed over is told with the end, whatever replica the end comes to, and also when a replica was killed", async () => {
  const run = await newRun();
  const [one, two] = [run.replica(), run.replica()];
  await one.append(run.id, [{ kind: "passedOver", what: "media", count: 2 }], { prints: [7n] });
  two.passOver(run.id, "alerts", 1);
  await two.append(run.id, [...point(1)[0], { kind: "passedOver", what: "media", count: 1 }], { prints: [1n, 8n] });
  await run.replica().append(run.id, [{ kind: "facts", facts: { state: "done", stopTime: new Date(1000).toISOString() } }]);
  expect(await run.notices()).toEqual(["logged, and AVA has no place for it: 3 media, 1 alerts"]);
  await run.replica().append(run.id, [{ kind: "facts", facts: { state: "failed", stopTime: new Date(2000).toISOString() } }]);
  expect(await run.notices()).toHaveLength(1);
});

test("a file in whose way a folder or a file is, is told apart from one that cannot be kept: it is counted, and the program goes on", async () => {
  const { id, first, other, notices } = await newRun();
  const content = async function* (text: string) {
    yield Buffer.from(text);
  };
  for (const path of ["folder/file", "file"]) await first.putFile(id, path, content(path));
  for (const path of ["folder", "folder/file/deeper", "file/below"]) {
    await expect(first.putFile(id, path, content(path))).rejects.toMatchObject({ kind: "exists" });
    expect(await first.putStaged(id, path, await first.stage(content(path)))).toBe(false);
  }
  await expect(first.putFile(id, "x".repeat(300), content("x"))).rejects.toMatchObject({ kind: "invalid" });
  // Also where nothing else of the run came to this process.
  const again = other();
  again.passOver(id, "files", 2);
  await again.append(id, [{ kind: "facts", facts: { state: "done", stopTime: new Date(1000).toISOString() } }]);
  expect(await notices()).toEqual([expect.stringContaining(": 2 files")]);
});
