import { LIMITS } from "ava-protocol";
import { describe, expect, test } from "vitest";
import { toMetrics, toPlace } from "./log-arguments.js";

function metricsOf(metrics: unknown): { values: object; again?: object; words: string[] } {
  const words: string[] = [];
  return { ...toMetrics(metrics, (message) => void words.push(message)), words };
}

function placeOf(at: unknown): { place: object; words: string[] } {
  const words: string[] = [];
  return { place: toPlace(at, (message) => void words.push(message)), words };
}

describe("metrics", () => {
  test("of numbers are taken as they are, without a copy", () => {
    const metrics = { loss: Number.NaN, lr: 0.1 };
    expect(toMetrics(metrics, expect.unreachable).values).toBe(metrics);
  });

  test("of other kinds are taken where they are one number", () => {
    const odd = { a: true, b: 3n, c: [4], d: new Float32Array([5]), e: new BigInt64Array([6n]), f: Object(7) as unknown };
    expect(metricsOf(odd)).toEqual({ values: { a: 1, b: 3, c: 4, d: 5, e: 6, f: 7 }, words: [] });
  });

  test("that are not numbers are left out with a word that names them", () => {
    const { values, words } = metricsOf({
      ok: 1,
      text: "0.5",
      huge: 10n ** 400n,
      many: [1, 2],
      none: null,
      absent: undefined,
      symbol: Symbol("s"),
      call: () => 1,
      date: new Date(0),
      get thrown(): number {
        throw new Error("no");
      },
    });
    expect(values).toEqual({ ok: 1 });
    expect(words).toHaveLength(1);
    for (const name of ["text", "huge", "many", "none", "absent", "symbol", "call", "date", "thrown"])
      expect(words[0]).toContain(`${name} (`);
  });

  test("in objects have their path as name, and of two with one name neither is lost", () => {
    expect(metricsOf({ a: { b: 1, c: { d: 2 } }, "a/b": 3 })).toEqual({ values: { "a/b": 1, "a/c/d": 2 }, again: { "a/b": 3 }, words: [] });
    expect(metricsOf({ a: { "b/c": 1, b: { c: 2 } }, "a/b/c": 3 })).toMatchObject({
      values: { "a/b/c": 1 },
      again: { "a/b/c": 2 },
      words: [expect.stringContaining("a/b/c (a third value")],
    });
  });

  test("that contain themselves end", () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle["self"] = { circle };
    expect(metricsOf(circle).values).toEqual({ a: 1 });
  });

  test("one that throws however it is looked at loses none of the others", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const hostile = new Proxy(
      {},
      Object.fromEntries(["get", "ownKeys", "getPrototypeOf", "has"].map((trap) => [trap, () => expect.fail()])),
    );
    const number = { [Symbol.toStringTag]: "Number", valueOf: () => expect.fail() };
    expect(metricsOf({ a: 1, proxy, hostile, number, b: 2 }).values).toEqual({ a: 1, b: 2 });
  });

  test("in objects that hold each other, or lie too deep, end before the memory does", () => {
    let shared: object = { value: 1 };
    for (let level = 0; level < 60; level++) shared = { left: shared, right: shared };
    const { values, words } = metricsOf({ a: 1, shared, b: 2 });
    expect(Object.keys(values)).toHaveLength(LIMITS.valuesPerRecord);
    expect(words[0]).toContain("behind the first");
    let deep: object = { value: 1 };
    for (let level = 0; level < 20_000; level++) deep = { deep };
    expect(metricsOf({ a: 1, deep, b: 2 })).toEqual({ values: { a: 1, b: 2 }, words: [expect.stringContaining("deep/deep")] });
  });

  test("named __proto__ is one", () => {
    const { values } = metricsOf(JSON.parse('{"__proto__": 1, "b": true}'));
    expect(Object.entries(values)).toEqual([
      ["__proto__", 1],
      ["b", 1],
    ]);
  });

  test.each([null, undefined, "text", 5, [1, 2], Symbol("s"), () => 1])("%o are not metrics", (metrics) => {
    expect(metricsOf(metrics)).toMatchObject({ values: {}, words: [expect.stringContaining("takes an object")] });
  });
});

describe("step, epoch and time", () => {
  test("are taken as they are", () => {
    expect(placeOf({ step: 3, epoch: 0.5, time: 7 })).toEqual({ place: { step: 3, epoch: 0.5, timeMs: 7 }, words: [] });
    expect(placeOf({ step: 3n, epoch: 1n, time: new Date(9) })).toEqual({ place: { step: 3, epoch: 1, timeMs: 9 }, words: [] });
    expect(placeOf(undefined)).toEqual({ place: {}, words: [] });
  });

  test.each(["step", "epoch", "time"])("a wrong %s is told and passed over", (what) => {
    for (const value of [Number.NaN, Infinity, -Infinity, "12", null, true, {}, [], Symbol("s"), new Date("bad"), () => 1, 10n ** 400n]) {
      expect(placeOf({ [what]: value })).toEqual({ place: {}, words: [expect.stringContaining(`is not a valid ${what}`)] });
    }
  });

  test.each([1e300, 1.7e18, -1e13])("a time of %d, which nanoseconds of 64 bits do not hold, is told", (time) => {
    expect(placeOf({ time })).toEqual({ place: {}, words: [expect.stringContaining("recorded now")] });
  });

  test("one that throws when it is read loses none of the others", () => {
    const at = Object.defineProperty({ epoch: 2 }, "step", { get: () => expect.fail() });
    expect(placeOf(at)).toEqual({ place: { epoch: 2 }, words: [expect.stringContaining("is not a valid step")] });
  });

  test.each([null, "text", 5])("%o in their place is told", (at) => {
    expect(placeOf(at)).toMatchObject({ place: {}, words: [expect.stringContaining("passed over")] });
  });
});
