// Records a run in a working folder that was removed: node folder-removed.mjs FOLDER
import { mkdirSync, rmdirSync } from "node:fs";
import { TrainInstance } from "ava-sdk";

const folder = process.argv[2];
mkdirSync(folder);
process.chdir(folder);
rmdirSync(folder);
const ins = await TrainInstance.create({ trainingInsId: "removed" });
ins.log({ loss: 0.5 });
await ins.done();
