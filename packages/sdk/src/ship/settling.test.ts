import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JournalReader } from "../record/journal/journal-reader.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { ShipLoop } from "./ship-loop.js";
import type { ShippedWriter } from "./shipped-writer.js";
import { type RecordsServer, startRecordsServer } from "./testing/records-server.js";
import { createTransport, type Transport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

let server: RecordsServer;
let folder: string;
let transport: Transport;
const loops: ShipLoop[] = [];

beforeEach(async () => {
  server = await startRecordsServer();
  folder = join(mkdtempSync(join(tmpdir(), "ava-settling-")), "journal");
  transport = createTransport(server.url);
});

afterEach(() => {
  for (const loop of loops.splice(0)) loop.stop();
  transport.close();
  server.close();
});

function record(points: number, segmentBytes?: number) {
  const writer = new JournalWriter({ folder, instance: "i", training: "t", ...(segmentBytes ? { segmentBytes } : {}) });
  const recorder = new Recorder(writer);
  for (let step = 0; step < points; step++) recorder.points({ loss: step }, { step });
  return { id: writer.writer, recorder, shipper: new WriterShipper(new JournalReader(folder, writer.writer), writer.writer, "i") };
}

function start(writers: () => readonly ShippedWriter[]): ShipLoop {
  const events = { onTrouble: () => undefined, onRecovered: () => undefined, onStop: () => undefined, onNotice: () => undefined };
  const loop = new ShipLoop({ writers, transport, events });
  loops.push(loop);
  void loop.run();
  return loop;
}

const inAMinute = () => Date.now() + 60_000;

describe("the wait for the end", () => {
  test("waits until everything is acknowledged; of writers that live the newest segment stays, of those that are gone nothing", async () => {
    const [living, gone] = [record(2_000, 4_000), record(2_000, 4_000)];
    expect(readdirSync(folder).length).toBeGreaterThan(20);
    const loop = start(() => [
      { shipper: living.shipper, isGone: false },
      { shipper: gone.shipper, isGone: true },
    ]);
    expect(await loop.settle(inAMinute())).toEqual({ isComplete: true });
    for (const { id } of [living, gone]) expect(server.steps.get(id)).toHaveLength(2_000);
    expect(readdirSync(folder).map((file) => file.split(".")[0])).toEqual([living.id]);
  });

  test("does not wait for what a writer records meanwhile", async () => {
    const { id, recorder, shipper } = record(10);
    let step = 10;
    server.answer = ({ records }) => {
      if (records.length > 0) recorder.points({ loss: step }, { step: step++ });
      return undefined;
    };
    expect(await start(() => [{ shipper, isGone: false }]).settle(inAMinute())).toEqual({ isComplete: true });
    expect(server.steps.get(id)?.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("waits only for the writers that are meant", async () => {
    const [meant, other] = [record(5), record(5)];
    server.answer = ({ writer }) =>
      writer === other.id ? { status: 409, body: '{"error":{"code":"seq_gap","message":"gap"},"ack":0}' } : undefined;
    const loop = start(() => [meant, other].map(({ shipper }) => ({ shipper, isGone: true })));
    expect(await loop.settle(inAMinute(), ({ shipper }) => shipper.writer === meant.id)).toEqual({ isComplete: true });
  });

  test("is told why one writer's records do not arrive, after those of the others did", async () => {
    const [good, bad] = [record(5), record(5)];
    server.answer = ({ writer }) =>
      writer === bad.id ? { status: 409, body: '{"error":{"code":"seq_gap","message":"gap"},"ack":0}' } : undefined;
    const loop = start(() => [bad, good].map(({ shipper }) => ({ shipper, isGone: true })));
    expect(await loop.settle(inAMinute())).toEqual({ isComplete: false, reason: expect.stringContaining("gap") });
    expect(server.steps.get(good.id)).toHaveLength(5);
    expect(readdirSync(folder).map((file) => file.split(".")[0])).toEqual([bad.id]);
  });

  test("is told soon that the platform takes nothing, and nothing is deleted", async () => {
    const { shipper } = record(5);
    server.answer = () => ({ status: 503, body: "" });
    expect(await start(() => [{ shipper, isGone: true }]).settle(inAMinute())).toEqual({
      isComplete: false,
      reason: expect.stringContaining("503"),
    });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("does not wait for a writer that comes later, nor for one whose files another shipper has sent and deleted", async () => {
    const [early, vanishing, late] = [record(5), record(5), record(5)];
    const present: ShippedWriter[] = [early, vanishing].map(({ shipper }) => ({ shipper, isGone: true }));
    server.answer = ({ writer, records }) => {
      if (writer === early.id && records.length > 0) present.splice(1, 1, { shipper: late.shipper, isGone: true });
      return writer === early.id ? undefined : { status: 409, body: '{"error":{"code":"seq_gap","message":"gap"},"ack":0}' };
    };
    expect(await start(() => [...present]).settle(inAMinute())).toEqual({ isComplete: true });
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test("bears one answer that fails, and tells of the second one in a row", async () => {
    const [one, other] = [record(5), record(5)];
    let failures = 1;
    server.answer = () => (failures-- > 0 ? { status: 503, body: "" } : undefined);
    expect(await start(() => [{ shipper: one.shipper, isGone: true }]).settle(inAMinute())).toEqual({ isComplete: true });
    failures = 2;
    const result = await start(() => [{ shipper: other.shipper, isGone: true }]).settle(inAMinute());
    expect(result).toEqual({ isComplete: false, reason: expect.stringContaining("503") });
  });

  test("waits no longer than it was told to", async () => {
    const { shipper } = record(5);
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    // As a platform that hangs: the answer never comes.
    const hanging: Transport = { send: () => (arrived(), new Promise(() => undefined)), close: () => undefined };
    const events = { onTrouble: () => undefined, onRecovered: () => undefined, onStop: () => undefined, onNotice: () => undefined };
    const loop = new ShipLoop({ writers: () => [{ shipper, isGone: true }], transport: hanging, events });
    loops.push(loop);
    void loop.run();
    await asked;
    expect(await loop.settle(Date.now() + 50)).toEqual({ isComplete: false, reason: "the time for the last records ran out" });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  test("waits for nothing where there is nothing", async () => {
    expect(await start(() => []).settle(inAMinute())).toEqual({ isComplete: true });
  });
});
