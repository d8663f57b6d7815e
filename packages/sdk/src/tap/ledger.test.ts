import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  expect(killedAt(3).entries.at(-1)).not.toHaveProperty("once");
  expect(killedAt(3).entries).toHaveLength(2);
  expect(killedAt(3).writers.size).toBe(1);
});

test("a line that the kill cut off counts for nothing", () => {
  const layout = runLayout(mkdtempSync(join(tmpdir(), "ava-ledger-")), "run");
  mkdirSync(layout.base, { recursive: true });
  new Ledger(layout, "tap.jsonl", () => layout.journal).note({ kind: "text", dialect: "mlflow", key: "k", text: "t" });
  const file = join(layout.base, "tap.jsonl");
  writeFileSync(file, `${readFileSync(file, "utf8")}{"kind":"text","dia`);
  expect(new Ledger(layout, "tap.jsonl", () => layout.journal).entries).toHaveLength(1);
});
