import { crc32, encodeBatchHead, RECORD_HEAD_BYTES, RECORD_TYPE } from "ava-protocol";
import type { Random } from "../random.js";
import { anyText, hostileJson } from "./json-values.js";

const LINES = [
  "ava_metric_training_loss,job_type=training,id=one,epoch=0,batch=7,batch_in_epoch=3 value=0.5 1528885285000000000",
  "m,gpu=0 used=3,free=5i,ok=true",
  'm text="a b"',
  "m value=nan -9223372036854775808",
  "m,batch=1e400,epoch=x value=1",
  `${"n".repeat(600)} value=1`,
  "a\\ b\\,c,__proto__=x __proto__=1,toString=2",
  "m\u0000 value=1",
  "m value=",
  `m value=${"1".repeat(60_000)}x`,
  `m${Array.from({ length: 500 }, (_, i) => `,t${i}=1`).join("")} ${Array.from({ length: 500 }, (_, i) => `f${i}=1`).join(",")}`,
  "#",
  ",,, = =",
];

/** @returns line protocol, some of its lines good */
export function lineProtocol(random: Random): Buffer {
  const lines = Array.from({ length: random.below(8) }, () => random.pick(LINES));
  return damaged(Buffer.from(lines.join(random.pick(["\n", "\r\n"]))), random);
}

/** @returns a batch of journal records; damaged, or with records that break rules, or good */
export function recordsBody(random: Random): Buffer {
  const training = random.chance(0.9) ? "demo" : anyText(random);
  const header = { writer: random.pick(["writer-one", "writer-two", "w"]), training, prevSeq: random.chance(0.9) ? 0 : random.below(1000) };
  const labels = random.chance(0.2) ? { labels: { rank: anyText(random) } } : {};
  const records = Array.from({ length: random.below(12) }, (_, i) => recordOf(i + 1 + (random.chance(0.02) ? 1e15 : 0), random));
  return damaged(Buffer.concat([encodeBatchHead({ ...header, ...labels }), ...records]), random);
}

function recordOf(seq: number, random: Random): Buffer {
  const type = random.chance(0.95) ? random.pick(Object.values(RECORD_TYPE)) : random.below(256);
  const bytes = Buffer.alloc(RECORD_HEAD_BYTES);
  bytes.writeBigUInt64LE(BigInt(seq), 8);
  bytes.writeUInt8(type, 16);
  const record = Buffer.concat([bytes, payloadOf(type, random)]);
  record.writeUInt32LE(record.length - RECORD_HEAD_BYTES, 0);
  record.writeUInt32LE(crc32(record, 8, record.length), 4);
  return record;
}

function payloadOf(type: number, random: Random): Buffer {
  const json = (): Buffer => Buffer.from(random.chance(0.3) ? hostileJson(random) : factsOrEvent(random));
  if (random.chance(0.05)) return Buffer.from(anyText(random));
  if (type === RECORD_TYPE.series) {
    const id = Buffer.from([random.below(4), 0, 0, random.chance(0.05) ? 255 : 0]);
    const labels = random.chance(0.3) ? `,"labels":{${JSON.stringify(anyText(random))}:${hostileJson(random)}}` : "";
    return Buffer.concat([id, Buffer.from(`{"name":${JSON.stringify(anyText(random))}${labels}}`)]);
  }
  if (type === RECORD_TYPE.points) {
    const values = Array.from({ length: random.below(4) }, () => Buffer.concat([Buffer.from([random.below(4), 0, 0, 0]), float(random)]));
    return Buffer.concat([float(random), float(random), float(random), ...values]);
  }
  if (type === RECORD_TYPE.log) return Buffer.concat([float(random), Buffer.from([random.below(5)]), Buffer.from(anyText(random))]);
  return json();
}

function factsOrEvent(random: Random): string {
  const name = random.pick(["state", "params", "end", "event", "message", "points", "training", "startTime", "git", "reason", "step"]);
  const value = random.chance(0.5) ? hostileJson(random) : random.pick(['"done"', '"fatal"', "{}", "5", '"2026-01-01T00:00:00Z"']);
  return `{"event":"fatal",${JSON.stringify(name)}:${value}}`;
}

function float(random: Random): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(random.pick([0, 1, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e308, random.next() * 1e6]));
  if (random.chance(0.2)) for (let i = 0; i < 8; i++) bytes[i] = random.below(256);
  return bytes;
}

/** @returns the bytes; one time in five cut off, flipped or lengthened */
export function damaged(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0 || !random.chance(0.2)) return bytes;
  switch (random.below(3)) {
    case 0:
      return bytes.subarray(0, random.below(bytes.length));
    case 1: {
      const flipped = Buffer.from(bytes);
      flipped[random.below(bytes.length)]! ^= 1 << random.below(8);
      return flipped;
    }
    default:
      return Buffer.concat([bytes, Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)))]);
  }
}
