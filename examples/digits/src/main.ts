import { TrainInstance } from "ava-sdk";
import type { HyperParams } from "./model.js";
import { createProgressBar } from "./progress-bar.js";
import { trainDigits } from "./train.js";

const hyperParams: HyperParams = { hiddenUnits: 128, learningRate: 0.001, batchSize: 50, epochs: 8, validationShare: 0.1, seed: 7 };

// Where the run is kept and shown is set from outside: AVA_WORKSPACE, AVA_PLATFORM_URL, AVA_TRAINING_INS_ID.
const instance = await TrainInstance.create({ training: "digits", params: { ...hyperParams } });

// A person at the terminal or in the portal may end the training early; the run then says so instead of falling silent.
const signalled = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => signalled.abort(new Error(`stopped by ${name}`)));
const stop = AbortSignal.any([instance.stopSignal, signalled.signal]);

const startMs = performance.now();
try {
  const result = await trainDigits(instance, hyperParams, createProgressBar(process.stderr), stop);
  const seconds = (performance.now() - startMs) / 1000;
  await instance.done();
  console.log(JSON.stringify({ id: instance.getTrainingInsId(), seconds, ...result }));
} catch (error) {
  await instance.done({ errMsg: String(error) });
  if (!stop.aborted) throw error;
  console.error(`The training ended early: ${(error as Error).message}.`);
  process.exitCode = 1;
}
