// Waits for its snapshot and for nothing else.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { TrainInstance } from "ava-sdk";

const ins = await TrainInstance.create({ trainingInsId: "snap-alone" });
writeFileSync(path.join(ins.getSnapshotBasePath(), "weights"), "alone");
const { model } = await ins.uploadSnapshotModel({ epoch: 1 });
console.log(model);
