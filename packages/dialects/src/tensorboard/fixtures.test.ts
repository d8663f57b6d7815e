// Event files in every form in which the known writers write: fixtures/README.md says which.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EventTranslator, newTranslation } from "./event-translator.js";
import { TfRecordReader } from "./tf-record.js";

/** Reads a fixture in pieces of some bytes. */
function read(name: string, pieceBytes = 1_000) {
  const bytes = readFileSync(new URL(`fixtures/${name}.tfevents`, import.meta.url));
  const [reader, translator, translation] = [new TfRecordReader(), new EventTranslator(), newTranslation()];
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    reader.feed(bytes.subarray(start, start + pieceBytes));
    for (let record = reader.next(); record; record = reader.next()) translator.translate(record.content, translation);
  }
  const points = translation.records.flatMap((record) =>
    record.kind === "points" ? [[record.series[0]?.name, record.step, record.values[0]]] : [],
  );
  const params = translation.records.flatMap((record) => (record.kind === "params" ? [...record.members] : []));
  const { damagedRecords, isCutOff, offset } = reader;
  return {
    points,
    params,
    events: translation.records.filter(({ kind }) => kind === "event"),
    damagedRecords,
    isCutOff,
    offset,
    translation,
  };
}

const float32 = Math.fround;

test.each([
  ["torch-simple_value", [1.5, 0.75, Number.NaN].map((value, step) => ["train/loss", step, value])],
  ["tf2-scalar-tensor_content", [0.5, 0.25, 0.125].map((value, step) => ["epoch_loss", step, value])],
  ["tf2-scalar-metadata-first-only", [0.5, 0.25].map((value, step) => ["loss", step, value])],
  ["torch-new_style-float_val", [["train/loss", 1, 0.75]]],
  ["torch-new_style-double_val", [["train/loss", 1, 0.1]]],
  ["tensor-int64", [["count", 1, 7]]],
  ["tensorboardx-add_hparams", [["hp/acc", expect.any(Number), float32(0.9)]]],
])("scalars of %s", (name, points) => {
  expect(read(name).points).toEqual(points);
  expect(read(name, 1)).toEqual(read(name));
});

test("a restart is told, and both passes are kept", () => {
  const { points, events } = read("restart-session-start");
  const before = [1, 0.9, 0.8].map((value, step) => ["loss", step, float32(value)]);
  expect(points.slice(0, 3)).toEqual(before);
  expect(points.slice(5)).toEqual([
    ["loss", 3, 0.5],
    ["loss", 4, 0.5],
  ]);
  expect(events).toMatchObject([{ event: { event: "resume", step: 3 } }]);
});

test.each(["hparams-session-start", "tensorboardx-add_hparams"])("hyper-parameters of %s", (name) => {
  expect(Object.fromEntries(read(name).params)).toEqual({ lr: "0.1", opt: '"sgd"', amp: "true" });
});

test("a last record that is not whole is waited for", () => {
  const { points, isCutOff, offset } = read("truncated-last-record");
  expect([points.length, isCutOff, offset]).toEqual([2, false, 134]);
});

test("behind a damaged length nothing is read, and that is told", () => {
  const { points, isCutOff } = read("corrupt-middle");
  expect([points, isCutOff]).toEqual([[["train/loss", 0, 1.5]], true]);
});
