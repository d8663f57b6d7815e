// Logs 0, 1, 2, ... for ever, and appends each number to a file once it is logged.
import { openSync, writeSync } from "node:fs";
import { TrainInstance } from "ava-sdk";

const [, , id, file] = process.argv;
const fd = openSync(file, "a");
const ins = await TrainInstance.create({ trainingInsId: id });
for (let step = 0; ; step++) {
  ins.log({ loss: step, lr: 0.1 }, { step });
  writeSync(fd, `${step}\n`);
}
