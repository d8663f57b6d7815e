// Records an instance, then blocks its event loop, busy and with memory in use, until a file appears.
// Arguments: id, file, options as JSON, MB of memory.
import { existsSync } from "node:fs";
import { TrainInstance } from "ava-sdk";

const [, , trainingInsId, file, options, megabytes] = process.argv;
const ins = await TrainInstance.create({ trainingInsId, ...JSON.parse(options) });
const memory = Buffer.alloc(Number(megabytes) * 1e6, 1);
ins.log({ memory: memory[0] });
while (!existsSync(file)) Math.sqrt(memory[0]);
await ins.done();
