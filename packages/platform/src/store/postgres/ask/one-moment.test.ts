import { describe, expect, test } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresUrl } from "../../../testing/postgres-driver.js";
import type { Field, InstancePage, ListQuery } from "../../contract/list.js";
import type { Store } from "../../contract/store.js";
import { paramAt } from "../../listing/params.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const LOSS: Field = { kind: "metric", figure: "last", name: "loss" };
const COUNT: Field = { kind: "param", key: "n" };
const START: Field = { kind: "fact", name: "startTime" };
const IS_AHEAD = { field: LOSS, operator: ">=", operand: { text: "0", number: 0 } } as const;
const LABELLED: Field = { kind: "metric", figure: "max", name: "loss", labels: {} };

/** Answers that are looked at: among a hundred of the version before, some were of no moment. */
const ANSWERS = 100;

const ask = (field: Field, others: Partial<ListQuery> = {}): ListQuery => ({
  terms: [],
  sort: { field, isDown: false },
  limit: 10,
  lostBeforeMs: 0,
  ...others,
});

/** Points and params of both go up by one in turn, `a` first: `b` is never ahead, and never two behind. */
const QUERIES: readonly ListQuery[] = [
  ask(LOSS),
  ask(LOSS, { terms: [{ field: { kind: "fact", name: "training" }, oneOf: ["pair"] }] }),
  ask(LOSS, { terms: [IS_AHEAD] }),
  ask(LABELLED),
  ask(COUNT),
  ask(COUNT, { terms: [{ field: { kind: "fact", name: "id" }, oneOf: ["a", "b", "x", "y"] }] }),
  ask(START),
];

function check({ instances, total }: InstancePage, { sort: { field } }: ListQuery): unknown[] {
  const shown = new Map(
    instances.map(({ id, facts, series }) => [id, { loss: series[0]?.last, n: paramAt(facts, "n") as number | undefined }]),
  );
  const [a, b] = [shown.get("a")!, shown.get("b")!];
  const problems: unknown[] = [];
  for (const key of ["loss", "n"] as const) if (![0, 1].includes(a[key]! - b[key]!)) problems.push([key, a[key], b[key]]);
  // Of the same value `a` comes first.
  const order = instances.map(({ id }) => id).filter((id) => id === "a" || id === "b");
  const key = field.kind === "param" ? "n" : "loss";
  if (field !== START && order[0] !== (a[key] === b[key] ? "a" : "b")) problems.push([field, order, a, b]);
  // One of the two that come and go is always there.
  const others = [...shown.keys()].filter((id) => id > "b");
  if (total !== instances.length || (field !== LOSS && others.length === 0)) problems.push([field, total, others]);
  return problems;
}

describe.skipIf(!hasPostgres)("answers of lists beside writers", () => {
  test("pages, totals and what they show are of one moment: rows, facts and figures were read one after the other", async () => {
    const url = await postgresUrl();
    const [first, second] = [await openReplica(url, now), await openReplica(url, now)];
    const pair = ["a", "b"].map((id) => ({ id, writer: new BatchWriter(`writer-${id}`, undefined, "pair") }));
    const step = async (n: number): Promise<void> => {
      for (const { id, writer } of pair) {
        const store = n % 2 === 0 ? first : second;
        await store.takeRecords(id, writer.log({ loss: n }, n).body());
        await store.putFacts(id, { training: "pair", params: { n } });
      }
    };
    for (const id of ["x", "y"]) await first.putFacts(id, { training: "others" });
    await first.deleteInstance("y");
    await step(1);
    const problems: unknown[] = [];
    const progress = { answers: 0, isOver: false };
    const reader = async (store: Store, from: number): Promise<void> => {
      for (let i = from; !progress.isOver; i++) {
        const query = QUERIES[i % QUERIES.length]!;
        problems.push(...check(await store.list(query), query));
        progress.answers++;
      }
    };
    const comeAndGo = async (): Promise<void> => {
      while (!progress.isOver) {
        for (const [comes, goes] of [
          ["y", "x"],
          ["x", "y"],
        ] as const) {
          await first.restoreInstance(comes);
          await second.deleteInstance(goes);
        }
      }
    };
    const readers = [reader(first, 0), reader(first, 3), reader(second, 1), reader(second, 5), comeAndGo()];
    try {
      for (let n = 2; progress.answers < ANSWERS; n++) {
        await step(n);
        if (n % 20 === 0) await first.seal();
      }
    } finally {
      progress.isOver = true;
      await Promise.all(readers);
    }
    expect(problems).toEqual([]);
  });
});
