// Logs 2000 values to a workspace that is full after the first, and fails. Argument: instance.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TrainInstance } from "ava-sdk";

const ins = await TrainInstance.create({ trainingInsId: process.argv[2], systemMetricsIntervalMs: 0 });
ins.log({ loss: 0 });
try {
  writeFileSync(join(process.env.AVA_WORKSPACE, "fill"), Buffer.alloc(1 << 20));
} catch {
  // As is meant.
}
for (let step = 1; step < 2000; step++) ins.log({ loss: step });
await ins.done({ errMsg: "out of memory" });
