import type { SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { groupSeries } from "./group-series.js";
import { splitMetricName } from "./metric-name.js";

function summary(name: string, labels: Record<string, string> = {}): SeriesSummary {
  return { name, labels, count: 1, last: 1, min: 1, max: 1, firstStep: 0, lastStep: 0, firstTimeNs: "0", lastTimeNs: "0" };
}

test.each([
  ["loss", "loss", undefined],
  ["train/loss", "loss", "train"],
  ["val/loss", "loss", "val"],
  ["val_loss", "loss", "val"],
  ["test/loss", "loss", "test"],
  ["loss/validation", "loss", "val"],
  ["eval/acc/top5", "acc/top5", "val"],
  ["accuracy_test", "accuracy", "test"],
  ["head/val_loss", "head/loss", "val"],
  ["gpu/0/util", "gpu/0/util", undefined],
  ["value_loss", "value_loss", undefined],
  ["test", "test", undefined],
  ["constructor/loss", "constructor/loss", undefined],
])("%s is %s of phase %s", (name, base, phase) => {
  expect(splitMetricName(name)).toEqual({ base, phase });
});

test("all phases of one metric share a chart in a fixed order", () => {
  const [section] = groupSeries(
    "one",
    ["test/loss", "val_loss", "loss", "val/loss", "train/loss"].map((name) => summary(name)),
  );
  expect(section!.groups).toHaveLength(1);
  const keys = section!.groups[0]!.lines.map((line) => line.key);
  expect(keys).toEqual(["loss", "train/loss", "val_loss", "val/loss", "test/loss"]);
});

test("label sets are lines in natural order and a search hides lines without changing the others' colours", () => {
  const series = ["10", "2", "1"].map((rank) => summary("loss", { rank }));
  expect(groupSeries("one", series)[0]!.groups[0]!.lines.map((line) => line.title)).toEqual(["rank=1", "rank=2", "rank=10"]);
  const found = groupSeries("one", series, 'rank":"10');
  expect(found[0]!.groups[0]!.lines.map((line) => [line.title, line.colorIndex])).toEqual([["rank=10", 2]]);
});

test("metrics without a folder come first, losses before accuracies before the rest", () => {
  const sections = groupSeries(
    "one",
    ["gpu/util", "lr", "accuracy", "loss", "aux_loss"].map((name) => summary(name)),
  );
  expect(sections.map((section) => section.prefix)).toEqual(["", "gpu"]);
  expect(sections[0]!.groups.map((group) => group.base)).toEqual(["aux_loss", "loss", "accuracy", "lr"]);
});

test("folders that differ in a number alone share a heading", () => {
  const names = ["layer0/norm", "layer1/norm", "layer10/norm", "layer2/norm", "gpu0/util", "gpu1/util"];
  const sections = groupSeries(
    "one",
    names.map((name) => summary(name)),
  );
  expect(sections.map(({ prefix, groups }) => [prefix, groups.length])).toEqual([
    ["gpu0", 1],
    ["gpu1", 1],
    ["layer*", 4],
  ]);
  expect(sections[2]!.groups.map(({ base }) => base)).toEqual(["layer0/norm", "layer1/norm", "layer2/norm", "layer10/norm"]);
});

test("a search that finds nothing leaves no empty section", () => {
  expect(groupSeries("one", [summary("loss")], "nothing")).toEqual([]);
});

test("what was read from the output beside a client's own metric is folded under it, and stands alone where the client has none", () => {
  const series = [summary("loss", { source: "console" }), summary("loss"), summary("lr", { source: "console" }), summary("train/loss")];
  const groups = groupSeries("one", series).flatMap((section) => section.groups);
  expect(groups.map(({ base, lines, folded }) => [base, lines.map(({ key }) => key), folded])).toEqual([
    ["loss", ["loss", "train/loss", 'loss{"source":"console"}'], 1],
    ["lr", ['lr{"source":"console"}'], undefined],
  ]);
});
