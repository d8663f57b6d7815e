import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeRecord, readFrame } from "ava-protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import { JournalReader } from "../record/journal/journal-reader.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { type RecordsServer, type ScriptedAnswer, startRecordsServer } from "./testing/records-server.js";
import { createTransport, type Transport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

let server: RecordsServer;
let folder: string;
let transport: Transport;
let writer: JournalWriter;
let recorder: Recorder;
let steps: number;

beforeEach(async () => {
  server = await startRecordsServer();
  folder = join(mkdtempSync(join(tmpdir(), "ava-deleting-")), "journal");
  transport = createTransport(server.url);
  // Six points a segment.
  writer = new JournalWriter({ folder, instance: "i", training: "t", segmentBytes: 250 });
  recorder = new Recorder(writer);
  steps = 0;
});

afterEach(() => {
  transport.close();
  server.close();
  rmSync(join(folder, ".."), { recursive: true });
});

function record(points: number): void {
  for (const end = steps + points; steps < end; steps++) recorder.points({ loss: steps }, { step: steps });
}

/** A shipper that knows nothing of the ones before it, as that of the next process. */
function newShipper(): WriterShipper {
  return new WriterShipper(new JournalReader(folder, writer.writer), writer.writer, "i");
}

/** @returns seqs and steps of the points that are in the journal */
function inJournal(): { steps: number[]; seqs: number[] } {
  const reader = new JournalReader(folder, writer.writer);
  const found: { steps: number[]; seqs: number[] } = { steps: [], seqs: [] };
  for (let records = reader.read(1 << 20); records.length > 0; records = reader.read(1 << 20)) {
    for (const { bytes, seq } of records) {
      const frame = readFrame(bytes, 0);
      const one = typeof frame === "string" ? undefined : decodeRecord(bytes, frame);
      if (one?.type === "points") found.steps.push(one.step);
      found.seqs.push(seq);
    }
  }
  reader.close();
  return found;
}

const taken = (): number[] => server.steps.get(writer.writer) ?? [];
const acked = (): number => server.acks.get(writer.writer) ?? 0;
const range = (end: number): number[] => Array.from({ length: end }, (_, step) => step);
/** Points that neither the platform has nor the journal. */
const lost = (): number[] => {
  const kept = new Set([...taken(), ...inJournal().steps]);
  return range(steps).filter((step) => !kept.has(step));
};

async function shipAll(shipper: WriterShipper): Promise<void> {
  for (let tries = 0; tries < 400; tries++) if ((await shipper.step(transport, 1000, true)).kind === "idle") return;
  throw new Error("never idle");
}

describe("a segment", () => {
  test("goes once its last record is acknowledged, and not before; the newest one of a writer that lives stays", async () => {
    record(60);
    const { seqs } = inJournal();
    expect(readdirSync(folder).length).toBeGreaterThan(8);
    // A proxy that takes few bytes has the journal shipped in pieces that end anywhere in a segment.
    server.answer = ({ bytes }) => (bytes > 800 ? { status: 413, body: "" } : undefined);
    const shipper = newShipper();
    const counts = new Set<number>();
    for (let result = await shipper.step(transport, 1000, false); result.kind !== "idle"; ) {
      result = await shipper.step(transport, 1000, false);
      expect(inJournal().seqs.filter((seq) => seq > acked())).toEqual(seqs.filter((seq) => seq > acked()));
      counts.add(readdirSync(folder).length);
    }
    expect(taken()).toEqual(range(60));
    expect(readdirSync(folder)).toHaveLength(1);
    expect(counts.size).toBeGreaterThan(5);
    await shipper.step(transport, 1000, true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, ScriptedAnswer]>([
    ["502", { status: 502, body: "", isTaken: true }],
    ["a page", { status: 200, body: "<html></html>", isTaken: true }],
    ["an ack of less", { status: 200, body: JSON.stringify({ ack: 1 }), isTaken: true }],
  ])(
    "stays when the platform took it and the answer was %s; the next process asks, and deletes without sending again",
    async (_, answer) => {
      record(20);
      const before = readdirSync(folder);
      server.answer = ({ records }) => (records.length > 0 ? answer : undefined);
      const first = newShipper();
      for (let tries = 0; tries < 3; tries++) await first.step(transport, 1000, true);
      first.close();
      expect(taken()).toEqual(range(20));
      expect(readdirSync(folder)).toEqual(before);
      let sentAgain = 0;
      server.answer = ({ records }) => {
        sentAgain += records.length;
        return undefined;
      };
      await shipAll(newShipper());
      expect(readdirSync(folder)).toEqual([]);
      expect(taken()).toEqual(range(20));
      expect(sentAgain).toBe(0);
    },
  );

  test("of a writer that died before its first record goes without a word to the platform", async () => {
    const shipper = newShipper();
    expect(readdirSync(folder)).toHaveLength(1);
    await shipper.step(transport, 1000, true);
    expect(readdirSync(folder)).toEqual([]);
    expect(server.requests).toBe(0);
  });
});

const ANSWERS: readonly (ScriptedAnswer | undefined)[] = [
  undefined,
  undefined,
  { status: 502, body: "", isTaken: true },
  { status: 200, body: "<html></html>", isTaken: true },
  { status: 503, body: "" },
  { status: 200, body: "<html></html>" },
  { status: 409, body: JSON.stringify({ error: { code: "seq_gap", message: "gap" }, ack: 0 }) },
  { status: 200, body: JSON.stringify({ ack: 9e15 }) },
];

test.each(range(15))(
  "whatever the platform answers and whenever shippers are killed, each point is on the platform or in the journal (round %i)",
  async (round) => {
    const random = randomOf(seedOfTest() + round);
    server.answer = ({ bytes }) => (bytes > 900 && random.chance(0.5) ? { status: 413, body: "" } : random.pick(ANSWERS));
    // The shipper of the run, and a sync beside it.
    const shippers = [newShipper(), newShipper()];
    for (let turn = 0; turn < 60; turn++) {
      if (random.chance(0.3)) record(1 + random.below(12));
      const which = random.below(2);
      if (random.chance(0.15)) {
        shippers[which]!.close();
        shippers[which] = newShipper();
      }
      await shippers[which]!.step(transport, 1000, false);
      expect(lost(), `seed ${seedOfTest() + round}, turn ${turn}`).toEqual([]);
    }
    server.answer = () => undefined;
    for (const shipper of shippers) shipper.close();
    recorder.close();
    await shipAll(newShipper());
    expect(taken()).toEqual(range(steps));
    expect(readdirSync(folder)).toEqual([]);
  },
);
