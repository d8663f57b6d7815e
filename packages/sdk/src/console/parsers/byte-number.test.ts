import { expect, it } from "vitest";
import { numberAt, numberRead } from "./byte-number.js";

const SEED = Number(process.env["AVA_TEST_SEED"] ?? Date.now() % 1_000_000);

/** A linear congruential generator. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

function read(text: string): [value: number | undefined, end: number] {
  const bytes = Buffer.from(`x${text}`);
  const end = numberAt(bytes, 1, bytes.length);
  return [end < 0 ? undefined : numberRead[0], end - 1];
}

it(`reads what C++ prints exactly as Number does (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  for (let round = 0; round < 20_000; round += 1) {
    const digits = String(random(1_000_000_000)).slice(0, 1 + random(9)) + (random(4) === 0 ? String(random(1_000_000_000)) : "");
    const point = random(digits.length + 1);
    const mantissa = point === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
    const exponent = random(2) === 0 ? "" : `e${random(2) === 0 ? "+" : "-"}${String(random(100)).padStart(2, "0")}`;
    const text = `${random(2) === 0 ? "-" : ""}${mantissa}${exponent}`;
    expect([text, ...read(text)]).toEqual([text, Number(text), text.length]);
  }
});

it.each([
  ["nan", Number.NaN, 3],
  ["-nan", Number.NaN, 4],
  ["inf,", Number.POSITIVE_INFINITY, 3],
  ["-inf", Number.NEGATIVE_INFINITY, 4],
  ["3.40282e+38", 3.40282e38, 11],
  ["0.5.5", 0.5, 3],
  ["1 loss", 1, 1],
])("stops behind the number of %s", (text, value, end) => {
  expect(read(text)).toEqual([value, end]);
});

it.each(["", "-", ".5", "x", "na", "1e5", "1e+5", "1e+123", "1e+x1", "infi".slice(0, 2)])("leaves %s to others", (text) => {
  expect(read(text)[0]).toBeUndefined();
});
