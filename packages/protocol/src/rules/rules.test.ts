import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { LIMITS } from "../limits.js";
import { seriesKey } from "../series-key.js";
import { whyNotEvent } from "./events.js";
import { pickFacts } from "./facts.js";
import { whyTooDeep } from "./json.js";
import { whyNotDisplayName, whyNotInstanceId, whyNotLabels, whyNotSeriesName, whyNotTrainingName } from "./names.js";

interface Vector {
  what: string;
  /** JSON; of a text that is to be repeated: `[text, times]`. */
  value?: unknown;
  repeat?: [string, number];
  holds: boolean;
}

const vectors = JSON.parse(readFileSync(new URL("../../../../tests/vectors/name-rules.json", import.meta.url), "utf8")) as Record<
  string,
  Vector[]
>;
const RULES: Record<string, (value: unknown) => string | undefined> = {
  seriesNames: whyNotSeriesName,
  labels: whyNotLabels,
  trainingNames: whyNotTrainingName,
  displayNames: whyNotDisplayName,
  instanceIds: whyNotInstanceId,
};

const cases = Object.entries(vectors).flatMap(([kind, of]) => of.map((vector) => ({ kind, ...vector })));

test.each(cases)("$kind: $what", ({ kind, value, repeat, holds }) => {
  const why = RULES[kind]!(repeat === undefined ? value : repeat[0].repeat(repeat[1]));
  expect(why ?? "").toMatch(holds ? /^$/ : /^[a-zA-Z"].*[^.]$/);
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

test("what is nested deeper than the limit is told, whatever its depth, also what contains itself", () => {
  expect(whyTooDeep(nested(LIMITS.jsonDepth))).toBeUndefined();
  expect(whyTooDeep(nested(LIMITS.jsonDepth + 1))).toMatch(/100 levels/);
  expect(whyTooDeep(nested(1_000_000))).toMatch(/100 levels/);
  const endless: unknown[] = [];
  endless.push(endless, [endless, endless]);
  expect(whyTooDeep(endless)).toMatch(/100 levels/);
  expect([whyTooDeep(null), whyTooDeep("text"), whyTooDeep([])]).toEqual([undefined, undefined, undefined]);
});

test("one wrong fact does not keep the others out", () => {
  const end = { exitCode: 1, message: { toString: 1 }, signal: null };
  const { facts, refused } = pickFacts({
    state: "done",
    params: [1, 2],
    host: "a",
    training: "a/b",
    name: "a\n",
    command: "x",
    end,
    unknown: 1,
  });
  expect(facts).toEqual({ state: "done", host: "a", end: { exitCode: 1 } });
  expect(refused).toEqual([
    'the fact "training" must be a training name',
    'the fact "name" must be a display name of 1 to 128 characters',
    'the fact "params" must be a JSON object',
    'the fact "end.message" must be text',
    'the fact "command" must be an array of texts',
  ]);
  expect(pickFacts({ params: { a: nested(20_000) } })).toMatchObject({ facts: {}, refused: [expect.stringMatching(/levels deep/)] });
});

test.each([
  [{ event: "snapshot", timeNs: "1700000000000000000", step: 5, file: "a", message: null }, true],
  [{ event: "of-a-newer-writer", more: [1] }, true],
  [{}, false],
  [{ event: "" }, false],
  [{ event: "fatal", message: { a: 1 } }, false],
  [{ event: "fatal", file: 5 }, false],
  [{ event: "fatal", step: "5" }, false],
  [{ event: "fatal", timeNs: 5 }, false],
  [{ event: "fatal", more: nested(101) }, false],
])("the event %j holds: %s", (event, holds) => {
  expect(whyNotEvent(event) === undefined).toBe(holds);
});

test("series that differ have keys that differ, whatever is in their names", () => {
  const ids = [
    seriesKey("loss"),
    seriesKey("loss", { a: "b" }),
    seriesKey('loss{"a":"b"}'),
    seriesKey('loss{"a":"b"}', { c: "d" }),
    seriesKey("loss{}"),
    seriesKey("loss", { a: 'b"}{"c":"d' }),
    seriesKey("loss{", { a: "b" }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(seriesKey("loss", { b: "1", a: "2" })).toBe(seriesKey("loss", { a: "2", b: "1" }));
  expect(seriesKey("val/accuracy")).toBe("val/accuracy");
});
