import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decodeRecord, readFrame } from "./decode.js";
import { RecordEncoder } from "./encode.js";
import { decodeBatchHead, decodeSegmentHead, encodeBatchHead, encodeSegmentHead } from "./head.js";
import type { JournalRecord } from "./record.js";

const VECTORS = join(import.meta.dirname, "../../../../tests/vectors/journal-vectors.json");

const RECORDS: JournalRecord[] = [
  { type: "series", id: 7, name: "test/loss", labels: { net: "0", output: "1" } },
  {
    type: "points",
    step: -1.5,
    epoch: 2.25,
    timeNs: 1_700_000_000_123_456_789n,
    ids: Uint32Array.of(7, 8),
    values: Float64Array.of(Number.NaN, -Infinity),
  },
  { type: "points", step: 3, timeNs: 0n, ids: new Uint32Array(), values: new Float64Array() },
  { type: "log", timeNs: 5n, stream: "stderr", bytes: Uint8Array.of(0, 0xff, 10) },
  { type: "facts", facts: { state: "failed", end: { exitCode: 137, signal: "SIGKILL" } } },
  { type: "event", event: { event: "snapshot", step: 500, file: "lenet_iter_500.caffemodel" } },
  { type: "drops", drops: { points: 1, logBytes: 2, events: 3, reason: "disk full" } },
];

function encodeAll(firstSeq = 1): Uint8Array {
  const encoder = new RecordEncoder(1);
  for (const [i, record] of RECORDS.entries()) encoder.write(firstSeq + i, record);
  return encoder.bytes().slice();
}

describe("records", () => {
  test("come back as they were written, with sequence numbers beyond 32 bits", () => {
    const firstSeq = 2 ** 33;
    const bytes = encodeAll(firstSeq);
    let at = 0;
    for (const [i, record] of RECORDS.entries()) {
      const frame = readFrame(bytes, at);
      if (typeof frame === "string") throw new Error(frame);
      expect(frame.seq).toBe(firstSeq + i);
      expect(decodeRecord(bytes, frame)).toEqual(record);
      at = frame.end;
    }
    expect(at).toBe(bytes.length);
  });

  test("are the bytes of the vectors that every implementation writes", () => {
    const { head, records } = JSON.parse(readFileSync(VECTORS, "utf8")) as {
      head: { bytes: string };
      records: { seq: number; kind: string; bytes: string }[];
    };
    const bytes = Buffer.from(head.bytes, "hex");
    expect(decodeSegmentHead(bytes)).toMatchObject({ header: { writer: "7f3a9c0d12be4410" } });
    for (const { seq, kind, bytes: hex } of records) {
      const frame = readFrame(Buffer.from(hex, "hex"), 0);
      if (typeof frame === "string") throw new Error(frame);
      const record = decodeRecord(Buffer.from(hex, "hex"), frame) as JournalRecord;
      expect([record.type, frame.seq]).toEqual([kind, seq]);
      const encoder = new RecordEncoder();
      encoder.write(seq, record);
      expect(Buffer.from(encoder.bytes()).toString("hex")).toBe(hex);
    }
  });

  test("cut anywhere are incomplete, never another record", () => {
    const bytes = encodeAll();
    const first = readFrame(bytes, 0);
    if (typeof first === "string") throw new Error(first);
    for (let length = 0; length < first.end; length++) expect(readFrame(bytes.subarray(0, length), 0)).toBe("incomplete");
  });

  test("with any bit flipped are not accepted", () => {
    const bytes = encodeAll();
    const first = readFrame(bytes, 0);
    if (typeof first === "string") throw new Error(first);
    for (let bit = 0; bit < first.end * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = damaged[bit >> 3]! ^ (1 << (bit & 7));
      expect(typeof readFrame(damaged, 0)).toBe("string");
    }
  });
});

describe("heads", () => {
  const segment = { instance: "i", training: "t", writer: "w1234567", segment: 3, firstSeq: 99, pid: 1, host: "h", labels: { rank: "2" } };

  test("of segments come back and are told from damage and from a short read", () => {
    const bytes = encodeSegmentHead(segment);
    expect(decodeSegmentHead(bytes)).toEqual({ header: segment, end: bytes.length });
    expect(decodeSegmentHead(bytes.subarray(0, bytes.length - 1))).toBe("incomplete");
    bytes[12] = bytes[12]! ^ 1;
    expect(decodeSegmentHead(bytes)).toBe("damaged");
    expect(decodeSegmentHead(Uint8Array.of(1, 2))).toBe("damaged");
  });

  test("of batches come back", () => {
    const header = { writer: "w1234567", training: "训练", prevSeq: 4 };
    const bytes = encodeBatchHead(header);
    expect(decodeBatchHead(bytes)).toEqual({ header, end: bytes.length });
  });
});
