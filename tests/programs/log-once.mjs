// Logs one value and ends in the way that the second argument names.
import { TrainInstance } from "ava-sdk";

const [, , id, how, step = "0"] = process.argv;
const ins = await TrainInstance.create({ trainingInsId: id, training: "ends" });
ins.log({ loss: Number(step) }, { step: Number(step), epoch: 0.5, time: new Date("2026-01-02T03:04:05.678Z") });
if (how === "done") await ins.done();
else if (how === "failed") await ins.done({ errMsg: "out of memory" });
else if (how === "throw") throw new Error("shape mismatch");
else if (how === "exit-3") process.exit(3);
else if (how === "using") await ins[Symbol.asyncDispose]();
