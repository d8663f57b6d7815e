import { inspect } from "node:util";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { testFolder } from "../../../testing/folder.js";
import { hasPostgres, openReplica, postgresUrl } from "../../../testing/postgres-driver.js";
import type { Field, Figure, ListQuery, Operand, Operator, Term } from "../../contract/list.js";
import type { Store } from "../../contract/store.js";
import { openStore } from "../../embedded/open.js";
import type * as Remembered from "../../listing/remembered.js";

const bounds = vi.hoisted(() => ({ rows: 1000, many: 4000, characters: 1e6 }));

vi.mock("../../listing/remembered.js", async (original) => {
  const actual = await original<typeof Remembered>();
  class Facts<Id, One> extends actual.RememberedFacts<Id, One> {
    constructor() {
      super(bounds.characters);
    }
  }
  return Object.defineProperties(
    { ...actual, RememberedFacts: Facts },
    { MAX_ROWS: { get: () => bounds.rows }, MANY_ROWS: { get: () => bounds.many } },
  );
});

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const INSTANCES = 50;
const LIMIT = 17;
const FIGURES: readonly Figure[] = ["last", "min", "max", "count"];
/** JSON of params of every kind. */
const PARAMS = [
  "0.5",
  "0.50",
  "1",
  "3",
  "12345678901234567890",
  "-1e3",
  '"0.5"',
  '"ab"',
  '"a.c"',
  "null",
  "true",
  "[1,2]",
  '{"d":1}',
  "NaN",
  '"\\u00e9"',
];
const LOSSES = [0, 1, 2.5, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

type Value = string | number | bigint | undefined;

/** An instance as the test knows it: what fields of lists hold, and what is searched for text. */
interface Known {
  id: string;
  values: ReadonlyMap<string, Value>;
  tags: readonly string[];
  text: string;
}

const keyOf = (field: Field): string =>
  field.kind === "metric" ? `${field.figure}:${field.name}` : field.kind === "param" ? `params.${field.key}` : field.name;

/** What a param of the list above is compared as. */
function paramValue(json: string): Value {
  if (json === "NaN") return Number.NaN;
  if (json.startsWith('"')) return JSON.parse(json) as string;
  if (/^-?\d{17,}$/.test(json)) return BigInt(json);
  return Number.isNaN(Number(json)) ? json : Number(json);
}

async function make(id: string, random: Random, stores: readonly Store[]): Promise<Known> {
  const values = new Map<string, Value>([["id", id]]);
  const training = random.pick(["big", "small"]);
  const name = random.chance(0.5) ? random.pick(["Alpha", "beta 2", "gamma"]) : undefined;
  const note = random.chance(0.3) ? random.pick(["see Ab", "none"]) : undefined;
  const tags = ["red", "blue", "x1"].filter(() => random.chance(0.4));
  const [p, deep] = [random.chance(0.8), random.chance(0.8)].map((isThere) => (isThere ? random.pick(PARAMS) : undefined));
  const members = [...(p === undefined ? [] : [`"p":${p}`]), `"o":{${deep === undefined ? "" : `"q":${deep}`}}`];
  const paramsText = `{${members.join(",")}}`;
  const startMs = now() + random.below(5) * 1000;
  for (const [key, json] of Object.entries({ "params.p": p, "params.o.q": deep }))
    if (json !== undefined) values.set(key, paramValue(json));
  for (const [key, value] of Object.entries({ training, name, startTime: startMs })) if (value !== undefined) values.set(key, value);
  const writer = new BatchWriter(`writer-${id}`, undefined, training);
  const losses = Array.from({ length: random.below(4) }, () => random.pick(LOSSES));
  for (const [step, loss] of losses.entries()) writer.log({ loss }, step);
  if (losses.length > 0) {
    const numbers = losses.filter((loss) => !Number.isNaN(loss));
    values.set("last:loss", losses.at(-1)).set("count:loss", losses.length);
    values.set("min:loss", numbers.length === 0 ? Number.NaN : Math.min(...numbers));
    values.set("max:loss", numbers.length === 0 ? Number.NaN : Math.max(...numbers));
  }
  const body = losses.length === 0 ? undefined : writer.body();
  const facts = { training, startTime: new Date(startMs).toISOString(), tags, paramsText, ...(name && { name }), ...(note && { note }) };
  const put = async (store: Store): Promise<void> => {
    await store.putFacts(id, facts);
    if (body !== undefined) await store.takeRecords(id, body);
  };
  await Promise.all(stores.map(put));
  const text = [id, name ?? "", training, ...tags, note ?? "", paramsText].join("\n").toLowerCase();
  return { id, values, tags, text };
}

const isNumber = (value: Value): value is number | bigint => typeof value === "number" || typeof value === "bigint";

/** -1, 0 or 1; `undefined` where there is no order. */
function orderOf(value: Value, { text, number }: Operand): number | undefined {
  if (value === undefined || (isNumber(value) && number === undefined)) return undefined;
  if (typeof value === "string" && number !== undefined && value !== text) return undefined;
  const other = isNumber(value) ? number! : text;
  if (Number.isNaN(value) || Number.isNaN(other)) return Number.isNaN(value) && Number.isNaN(other) ? 0 : undefined;
  return value < other ? -1 : value > other ? 1 : 0;
}

const HOLDS: Readonly<Record<Operator, (value: Value, operand: Operand) => boolean>> = {
  "=": (value, operand) => orderOf(value, operand) === 0,
  "!=": (value, operand) => orderOf(value, operand) !== 0,
  "<": (value, operand) => orderOf(value, operand) === -1,
  "<=": (value, operand) => [-1, 0].includes(orderOf(value, operand)!),
  ">": (value, operand) => orderOf(value, operand) === 1,
  ">=": (value, operand) => [0, 1].includes(orderOf(value, operand)!),
  "~": (value, { text }) => value !== undefined && new RegExp(text, "u").test(String(value)),
};

function isMeant({ values, tags, text }: Known, term: Term): boolean {
  if ("text" in term) return text.includes(term.text);
  if ("oneOf" in term) return term.oneOf.includes(values.get(keyOf(term.field)));
  const holds = (value: Value): boolean => HOLDS[term.operator](value, term.operand);
  if (keyOf(term.field) !== "tag") return holds(values.get(keyOf(term.field)));
  return term.operator === "!=" ? tags.every(holds) : tags.some(holds);
}

/** What a list is sorted by: nothing and NaN last, numbers before texts. */
function rank(value: Value): [place: number, value: number | string] {
  const number = isNumber(value) ? Number(value) : value;
  return number === undefined || Number.isNaN(number) ? [2, 0] : [typeof number === "number" ? 0 : 1, number];
}

function expected(known: readonly Known[], { terms, sort }: ListQuery): string[] {
  const turn = sort.isDown ? -1 : 1;
  const compare = (one: Known, other: Known): number => {
    const [[place, value], [otherPlace, otherValue]] = [one, other].map(({ values }) => rank(values.get(keyOf(sort.field)))) as [
      ReturnType<typeof rank>,
      ReturnType<typeof rank>,
    ];
    if (place !== otherPlace) return place === 2 || otherPlace === 2 ? place - otherPlace : turn * (place - otherPlace);
    if (value !== otherValue) return turn * (value < otherValue ? -1 : 1);
    return one.id < other.id ? -1 : 1;
  };
  return known
    .filter((one) => terms.every((term) => isMeant(one, term)))
    .sort(compare)
    .map(({ id }) => id);
}

function randomTerm({ pick, chance, below }: Random): Term {
  const fields: readonly Field[] = [
    ...["p", "o.q", "none"].map((key): Field => ({ kind: "param", key })),
    ...FIGURES.map((figure): Field => ({ kind: "metric", figure, name: "loss" })),
    ...(["id", "name", "training", "tag"] as const).map((name): Field => ({ kind: "fact", name })),
  ];
  const field = pick(fields);
  if (chance(0.2)) return { text: pick(["ab", "red", "run-1", "small", "see", '"p":1']) };
  if (chance(0.3)) return { field, operator: "~", operand: { text: pick(["^a", "[0-9]+$", "e", "a.c", "^(x|r)"]) } };
  if (field.kind === "fact" && field.name === "training" && chance(0.5)) return { field, oneOf: ["big"] };
  const text = pick(["0.5", "1", "ab", "NaN", "red", "small", "run-007", "12345678901234567890", String(below(3))]);
  const number = text === "NaN" ? Number.NaN : /^\d{17,}$/.test(text) ? BigInt(text) : Number(text);
  const isNumeric = text === "NaN" || !Number.isNaN(Number(text));
  return { field, operator: pick(["=", "!=", "<", "<=", ">", ">="] as const), operand: { text, ...(isNumeric ? { number } : {}) } };
}

function randomQuery(random: Random): ListQuery {
  const sorts: readonly Field[] = [
    { kind: "param", key: "p" },
    { kind: "param", key: "o.q" },
    ...FIGURES.map((figure): Field => ({ kind: "metric", figure, name: "loss" })),
    ...(["id", "name", "startTime"] as const).map((name): Field => ({ kind: "fact", name })),
  ];
  const terms = Array.from({ length: random.below(4) }, () => randomTerm(random));
  return { terms, sort: { field: random.pick(sorts), isDown: random.chance(0.5) }, limit: LIMIT, lostBeforeMs: 0 };
}

/** Its row is another one, and tells the same. */
async function change(store: Store | undefined, { id }: Known): Promise<void> {
  await store?.deleteInstance(id);
  await store?.restoreInstance(id);
}

/** All pages, one after the other. */
async function pages(store: Store, query: ListQuery): Promise<unknown> {
  const ids: string[] = [];
  const totals = new Set<number>();
  for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
    const page = await store.list({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.instances.map(({ id }) => id));
    totals.add(page.total);
    cursor = page.nextCursor;
  }
  return { ids, totals: [...totals] };
}

describe("lists of random instances are those of a search through all", () => {
  test.each([
    ["all is remembered", 1000, 4000, 1e6],
    ["few facts are remembered", 1000, 4000, 2000],
    ["instances are too many to be remembered", 5, 4000, 2000],
    ["more changes than are read before an answer", 1000, 0, 1e6],
  ])("%s", async (_name, rows, many, characters) => {
    Object.assign(bounds, { rows, many, characters });
    const random = randomOf(seedOfTest());
    const embedded = openStore({ dataDir: testFolder(), now });
    onTestFinished(() => embedded.close());
    const postgres = hasPostgres ? await openReplica(await postgresUrl(), now) : undefined;
    const stores = [embedded, ...(postgres === undefined ? [] : [postgres])];
    const known: Known[] = [];
    // The others stay as they came.
    for (let half = 0; half < 2; half++) {
      const ids = Array.from({ length: INSTANCES / 2 }, (_, i) => `run-${half}${String(i).padStart(2, "0")}`);
      known.push(...(await Promise.all(ids.map((id) => make(id, random, stores)))));
      if (half === 0) await Promise.all([embedded.checkpoint(), postgres?.seal()]);
    }
    for (let i = 0; i < 40; i++) {
      const query = randomQuery(random);
      const ids = expected(known, query);
      if (many === 0) await change(postgres, random.pick(known));
      for (const store of stores)
        expect(await pages(store, query), `${inspect(query, { depth: 5 })}`).toEqual({ ids, totals: [ids.length] });
    }
  });
});
