import { expect, it } from "vitest";
import { readCorpus, readCorpusFiles } from "../../../testing/console-corpus/corpus.js";
import { readMetrics } from "../../../testing/console-corpus/read.js";
import { score } from "../../../testing/console-corpus/score.js";
import type { ParsedItem } from "../parser.js";
import { mxnet } from "./parser.js";

const OF_MXNET = /^(?:mxnet|gluon|sockeye)/;
const files = [...readCorpusFiles(new URL("./fixtures/", import.meta.url)), ...readCorpus().filter(({ name }) => OF_MXNET.test(name))];

function feed(...lines: string[]): ParsedItem[] {
  const parser = mxnet.create({ referenceTimeMs: 0 });
  return lines.flatMap((text, index) => parser.feed(text, index + 1));
}

it.each(files.flatMap((file) => ["auto", "mxnet"].map((parser) => ({ ...file, parser }))))(
  "$name is read as its list says by --parser $parser",
  ({ bytes, expected, parser }) => {
    const { required, missed, wrong, miscounted } = score(readMetrics(bytes, parser), expected);
    expect(required).toBeGreaterThan(0);
    expect({ missed, wrong, miscounted }).toEqual({ missed: [], wrong: [], miscounted: [] });
  },
);

it("tells workers apart by a label, and the time of the line", () => {
  const line = (node: number) => `2017-06-13 10:25:49,123 Node[${node}] Epoch[0] Batch [20]\tSpeed: 9.5 samples/sec`;
  const metric = { name: "speed", value: 9.5, epoch: 0, batch: 20, timeMs: new Date(2017, 5, 13, 10, 25, 49, 123).getTime() };
  expect(feed(line(0), line(1))).toEqual([
    { ...metric, labels: { rank: "0" }, line: 1 },
    { ...metric, labels: { rank: "1" }, line: 2 },
  ]);
});

it("tells checkpoints as snapshots, and the model that a run starts from as a resume", () => {
  expect(
    feed(
      "INFO:root:Loaded model model/net_0003.params",
      'INFO:root:Saved checkpoint to "model/net-0004.params"',
      '2017-06-13 10:25:49,000 Node[0] Saved optimizer state to "model/net-0004.states"',
    ),
  ).toEqual([
    { event: "resume", file: "model/net_0003.params", line: 1 },
    { event: "snapshot", file: "model/net-0004.params", line: 2 },
    { event: "snapshot", file: "model/net-0004.states", timeMs: new Date(2017, 5, 13, 10, 25, 49).getTime(), line: 3 },
  ]);
});

it("gives scores of classes only to the heading right before them", () => {
  expect(feed("cat=0.5", "[Epoch 2] Validation:", "cat=0.5", "Epoch 2 is over", "cat=0.5")).toEqual([
    { name: "cat", value: 0.5, epoch: 2, phase: "val", line: 3 },
  ]);
});

it("reads nothing out of what programs print at their start", () => {
  expect(
    feed(
      "INFO:root:start with arguments Namespace(batch_size=128, lr=0.1)",
      "[10:00:01] src/operator/nn/./cudnn/cudnn_algoreg-inl.h:97: Running performance tests to find the best convolution algorithm",
      "Epoch[x] Batch [1] loss=3",
      "Update[12]: weights=3",
    ),
  ).toEqual([]);
});
