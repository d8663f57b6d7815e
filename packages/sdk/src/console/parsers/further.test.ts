import { expect, it } from "vitest";
import { readMarkedFiles } from "../../testing/console-corpus/marked.js";
import { readMetrics } from "../../testing/console-corpus/read.js";
import { score } from "../../testing/console-corpus/score.js";

const trainers = readMarkedFiles(new URL("./fixtures/further/", import.meta.url));

it.each(trainers)("$name: every value is read, with its counters, and nothing else", ({ bytes, expected }) => {
  const { missed, wrong, miscounted } = score(readMetrics(bytes, "auto"), expected);
  expect({ missed, wrong, miscounted }).toEqual({ missed: [], wrong: [], miscounted: [] });
});

it.each(trainers)("$name is read the same however it is cut", ({ bytes }) => {
  const whole = readMetrics(bytes, "auto");
  for (const chunkBytes of [1, 7]) expect(readMetrics(bytes, "auto", chunkBytes)).toEqual(whole);
});

const noise = trainers.filter(({ expected }) => expected.every(({ optional }) => optional === true));

it.each(noise)("$name: nothing of it is a metric behind lines of a training either", ({ bytes, expected }) => {
  const before = "Epoch 1 step 10: loss 0.5 acc 0.75\n";
  const allowed = new Set(expected.map(({ name }) => name));
  const metrics = readMetrics(Buffer.concat([Buffer.from(before), bytes]), "auto").filter(({ line }) => line > 1);
  expect(metrics.filter(({ name }) => !allowed.has(name))).toEqual([]);
});
