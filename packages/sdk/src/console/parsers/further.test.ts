import { expect, it } from "vitest";
import type { CorpusFile } from "../../testing/console-corpus/corpus.js";
import { readMarkedFiles } from "../../testing/console-corpus/marked.js";
import { readMetrics } from "../../testing/console-corpus/read.js";
import { score } from "../../testing/console-corpus/score.js";

// A test for each file, not for each of its sections: to tell of thousands of tests takes longer than to read them.
const files = readMarkedFiles(new URL("./fixtures/further/", import.meta.url));

it.each(files)("$name: every value of every section is read, with its counters, and nothing else, however it is cut", ({ sections }) => {
  for (const { name, bytes, expected } of sections) {
    const whole = readMetrics(bytes, "auto");
    const { missed, wrong, miscounted } = score(whole, expected);
    expect({ name, missed, wrong, miscounted }).toEqual({ name, missed: [], wrong: [], miscounted: [] });
    for (const chunkBytes of [1, 7]) expect({ name, metrics: readMetrics(bytes, "auto", chunkBytes) }).toEqual({ name, metrics: whole });
  }
});

const isNoise = ({ expected }: CorpusFile): boolean => expected.every(({ optional }) => optional === true);
const noise = files
  .map(({ name, sections }) => ({ name, sections: sections.filter(isNoise) }))
  .filter(({ sections }) => sections.length > 0);

it.each(noise)("$name: what tells no metric tells none behind lines of a training either", ({ sections }) => {
  const before = "Epoch 1 step 10: loss 0.5 acc 0.75\n";
  for (const { name, bytes, expected } of sections) {
    const allowed = new Set(expected.map((entry) => entry.name));
    const metrics = readMetrics(Buffer.concat([Buffer.from(before), bytes]), "auto").filter(({ line }) => line > 1);
    expect({ name, metrics: metrics.filter((metric) => !allowed.has(metric.name)) }).toEqual({ name, metrics: [] });
  }
});
