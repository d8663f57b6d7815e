import { encodeBatchHead, RecordEncoder } from "ava-protocol";
import { expect, test } from "vitest";
import { type Random, randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { checkBatch } from "../../../intake/records/check.js";
import { packBody } from "./pack-body.js";
import { unpackBody } from "./unpack-body.js";

const KEY = { instance: 7, pos: 3, head: '{"kind":"records"}' };

/** Bits that float64 has a name for, and some that it has not: NaN of x86, NaN with a payload. */
const ODD = [0n, 1n << 63n, 0x7ff8n << 48n, 0xfff8n << 48n, 0x7ff8_0000_dead_beefn, 0x7ffn << 52n, 0xfffn << 52n, 1n, 0x7fefn << 48n];

/** Makes the values of one series. */
type Values = (random: Random, row: number) => number;

const VALUES: readonly Values[] = [
  () => 0.1,
  ({ next }) => next() - 0.5,
  ({ next }) => Math.fround(next()),
  ({ next }) => Number((next() * 10 - 5).toFixed(4)),
  ({ below }) => Number(`${below(100)}.${below(10)}`),
  ({ below }) => below(300) - 5,
  (_random, row) => row * 3 - 100,
  ({ below }) => below(2) * 2 ** 52,
  ({ chance }) => (chance(0.1) ? -0 : 0),
  ({ pick }) => pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1.5, 1e300, 5e-324]),
  ({ chance }) => (chance(0.01) ? Number.NaN : 2),
];

const TIMES: readonly ((random: Random, row: number) => bigint)[] = [
  (_random, row) => 1_700_000_000_000_000_000n + BigInt(row) * 20_000_000n,
  ({ below }, row) => 1_700_000_000_000_000_000n + BigInt(row * 300 + below(40)) * 1_000_000n,
  ({ below }, row) => 1_700_000_000_000_000_000n + BigInt(row) * 1_000_000_000n + BigInt(below(1e9)),
  ({ below }) => BigInt(below(2 ** 31)) ** 2n,
  ({ below }) => -BigInt(below(2 ** 40)),
  ({ pick }) => pick([0n, 2n ** 63n - 1n, -(2n ** 63n)]),
];

/** @returns a body as a client may send it */
function bodyOf(random: Random): Buffer {
  const encoder = new RecordEncoder();
  let seq = random.pick([0, 5, 2 ** 32 - 20, 2 ** 52]);
  let row = 0;
  for (let parts = random.below(6); parts > 0; parts--) {
    if (random.chance(0.2)) seq += random.below(1000);
    if (random.chance(0.3)) encoder.write(++seq, { type: "series", id: random.below(9), name: "loss/é", labels: { rank: "3" } });
    if (random.chance(0.3))
      encoder.write(++seq, { type: "log", timeNs: 5n, stream: "stderr", bytes: new Uint8Array(random.below(400)).fill(7) });
    if (random.chance(0.2)) encoder.write(++seq, { type: "facts", facts: { params: { lr: 1 } } });
    if (random.chance(0.2)) encoder.write(++seq, { type: "event", event: { event: "notice", timeNs: "1", message: "m" } });
    if (random.chance(0.1)) encoder.write(++seq, { type: "drops", drops: { points: 1, logBytes: 0, events: 0 } });
    const ids = Array.from({ length: random.pick([0, 1, 3, 40]) }, () => random.below(2 ** 32));
    const values = ids.map(() => random.pick(VALUES));
    const time = random.pick(TIMES);
    const epoch = random.pick<(at: number) => number>([() => Number.NaN, (at) => Math.floor(at / 100), (at) => at / 7]);
    const rewindAt = random.below(200);
    for (let records = random.pick([0, 1, 7, 8, 9, 300]); records > 0; records--, row++) {
      const step = random.chance(0.02) ? -0 : row - (row > rewindAt ? rewindAt : 0);
      encoder.writePoints(
        ++seq,
        step,
        epoch(row),
        time(random, row),
        ids,
        values.map((of) => of(random, row)),
        ids.length,
      );
    }
  }
  return Buffer.concat([encodeBatchHead({ writer: "writer-one", training: "demo", prevSeq: 0 }), encoder.bytes()]);
}

test("a body comes back byte for byte, whatever its records are, and a packed one is smaller", () => {
  const random = randomOf(seedOfTest());
  let packedBodies = 0;
  for (let round = 0; round < 400; round++) {
    const body = bodyOf(random);
    // As a part of a larger buffer, where numbers begin anywhere.
    const place = Buffer.concat([Buffer.alloc(random.below(9)), body]).subarray(-body.length);
    const packed = packBody(KEY, place);
    if (packed === undefined) continue;
    packedBodies++;
    expect(packed.length).toBeLessThan(body.length);
    expect(unpackBody(KEY, packed, body.length).equals(body)).toBe(true);
  }
  expect(packedBodies).toBeGreaterThan(100);
});

test("values keep all of their bits, a NaN its payload", () => {
  const random = randomOf(seedOfTest());
  for (const bits of [ODD, ...ODD.map((one) => [one])]) {
    const encoder = new RecordEncoder();
    for (let seq = 1; seq <= 50; seq++) {
      const numbers = new Float64Array(BigUint64Array.from({ length: 3 }, () => random.pick(bits)).buffer);
      encoder.writePoints(seq, numbers[0]!, numbers[1]!, 5n, [1, 2], numbers.subarray(1), 2);
    }
    const body = Buffer.concat([encodeBatchHead({ writer: "writer-one", training: "demo", prevSeq: 0 }), encoder.bytes()]);
    const packed = packBody(KEY, body)!;
    expect(unpackBody(KEY, packed, body.length).equals(body)).toBe(true);
  }
});

test("what the check leaves of a body that has refused records comes back", () => {
  const encoder = new RecordEncoder();
  encoder.write(1, { type: "series", id: 0, name: "loss", labels: {} });
  // Series 9 is not defined: its values are left out, and the records get other sums.
  for (let seq = 2; seq < 100; seq++) encoder.writePoints(seq, seq, Number.NaN, BigInt(seq), [0, 9], [seq / 8, 1], 2);
  const sent = Buffer.concat([encodeBatchHead({ writer: "writer-one", training: "", prevSeq: 0 }), encoder.bytes()]);
  const { taken } = checkBatch(sent, undefined);
  expect(taken.length).toBeLessThan(sent.length);
  const packed = packBody(KEY, taken)!;
  expect(packed.length).toBeLessThan(taken.length / 3);
  expect(unpackBody(KEY, packed, taken.length).equals(taken)).toBe(true);
});

test("bytes that are not a body, and bodies that are cut, stay as they are or come back", () => {
  const random = randomOf(seedOfTest());
  for (const text of ["", "A", "AVAB", "loss,run=1 value=5 1\n".repeat(50)]) expect(packBody(KEY, Buffer.from(text))).toBeUndefined();
  for (let round = 0; round < 200; round++) {
    const whole = bodyOf(random);
    const body = whole.subarray(0, random.below(whole.length));
    const packed = packBody(KEY, body);
    expect(packed === undefined || unpackBody(KEY, packed, body.length).equals(body)).toBe(true);
    const noise = Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
    expect(packBody(KEY, noise)).toBeUndefined();
  }
});

/** @returns what is thrown; else whether the body came back */
function told(isBack: () => boolean): string {
  try {
    return isBack() ? "the body" : "another body";
  } catch (error) {
    return (error as Error).message;
  }
}

test("a packed body that is damaged in any way, or another's, is never taken for a body", () => {
  const random = randomOf(seedOfTest());
  const encoder = new RecordEncoder();
  for (let seq = 1; seq <= 60; seq++) encoder.writePoints(seq, seq, Number.NaN, BigInt(seq * seq), [1, 2], [seq / 8, Math.sin(seq)], 2);
  const body = Buffer.concat([encodeBatchHead({ writer: "writer-one", training: "demo", prevSeq: 0 }), encoder.bytes()]);
  const packed = packBody(KEY, body)!;
  const message = "its packed body does not have its checksum";
  for (let at = 0; at < packed.length; at++) {
    const damaged = Buffer.from(packed);
    damaged[at]! ^= 1 << random.below(8);
    // Bits that nothing is read from may be others: what comes back is the body.
    expect([message, "the body"]).toContain(told(() => unpackBody(KEY, damaged, body.length).equals(body)));
    expect(() => unpackBody(KEY, packed.subarray(0, at), body.length)).toThrow(message);
  }
  for (const size of [0, body.length - 1, body.length + 1, 2 ** 31 - 1, -5]) expect(() => unpackBody(KEY, packed, size)).toThrow(message);
  expect(() => unpackBody({ ...KEY, pos: 4 }, packed, body.length)).toThrow(message);
  expect(() => unpackBody({ ...KEY, instance: 8 }, packed, body.length)).toThrow(message);
  expect(() => unpackBody({ ...KEY, head: "{}" }, packed, body.length)).toThrow(message);
  expect(() => unpackBody(KEY, body, body.length)).toThrow(message);
});
