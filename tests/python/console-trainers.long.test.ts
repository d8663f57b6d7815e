// As console-trainers.test.ts, for trainers whose packages are large.
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { trainBelow } from "./console-run.js";
import { findFramework } from "./frameworks.js";
import type { Point } from "./recorded.js";

const platform = new PlatformProcess(await freePort());
const [catboost, pytorch, ultralytics] = [findFramework("catboost"), findFramework("pytorch"), findFramework("ultralytics")];
beforeAll(async () => {
  for (const framework of [catboost, pytorch, ultralytics]) if (!framework.isMissing) framework.install();
  await platform.start();
}, 600_000);
afterAll(() => platform.stop());

test.skipIf(catboost.isMissing)(`CatBoost${catboost.note}: its curves are those that it returns`, async () => {
  const run = await trainBelow(platform, catboost, "catboost_fit", []);
  expect(run).toEqual({ ...run, read: run.returned, also: [] });
});

test.skipIf(pytorch.isMissing)(`Transformers${pytorch.note}: what the Trainer prints is its history`, async () => {
  const run = await trainBelow(platform, pytorch, "trainer_fit", []);
  expect(run).toEqual({ ...run, read: run.returned, also: [] });
});

test.skipIf(pytorch.isMissing)(`Lightning${pytorch.note}: the bar's values at the end of an epoch are those of the trainer`, async () => {
  const { returned, read, also } = await trainBelow(platform, pytorch, "lightning_bar", []);
  expect({ read: lastOf(returned, read), also }).toEqual({ read: returned, also: [] });
});

test.skipIf(ultralytics.isMissing)(`Ultralytics${ultralytics.note}: the losses at the end of an epoch are those of its table`, async () => {
  const { returned, read, also } = await trainBelow(platform, ultralytics, "yolo_fit", []);
  const ofValidation = ["box/map50", "box/map50-95", "box/p", "box/r"];
  expect({ read: lastOf(returned, read), also }).toEqual({ read: returned, also: [...ofValidation, "gpu_mem"] });
});

/** Bars move before their values change: of each place the last value counts. */
function lastOf(returned: readonly Point[], read: readonly Point[]): (Point | undefined)[] {
  const key = ({ name, step, epoch }: Point): string => `${name} ${step} ${epoch}`;
  const last = new Map(read.map((point) => [key(point), point]));
  return returned.map((point) => last.get(key(point)));
}
