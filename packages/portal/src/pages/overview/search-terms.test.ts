import { expect, test } from "vitest";
import { fieldParts, metricField, paramField } from "./field-text.js";
import { filterText, fullTerm, type KnownFields, readAsMetrics, splitTerms, termField, termText, unknownFields } from "./search-terms.js";
import { suggest } from "./suggest.js";

const known: KnownFields = {
  params: new Map([
    ["lr", ["0.1", "0.01"]],
    ["optimizer.name", ["adam", "sgd", "my own"]],
    ["odd key", ["1"]],
    ["a/b", ["5"]],
  ]),
  metrics: ["loss", "val/loss", "loss (ema)", "lr"],
};

test.each([
  ["resnet", ["resnet"]],
  ["lr=0.1 state=running", ["lr=0.1", "state=running"]],
  ["lr >= 0.1 and  val/loss<0.5", ["lr>=0.1", "val/loss<0.5"]],
  ['note~"a b" "two words"', ['note~"a b"', '"two words"']],
  ["last:`loss (ema)`<2", ["last:`loss (ema)`<2"]],
  ["lr>", ["lr>"]],
  ["<script>", ["<script>"]],
  ["state=done `val/loss", ["state=done `val/loss"]],
  ["", []],
])("%s is split into its terms", (text, terms) => {
  expect(splitTerms(text).map(termText)).toEqual(terms);
});

test.each([
  ["lr=0.1", "params.lr=0.1"],
  ["params.lr=0.1", "params.lr=0.1"],
  ["val/loss<0.5", "last:val/loss<0.5"],
  ["min:val/loss<0.5", "min:val/loss<0.5"],
  ["name~x", "name~x"],
  ["optimizer.name=adam", "params.optimizer.name=adam"],
  ["unseen=1", "params.unseen=1"],
  ["unseen/loss<1", "last:unseen/loss<1"],
  ["`a/b`=5", "params.a/b=5"],
  ["a/b=5", "params.a/b=5"],
  ["`odd key`=1", "params.`odd key`=1"],
  ["`loss (ema)`<2", "last:`loss (ema)`<2"],
  ["`unseen key`=1", "params.`unseen key`=1"],
  ["`state`=done", "`state`=done"],
  ["resnet", "resnet"],
])("%s means %s", (written, full) => {
  expect(splitTerms(written).map((term) => fullTerm(term, known))).toEqual([full]);
});

test("a term that is not finished is left out while it is being written, and is the platform's to refuse then", () => {
  for (const term of ["lr>", "`val/lo", '"two wo', "state=done lr!="]) expect(filterText(["tag=a", term], known, true)).toBe("tag=a");
  expect(filterText(["tag=a", "lr>"], known, false)).toBe("tag=a params.lr>");
  expect(filterText(["tag=a", "`val/lo"], known, false)).toBe("tag=a `val/lo");
});

test("a nested param may be written by its last name", () => {
  const nested: KnownFields = { params: new Map([["model.depth", ["3"]]]), metrics: [] };
  expect(fullTerm(splitTerms("depth=3")[0]!, nested)).toBe("params.model.depth=3");
});

test("a name that means a metric is told of where nested params have it, too", () => {
  const params = new Map([["optimizer.lr", ["0.001"]]]);
  const nested: KnownFields = { params, metrics: ["lr"] };
  expect(fullTerm(splitTerms("lr=0.001")[0]!, nested)).toBe("last:lr=0.001");
  expect(readAsMetrics(["lr=0.001", "last:lr=0.001", "lr"], nested)).toEqual([{ name: "lr", params: ["params.optimizer.lr"] }]);
  expect(readAsMetrics(["lr=0.001"], { params, metrics: [] })).toEqual([]);
  expect(readAsMetrics(["lr=0.001"], { params: new Map([...params, ["lr", ["0.1"]]]), metrics: ["lr"] })).toEqual([]);
});

test("fields with odd names are quoted and read back", () => {
  for (const path of ["lr", "a.b", "odd key.x", "tick`s"]) expect(fieldParts(paramField(path))).toEqual({ kind: "param", path });
  expect(metricField("min", "loss (ema), a")).toBe("min:`loss (ema), a`");
  expect(fieldParts("min:`loss (ema), a`")).toEqual({ kind: "metric", figure: "min", name: "loss (ema), a" });
  expect(fieldParts("startTime")).toEqual({ kind: "fact", name: "startTime" });
});

test.each([
  ["", []],
  ["l", ["lr=", "loss<", "last:`loss (ema)`<", "last:lr<", "val/loss<"]],
  ["lr=", ["lr=0.1", "lr=0.01"]],
  ["lr=0.1", []],
  ["optimizer.name=m", ['optimizer.name="my own"', "optimizer.name=adam"]],
  ["state=f", ["state=failed"]],
])("after %j come %j", (draft, suggestions) => {
  expect(suggest(draft, known).filter((text) => draft !== "l" || /^(lr|last|loss|val)/.test(text))).toEqual(suggestions);
});

test("a metric with an odd name, or that of a param, is completed to a term that means it", () => {
  expect(suggest("ema", known)).toEqual(["last:`loss (ema)`<"]);
  expect(splitTerms("last:`loss (ema)`<1").map((term) => fullTerm(term, known))).toEqual(["last:`loss (ema)`<1"]);
  expect(suggest("lr", known)).toEqual(["lr=", "last:lr<"]);
  expect(suggest("loss", known)[0]).toBe("loss<");
});

test.each([
  ["lr", "lr"],
  ["opt.name", "opt.name"],
  ["state", "params.state"],
  ["a b.c", "params.`a b`.c"],
  ["last:x", "params.last:x"],
])("the param %s is the term's field %s, which means nothing else", (path, field) => {
  expect(termField(path)).toBe(field);
});

test("params and metrics that no run has are told apart from known ones, facts and text", () => {
  const terms = ["lr=0.1", "name=sgd", "optimizer.name=sgd", "loss<2", "last:loss{rank=0}<2", "state=done", "nope"];
  expect(unknownFields(terms, known)).toEqual([]);
  expect(unknownFields(["lrr=0.1", "val/lossy<2 max:acc>1", "lr=0.1"], known)).toEqual(["lrr", "val/lossy", "acc"]);
});
