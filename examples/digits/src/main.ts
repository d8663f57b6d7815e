import { TrainInstance } from "ava-sdk";
import type { HyperParams } from "./model.js";
import { createProgressBar } from "./progress-bar.js";
import { trainDigits } from "./train.js";

const hyperParams: HyperParams = { hiddenUnits: 128, learningRate: 0.001, batchSize: 50, epochs: 8, validationShare: 0.1, seed: 7 };

// Where the run is kept and shown is set from outside: AVA_WORKSPACE, AVA_PLATFORM_URL, AVA_TRAINING_INS_ID.
const instance = await TrainInstance.create({ training: "digits", params: { ...hyperParams } });
const startMs = performance.now();
try {
  const result = await trainDigits(instance, hyperParams, createProgressBar(process.stderr));
  const seconds = (performance.now() - startMs) / 1000;
  await instance.done();
  console.log(JSON.stringify({ id: instance.getTrainingInsId(), seconds, ...result }));
} catch (error) {
  await instance.done({ errMsg: String(error) });
  throw error;
}
