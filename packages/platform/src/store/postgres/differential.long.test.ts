import { describe, expect, onTestFinished, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../tests/random.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testFolder } from "../../testing/folder.js";
import { hasPostgres, openReplica, postgresUrl } from "../../testing/postgres-driver.js";
import { exported, idsOf } from "../../testing/seen.js";
import type { Field } from "../contract/list.js";
import type { Store } from "../contract/store.js";
import { openStore } from "../embedded/open.js";

const DAY_MS = 86_400_000;
const IDS = ["one", "two", "three", "four"];
const NAMES = ["loss", "acc", "lr", "z"];
const VALUES = [0, -0, 1, -1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324];

type Command = (store: Store) => Promise<unknown>;

/** Draws commands of all kinds. */
class Commands {
  private readonly writers = new Map<string, BatchWriter>();
  private readonly reparses = new Map<string, number>();
  private step = 0;

  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  next(): Command {
    const { random } = this;
    const id = random.pick(IDS);
    const training = random.pick(["demo", "other"]);
    const kind = random.below(26);
    if (kind < 12) return this.records(id, training);
    if (kind === 12) {
      const line = Buffer.from(
        `ava_metric_training_loss,id=${id},epoch=${random.below(3)},batch=${random.below(9)} value=${random.below(5)}\n`,
      );
      return (store) => store.takeLines(id, line);
    }
    if (kind === 13) {
      const facts = { params: { lr: this.step, [id]: "x" }, ...(random.chance(0.5) ? {} : { training }) };
      return (store) => store.putFacts(id, facts);
    }
    if (kind === 14) return (store) => store.requestStop(id, "why");
    if (kind === 15) return (store) => store.deleteInstance(id);
    if (kind === 16 || kind === 17) return (store) => store.restoreInstance(id);
    if (kind === 18) return this.reparse(id);
    if (kind === 19) {
      const n = 1 + random.below(this.reparses.get(id) ?? 1);
      return (store) => store.undoReparse(id, n);
    }
    if (kind === 20) {
      const note = random.pick(["", "a", "b"]);
      return (store) => store.putTraining(training, { note });
    }
    if (kind === 21) return (store) => store.deleteTraining(training);
    if (kind === 22) {
      const params = {
        paramsText: JSON.stringify({ lr: random.below(3) }),
        ...(random.chance(0.5) ? { baseRevision: random.below(4) } : {}),
      };
      return (store) => store.putParams(training, params);
    }
    if (kind === 23) {
      const spec = { name: random.pick(["m", "n"]), file: `f${random.below(3)}`, trainingRef: { instanceID: id } };
      return (store) => store.putModel(spec);
    }
    const name = random.pick(["v", "w"]);
    if (kind === 24) return random.chance(0.5) ? (store) => store.putView(name, { a: this.step }) : (store) => store.deleteView(name);
    const a = random.below(9);
    return (store) => store.putEvaluation(name, { a });
  }

  private records(id: string, training: string): Command {
    const { random } = this;
    const key = `${id} ${random.below(2)}`;
    if (!this.writers.has(key) || random.chance(0.02)) {
      const labels = key.endsWith("0") ? undefined : { rank: "1" };
      this.writers.set(key, new BatchWriter(`writer-${key.replace(" ", "-")}-${random.below(1e6)}`, labels, training));
    }
    const writer = this.writers.get(key)!;
    const points = random.chance(0.3) ? random.below(3000) : random.below(5);
    // A body of one series is packed well: the replica that takes it keeps its rows for later.
    const isPlain = random.chance(0.5);
    for (let i = 0; i < points; i++) {
      const step = random.chance(0.02) ? random.below(100) : ++this.step;
      const value = random.chance(0.05) ? random.pick(VALUES) : Math.fround(Math.sin(step) * 1000) / (1 + random.below(3));
      const name = isPlain || random.chance(0.9) ? "loss" : random.pick(NAMES);
      writer.log({ [name]: value }, step, random.chance(0.5) ? random.below(4) : undefined);
    }
    if (random.chance(0.4)) writer.print(`line ${this.step} ${"é日".repeat(random.below(random.chance(0.1) ? 60_000 : 30))}\n`);
    if (random.chance(0.1)) writer.add({ type: "event", event: { event: "snapshot", step: this.step, file: "a.bin" } });
    if (random.chance(0.1))
      writer.add({
        type: "facts",
        facts: {
          state: random.pick(["running", "done", "failed"]),
          startTime: new Date(1.7e12 + random.below(5) * 1000).toISOString(),
        },
      });
    const body = writer.body();
    if (!random.chance(0.1)) return (store) => store.takeRecords(id, body);
    return async (store) => [await outcome(store.takeRecords(id, body)), await outcome(store.takeRecords(id, body))];
  }

  private reparse(id: string): Command {
    const { random } = this;
    const n = (this.reparses.get(id) ?? 0) + (random.chance(0.5) ? 1 : 0) || 1;
    this.reparses.set(id, n);
    const writer = new BatchWriter("ava-reparse");
    for (let i = random.below(1500); i >= 0; i--) writer.log({ [random.pick([...NAMES, "new"])]: random.below(100) }, random.below(500));
    const points = writer.body();
    const isDone = random.chance(0.5);
    return (store) => store.addReparsed(id, { n, rules: ["x"], logBytes: 3 }, points, isDone);
  }
}

async function outcome(answer: Promise<unknown>): Promise<unknown> {
  try {
    return { answer: await answer };
  } catch (error) {
    const { name, code, message } = error as { name: string; code?: string; message: string };
    return { name, code, ...(name === "PlatformError" ? {} : { message }) };
  }
}

const SORTS: readonly Field[] = [
  { kind: "fact", name: "startTime" },
  { kind: "fact", name: "name" },
  { kind: "param", key: "lr" },
  ...(["last", "min", "max"] as const).map((figure): Field => ({ kind: "metric", figure, name: "loss" })),
  { kind: "metric", figure: "last", name: "loss", labels: { rank: "1" } },
];

async function seen(store: Store, random: Random): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  const ids = (all["ids"] = await idsOf(store)) as string[];
  for (const id of IDS) {
    all[`${id} view`] = await outcome(store.instance(id));
    all[`${id} series`] = await outcome(store.series(id));
    all[`${id} points`] = await outcome(exported(store, [id], { format: "jsonl" }));
    all[`${id} damage`] = await outcome(store.findDamage(id));
    all[`${id} log`] = await outcome(store.readLog(id, { start: 0, bytes: 10_000_000 }));
    all[`${id} tail`] = await outcome(store.readLog(id, { lastBytes: random.below(3000) }));
    const size = await store.readLog(id, { lastBytes: 0 }).then(
      (stretch) => stretch.size,
      () => 0,
    );
    const start = random.below(size);
    if (size > 0) all[`${id} marks`] = await outcome(store.readLogMarks(id, start, start + random.below(200_000)));
    all[`${id} found`] = await outcome(store.searchLog(id, Buffer.from("日\nline 1"), 0, 10));
    const from = random.below(30_000);
    for (const [i, window] of [
      { buckets: 10, hasMeans: true },
      { buckets: 1000, nonFinite: 50, rewinds: 50 },
      { buckets: 100, from, to: from + random.below(5000) },
    ].entries())
      for (const axis of ["step", "time"] as const)
        for (const name of NAMES)
          all[`${id} window ${i} ${axis} ${name}`] = await outcome(
            store.windows([
              { instance: id, name, axis, labels: {}, ...window },
              { instance: id, name, axis, ...window },
            ]),
          );
  }
  for (const [i, field] of SORTS.entries())
    for (const isDown of [true, false])
      for (const training of [undefined, "demo"])
        all[`list ${i} ${isDown} ${training}`] = await outcome(
          store.list({
            terms:
              training === undefined ? [] : [{ field: { kind: "fact", name: "training" }, operator: "=", operand: { text: training } }],
            sort: { field, isDown },
            limit: 10,
            lostBeforeMs: 0,
          }),
        );
  all["groups"] = await outcome(
    store
      .groups({
        terms: [],
        by: [{ kind: "fact", name: "training" }],
        metrics: [{ kind: "metric", figure: "last", name: "loss" }],
        lostBeforeMs: 0,
      })
      .then(
        (groups) =>
          new Map(
            groups.map(({ values, count, states, figures }) => [
              values[0],
              { count, states, ends: figures.map((one) => [one.count, one.min?.value, one.max?.value]) },
            ]),
          ),
      ),
  );
  all["trainings"] = await outcome(store.trainings(0));
  for (const name of ["demo", "other"]) {
    all[`${name} training`] = await outcome(store.training(name));
    all[`${name} revisions`] = await outcome(store.revisions(name));
  }
  all["models"] = await outcome(store.models({}));
  all["models of two"] = await outcome(store.models({ instance: "two" }));
  all["views"] = (await store.views()).sort((a, b) => (a.name < b.name ? -1 : 1));
  all["evaluations"] = [await store.evaluation("v"), await store.evaluation("w")];
  all["silent"] = await outcome(
    store.silent(0, Number.MAX_SAFE_INTEGER).then((some) => new Map(some.map(({ id, training }) => [id, training]))),
  );
  return { ...all, ids };
}

describe.skipIf(!hasPostgres)("the PostgreSQL driver beside the embedded one", () => {
  test("the same random commands, through replicas that seal and come anew, have the same answers and show the same", async () => {
    const seed = seedOfTest();
    const random = randomOf(seed);
    let nowMs = Date.parse("2026-01-01T00:00:00Z");
    const now = (): number => nowMs;
    const embedded = openStore({ dataDir: testFolder(), now });
    onTestFinished(() => embedded.close());
    const url = await postgresUrl();
    const replicas = [await openReplica(url, now), await openReplica(url, now)];
    const commands = new Commands(random);
    for (let i = 0; i < Number(process.env["AVA_TEST_COMMANDS"] ?? 100); i++) {
      nowMs += random.chance(0.03) ? random.below(8 * DAY_MS) : random.chance(0.03) ? -5000 : random.below(5000);
      const command = commands.next();
      const right = await outcome(command(embedded));
      expect(await outcome(command(random.pick(replicas))), `command ${i}`).toEqual(right);
      if (random.chance(0.15)) await random.pick(replicas).seal();
      if (random.chance(0.05)) await embedded.checkpoint();
      const isPruned = random.chance(0.03);
      const removed = isPruned ? await embedded.prune() : 0;
      expect(isPruned ? await random.pick(replicas).prune() : 0, `prune after ${i}`).toBe(removed);
      if (random.chance(0.02)) replicas[random.below(2)] = await openReplica(url, now);
      if (!random.chance(0.06)) continue;
      const asked = random.below(1e6);
      const wanted = await seen(embedded, randomOf(asked));
      for (const [which, store] of replicas.entries()) {
        const found = await seen(store, randomOf(asked));
        for (const key of Object.keys(wanted)) expect(found[key], `${key} of replica ${which} after command ${i}`).toEqual(wanted[key]);
      }
    }
  }, 120_000);
});
