// Logs one value for each line on stdin, and answers with its step once it is journalled. Argument: instance.
import { createInterface } from "node:readline";
import { TrainInstance } from "ava-sdk";

const ins = await TrainInstance.create({ trainingInsId: process.argv[2], systemMetricsIntervalMs: 0 });
let step = 0;
for await (const _ of createInterface({ input: process.stdin })) {
  ins.log({ loss: step }, { step });
  process.stdout.write(`${step}\n`);
  step += 1;
}
await ins.done();
