import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryEntry, type Outlet, RunMemory } from "ava-dialects";
import { expect, test } from "vitest";
import { runLayout } from "../place/workspace/layout.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Ledger } from "./ledger.js";

/** A run with a journal of three records, whose tap noted a line that was to be followed by a record behind `seq`. */
function killedAt(seq: number): Ledger {
  const layout = runLayout(mkdtempSync(join(tmpdir(), "ava-ledger-")), "run");
  const journal = new JournalWriter({ folder: layout.journal, instance: "run", training: "t" });
  for (let count = 0; count < 3; count++) journal.append({ type: "facts", facts: { name: String(count) } });
  const first = new Ledger(layout, "tap.jsonl", () => layout.journal);
  first.note({ kind: "open", key: { dialect: "wandb", training: "t", run: "r" }, id: "run", facts: {} });
  first.note({ kind: "append", id: "run", facts: { name: "n" }, once: { prints: "abc" }, at: { writer: journal.writer, seq } });
  return new Ledger(layout, "tap.jsonl", () => layout.journal);
}

test("of the last line it is found out whether its records followed", () => {
  expect(killedAt(2).entries.at(-1)).toMatchObject({ facts: { name: "n" }, once: { prints: "abc" } });
  // What it says of facts is told again as well: they would be taken for known.
  expect(killedAt(3).entries.at(-1)).toEqual({ kind: "append", id: "run", at: expect.anything() });
  expect(killedAt(3).entries).toHaveLength(2);
  expect(killedAt(3).writers.size).toBe(1);
});

test("a line that the kill cut off counts for nothing", () => {
  const layout = runLayout(mkdtempSync(join(tmpdir(), "ava-ledger-")), "run");
  mkdirSync(layout.base, { recursive: true });
  new Ledger(layout, "tap.jsonl", () => layout.journal).note({ kind: "text", dialect: "mlflow", key: "k", text: "t" });
  const file = join(layout.base, "tap.jsonl");
  writeFileSync(file, `${readFileSync(file, "utf8")}{"kind":"text","dia`);
  const second = new Ledger(layout, "tap.jsonl", () => layout.journal);
  expect(second.entries).toHaveLength(1);
  // Nor does it cost the line behind it.
  second.note({ kind: "text", dialect: "mlflow", key: "l", text: "t" });
  expect(new Ledger(layout, "tap.jsonl", () => layout.journal).entries).toHaveLength(2);
});

/** An outlet that writes nothing. */
function outletTo(note: (entry: MemoryEntry) => void): Outlet {
  const refuse = () => Promise.reject(new Error("there are no files"));
  return {
    note: async (entry) => note(entry),
    open: ({ run = "" }) => ({ id: run, isNew: true }),
    write: async (_id, _records, entry) => note({ ...entry, at: { writer: "w", seq: 1 } }),
    passOver: () => undefined,
    putFile: refuse,
    stage: refuse,
    putStaged: refuse,
    removeFiles: refuse,
    files: refuse,
    readFile: refuse,
  };
}

test("the file does not grow without end, and a tap that reads it knows what was noted", async () => {
  const layout = runLayout(mkdtempSync(join(tmpdir(), "ava-ledger-")), "run");
  mkdirSync(layout.base, { recursive: true });
  const open = () => new Ledger(layout, "tap.jsonl", () => layout.journal, 20_000);
  const ledger = open();
  const memory = new RunMemory(outletTo((entry) => ledger.note(entry)));
  ledger.summary = () => memory.entries();
  await memory.keep("mlflow", "0", "experiment");
  for (const run of ["a", "b"]) await memory.open({ dialect: "wandb", training: "t", run }, { name: run });
  const point = (step: number) => [{ kind: "points", series: [{ name: "m", labels: {} }], step, timeNs: 0n, values: [step] }] as const;
  for (let step = 0; step < 2_000; step++) {
    await memory.append("a", point(step), { stream: "history", lines: [step], nextLine: step + 1 });
    await memory.append("b", point(step), { prints: [BigInt(step % 100)] });
  }
  await memory.append("b", [{ kind: "params", within: [], members: new Map([["lr", "0.10"]]) }]);
  await memory.setDeleted("b", true);
  expect(statSync(join(layout.base, "tap.jsonl")).size).toBeLessThan(25_000);

  const again = open();
  const restored = new RunMemory(outletTo(() => undefined));
  for (const entry of again.entries) restored.restore(entry);
  expect(await restored.kept("mlflow")).toEqual(await memory.kept("mlflow"));
  expect([await restored.run("a"), await restored.run("b")]).toEqual([await memory.run("a"), await memory.run("b")]);
  expect(await restored.find({ dialect: "wandb", training: "t", run: "b" })).toBe("b");
  expect(await restored.nextLine("a", "history")).toBe(2_000);
  expect(await restored.append("b", point(7), { prints: [7n] })).toEqual({ taken: 0, repeated: 1 });
  expect(again.writers).toEqual(new Set(["w"]));
});

test("a line whose records were not written is taken back, and the next one stands in its place", () => {
  const layout = runLayout(mkdtempSync(join(tmpdir(), "ava-ledger-")), "run");
  mkdirSync(layout.base, { recursive: true });
  const ledger = new Ledger(layout, "tap.jsonl", () => layout.journal);
  const noted = (text: string) => ({ kind: "text", dialect: "mlflow", key: "k", text }) as const;
  ledger.note(noted("a"));
  ledger.note(noted("b"));
  ledger.takeBack();
  const file = join(layout.base, "tap.jsonl");
  // What a full disk left of a line goes, too.
  writeFileSync(file, `${readFileSync(file, "utf8")}{"kind":"te`);
  const second = new Ledger(layout, "tap.jsonl", () => layout.journal);
  second.note(noted("c"));
  expect(new Ledger(layout, "tap.jsonl", () => layout.journal).entries).toEqual([noted("a"), noted("c")]);
});
