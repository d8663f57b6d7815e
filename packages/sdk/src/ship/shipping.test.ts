import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JournalReader } from "../record/journal/journal-reader.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { RunWriters } from "./run-writers.js";
import { ShipLoop } from "./ship-loop.js";
import type { ShippedWriter } from "./shipped-writer.js";
import { type ReceivedBatch, type RecordsServer, type ScriptedAnswer, startRecordsServer } from "./testing/records-server.js";
import { createTransport } from "./transport.js";
import { WriterShipper } from "./writer-shipper.js";

const PAGE = { status: 200, body: "<html>welcome to the hotel</html>" };

let server: RecordsServer;
let folder: string;
let words: { trouble: string[]; recovered: number; notices: string[] };

beforeEach(async () => {
  server = await startRecordsServer();
  folder = join(mkdtempSync(join(tmpdir(), "ava-shipping-")), "journal");
  words = { trouble: [], recovered: 0, notices: [] };
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  server.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** @returns a writer of a journal with points at the steps 0 to 29 */
function record(points = 30): JournalWriter {
  const writer = new JournalWriter({ folder, instance: "i", training: "t" });
  const recorder = new Recorder(writer);
  for (let step = 0; step < points; step++) recorder.points({ loss: step }, { step });
  return writer;
}

function shipperOf({ writer }: JournalWriter): WriterShipper {
  return new WriterShipper(new JournalReader(folder, writer), writer, "i");
}

async function ship(writers: readonly ShippedWriter[], until: () => boolean | Promise<boolean>): Promise<void> {
  const transport = createTransport(server.url);
  const loop = new ShipLoop({
    writers: () => writers,
    transport,
    events: {
      onTrouble: (reason) => void words.trouble.push(reason),
      onRecovered: () => void (words.recovered += 1),
      onStop: () => undefined,
      onNotice: (message) => void words.notices.push(message),
    },
  });
  const running = loop.run();
  await vi.waitFor(async () => expect(await until()).toBe(true), { timeout: 20_000, interval: 20 });
  loop.stop();
  await running;
  transport.close();
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, step) => step);
}

/** Answers so to every body that has the point of step 11. */
function whenStep11(answer: ScriptedAnswer): (batch: ReceivedBatch) => ScriptedAnswer | undefined {
  return ({ records }) => (records.some(({ record: one }) => one?.type === "points" && one.step === 11) ? answer : undefined);
}

const refusal = (status: number, code: string) => ({ status, body: JSON.stringify({ error: { code, message: "never" } }) });

describe("a record that is always refused", () => {
  test.each([
    ["by an older platform, 400", refusal(400, "bad_records")],
    ["by an older platform, 422", refusal(422, "limit_exceeded")],
    ["by a proxy, 413", { status: 413, body: "<html>too large</html>" }],
    ["by a proxy, 403", { status: 403, body: "<html>forbidden</html>" }],
    ["by a proxy, 404", { status: 404, body: "" }],
  ])("%s: is passed and counted, all others arrive, and the journal is settled", async (_, answer) => {
    const writer = record();
    const shipper = shipperOf(writer);
    server.answer = whenStep11(answer);
    await ship([{ shipper, isGone: true }], () => readdirSync(folder).length === 0);
    expect(server.steps.get(writer.writer)).toEqual(range(30).filter((step) => step !== 11));
    expect(shipper.passedOver).toMatchObject({ records: 1, drops: { points: 1, logBytes: 0, events: 0 } });
    expect(words.notices).toHaveLength(1);
    expect(server.requests).toBeLessThan(60);
  });

  test("by a platform that leaves it out and acknowledges the rest is told and counted", async () => {
    const writer = record();
    const shipper = shipperOf(writer);
    server.answer = (batch) => {
      if (batch.records.length === 0) return undefined;
      return {
        status: 200,
        body: JSON.stringify({ ack: 31, refused: [{ seq: 13, code: "bad_points", message: "no\u001b[31m such point" }] }),
      };
    };
    await ship([{ shipper, isGone: true }], () => readdirSync(folder).length === 0);
    expect(shipper.passedOver.records).toBe(1);
    expect(words.notices).toEqual(["records that the platform does not take are left out and counted: no [31m such point"]);
  });

  test("by a 500 that lasts is passed only after five minutes, while the platform takes other bodies", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const shipper = shipperOf(record());
    server.answer = whenStep11({ status: 500, body: "oops" });
    const transport = createTransport(server.url);
    for (let i = 0; i < 60; i++) await shipper.step(transport, 1000, false);
    expect(shipper.passedOver.records).toBe(0);
    const waited = shipper.failures;
    expect(waited).toBeGreaterThan(8);
    vi.setSystemTime(Date.now() + 300_000);
    for (let i = 0; i < 4; i++) await shipper.step(transport, 1000, false);
    transport.close();
    expect(shipper.passedOver.records).toBe(1);
  });
});

describe("a server that is not a platform, or one in trouble", () => {
  test.each<[string, ScriptedAnswer]>([
    ["a page", PAGE],
    ["401", refusal(401, "unauthorized")],
    ["403 of a proxy", { status: 403, body: "<html></html>" }],
    ["404 of a proxy", { status: 404, body: "<html></html>" }],
    ["413 of a proxy", { status: 413, body: "<html></html>" }],
    ["500", { status: 500, body: "" }],
    ["507", refusal(507, "store_full")],
    ["a redirect", { status: 301, body: "", headers: { location: "https://other.example/" } }],
    ["a gap for ever", { status: 409, body: JSON.stringify({ error: { code: "seq_gap", message: "gap" }, ack: 0 }) }],
    ["a wait of a year", { status: 503, body: "", headers: { "retry-after": "31536000" } }],
    ["an ack beyond everything", { status: 200, body: JSON.stringify({ ack: 9e15 }) }],
    ["an ack that is text", { status: 200, body: JSON.stringify({ ack: "31" }) }],
    ["an ack below everything", { status: 200, body: JSON.stringify({ ack: -1 }) }],
  ])("%s: nothing is deleted, the tries become rarer, it is told once, and all arrives afterwards", async (_, answer) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const writer = record();
    const shipper = shipperOf(writer);
    server.answer = () => answer;
    const transport = createTransport(server.url);
    for (let i = 0; i < 40; i++) {
      const result = await shipper.step(transport, 1000, true);
      expect(["failed", "shipped"]).toContain(result.kind);
    }
    expect(shipper.failures).toBeGreaterThan(15);
    expect(shipper.isDue(Date.now() + 2_000)).toBe(false);
    expect(shipper.isDue(Date.now() + 300_001)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(shipper.passedOver.records).toBe(0);
    server.answer = () => undefined;
    shipper.hurry();
    transport.close();
    vi.useRealTimers();
    await ship([{ shipper, isGone: true }], () => readdirSync(folder).length === 0);
    expect(server.steps.get(writer.writer)).toEqual(range(30));
  });

  test("an ack that goes back has all sent again, with longer and longer pauses when it does so each time", async () => {
    const writer = record();
    const shipper = shipperOf(writer);
    const transport = createTransport(server.url);
    server.answer = ({ records }) => {
      server.acks.clear();
      return records.length > 0 ? { status: 200, body: JSON.stringify({ ack: records.at(-1)!.seq }) } : undefined;
    };
    for (let i = 0; i < 10; i++) {
      await shipper.step(transport, 1000, false);
      await shipper.heartbeat(transport, 1000);
    }
    for (let i = 0; i < 40; i++) await shipper.step(transport, 1000, false);
    server.answer = () => undefined;
    await shipper.heartbeat(transport, 1000);
    transport.close();
    shipper.hurry();
    await ship([{ shipper, isGone: false }], () => server.steps.get(writer.writer)?.length === 30);
    expect(server.steps.get(writer.writer)).toEqual(range(30));
  });

  test("401 is told once, with what to do", async () => {
    server.answer = () => refusal(401, "unauthorized");
    await ship([{ shipper: shipperOf(record()), isGone: false }], () => server.requests > 3);
    expect(words.trouble).toEqual([expect.stringContaining("AVA_TOKEN")]);
    expect(words.recovered).toBe(0);
  });

  test("410: shipping stops, is told once, and the journal stays", async () => {
    server.answer = () => refusal(410, "deleted");
    const shipper = shipperOf(record());
    const transport = createTransport(server.url);
    const notices: string[] = [];
    const events = {
      onTrouble: () => undefined,
      onRecovered: () => undefined,
      onStop: () => undefined,
      onNotice: (text: string) => void notices.push(text),
    };
    const loop = new ShipLoop({ writers: () => [{ shipper, isGone: true }], transport, events });
    await loop.run();
    expect(notices).toHaveLength(1);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await loop.settle(Date.now() + 60_000)).toMatchObject({ isComplete: false, reason: expect.stringContaining("410") });
    expect(server.requests).toBe(1);
    transport.close();
  });
});

describe("many writers", () => {
  test.each<[string, ScriptedAnswer]>([
    ["500", { status: 500, body: "" }],
    ["a gap for ever", { status: 409, body: JSON.stringify({ error: { code: "seq_gap", message: "gap" }, ack: 0 }) }],
    ["a header that is refused", refusal(400, "bad_records")],
  ])("one that is always answered with %s does not starve the others", async (_, answer) => {
    const [bad, ...good] = [record(), record(), record()] as [JournalWriter, ...JournalWriter[]];
    server.answer = ({ writer }) => (writer === bad.writer ? answer : undefined);
    const writers = [bad, ...good].map((writer) => ({ shipper: shipperOf(writer), isGone: true }));
    await ship(writers, () => readdirSync(folder).length === 1);
    for (const { writer } of good) expect(server.steps.get(writer)).toEqual(range(30));
  });

  test("one whose journal cannot be read does not end the shipping of the others", async () => {
    const writer = record();
    writer.close();
    mkdirSync(join(folder, "directory0.000000.ava"));
    writeFileSync(join(folder, "garbage00.000000.ava"), "no journal at all");
    writeFileSync(join(folder, "notours00.000000.ava"), "no journal either", { mode: 0 });
    chmodSync(join(folder, "notours00.000000.ava"), 0);
    const writers = new RunWriters({ folder, instance: "i", isOwn: () => false, isOurs: () => true, isAlive: () => false });
    writers.refresh();
    writers.look();
    await ship(writers.refresh(), () => server.steps.get(writer.writer)?.length === 30);
    expect(server.steps.get(writer.writer)).toEqual(range(30));
    writers.close();
  });
});

describe("how often is sent", () => {
  async function loopOf(writer: JournalWriter, during: (loop: ShipLoop) => Promise<void>): Promise<void> {
    const transport = createTransport(server.url);
    const nothing = (): void => undefined;
    const events = { onTrouble: nothing, onRecovered: nothing, onStop: nothing, onNotice: nothing };
    const writers = [{ shipper: shipperOf(writer), isGone: false }];
    const loop = new ShipLoop({ writers: () => writers, transport, events });
    const running = loop.run();
    await during(loop);
    loop.stop();
    await running;
    transport.close();
  }

  test("a run that records all the time sends four times a second", async () => {
    const writer = record();
    const recorder = new Recorder(writer);
    await loopOf(writer, async () => {
      const startMs = performance.now();
      let step = 30;
      for (; performance.now() - startMs < 1500; step++) {
        recorder.points({ loss: step }, { step });
        await setTimeout(5);
      }
      // The first exchange only asks what the platform has.
      expect(server.requests).toBeLessThan((performance.now() - startMs) / 250 + 3);
      await vi.waitFor(() => expect(server.steps.get(writer.writer)).toEqual(range(step)), 20_000);
    });
  });

  test("a run that the platform asks to pause sends nothing meanwhile, but for the end of a process", async () => {
    const writer = record();
    const recorder = new Recorder(writer);
    server.answer = ({ records }) => ({
      status: 200,
      body: JSON.stringify({ ack: records.at(-1)?.seq ?? 0, pauseMs: 1e12 }),
      isTaken: true,
    });
    await loopOf(writer, async (loop) => {
      await vi.waitFor(() => expect(server.steps.get(writer.writer)).toEqual(range(30)), 20_000);
      recorder.points({ loss: 30 }, { step: 30 });
      await setTimeout(1000);
      expect(server.steps.get(writer.writer)).toEqual(range(30));
      expect(await loop.settle(Date.now() + 20_000)).toEqual({ isComplete: true });
      expect(server.steps.get(writer.writer)).toEqual(range(31));
    });
  });
});
