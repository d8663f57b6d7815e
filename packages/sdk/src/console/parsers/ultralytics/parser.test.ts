import { expect, it } from "vitest";
import { readCorpusFiles } from "../../../testing/console-corpus/corpus.js";
import { readMetrics } from "../../../testing/console-corpus/read.js";
import { score } from "../../../testing/console-corpus/score.js";
import { MetricReader } from "../metric-reader.js";
import { createParsers } from "../registry.js";

const fixtures = readCorpusFiles(new URL("./fixtures/", import.meta.url));

it.each(fixtures.flatMap((file) => ["auto", "ultralytics"].map((parser) => ({ ...file, parser }))))(
  "$name is read as its list says by --parser $parser",
  ({ bytes, expected, parser }) => {
    const { required, missed, wrong, miscounted } = score(readMetrics(bytes, parser), expected);
    expect(required).toBeGreaterThan(0);
    expect({ missed, wrong, miscounted }).toEqual({ missed: [], wrong: [], miscounted: [] });
  },
);

it("reads rows with bars on one stream below headers on the other", () => {
  const shared = new Map<string, object>();
  const [out, err] = [0, 1].map(() => new MetricReader(createParsers({}, { referenceTimeMs: 0, shared }), () => undefined));
  const read = (reader: MetricReader | undefined, text: string) =>
    reader?.write(Buffer.from(text)).map((item) => ("name" in item ? `${item.name} ${item.value} ${item.epoch}` : ""));
  expect(read(out, "      Epoch    GPU_mem   box_loss  Instances       Size\n")).toEqual([]);
  const rows = "        1/2         0G    0.03125          4         64: 100%|####| 4/4 [00:00<00:00,  9.12it/s]\n";
  expect(read(err, rows)).toEqual(["gpu_mem 0 1", "box_loss 0.03125 1"]);
  expect(
    read(err, "                 Class     Images  Instances      Box(P          R): 100%|####| 1/1 [00:00<00:00,  7.05it/s]\n"),
  ).toEqual([]);
  expect(read(out, "                   all          4          4        0.5       0.25\n")).toEqual(["box/p 0.5 1", "box/r 0.25 1"]);
});
