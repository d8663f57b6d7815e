import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { TrainInstance } from "ava-sdk";
import { JournalWriter } from "../../packages/sdk/dist/record/journal/journal-writer.js";
import { Recorder } from "../../packages/sdk/dist/record/recorder.js";
import type { Trial, TrialResult } from "./trial.js";

const CALLS = 20_000;
/** A points record of three values: head 17, step, epoch and time 24, ids and values 36. */
const RECORD_BYTES = 77;

/** Cost of one `log()` of three metrics on the caller's thread, beside writing the same bytes alone; and what labels add to a record. */
export const logCost: Trial = {
  name: "log-cost",
  async run(): Promise<TrialResult> {
    const workspace = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    // No process listens there: the journal keeps everything, and the shipper is in its back-off.
    const ins = await TrainInstance.create({ workspace, platformUrl: "http://127.0.0.1:9" });
    const metrics = { loss: 0, accuracy: 0, lr: 0.1 };
    const logNs = medianNs((step) => {
      metrics.loss = step;
      ins.log(metrics, { step });
    });
    await ins.done();

    const fd = openSync(path.join(workspace, "plain"), "a");
    const bytes = new Uint8Array(RECORD_BYTES);
    const writeNs = medianNs(() => writeSync(fd, bytes));
    closeSync(fd);
    const plainNs = recordNs(path.join(workspace, "unlabelled"));
    const labelledNs = recordNs(path.join(workspace, "labelled"), { net: "0", output: "1" });
    rmSync(workspace, { recursive: true });
    return {
      figures: [
        { label: "log() of three metrics", value: logNs, unit: "ns" },
        { label: `fs.writeSync of the same ${RECORD_BYTES} bytes`, value: writeNs, unit: "ns" },
        { label: "record of three metrics without labels", value: plainNs, unit: "ns" },
        { label: "record of three metrics with two labels", value: labelledNs, unit: "ns" },
      ],
      ratios: [
        { label: "fs.writeSync / log()", value: writeNs / logNs, goal: 0.2 },
        { label: "3 microseconds / log()", value: 3000 / logNs, goal: 1 },
        { label: "1.5 records without labels / one with", value: (1.5 * plainNs) / labelledNs, goal: 1 },
      ],
    };
  },
};

/** Of the recorder alone, into a journal of its own. */
function recordNs(folder: string, labels?: Record<string, string>): number {
  const recorder = new Recorder(new JournalWriter({ folder, instance: "bench", training: "bench" }));
  const metrics = { loss: 0, accuracy: 0, lr: 0.1 };
  const ns = medianNs((step) => {
    metrics.loss = step;
    recorder.points(metrics, { step }, labels);
  });
  recorder.close();
  return ns;
}

/** Median over single calls, so that a write-back of the disk in between does not count. */
function medianNs(work: (call: number) => void): number {
  const times = new Float64Array(CALLS);
  for (let call = 0; call < CALLS; call++) {
    const start = process.hrtime.bigint();
    work(call);
    times[call] = Number(process.hrtime.bigint() - start);
  }
  return times.toSorted()[CALLS / 2] as number;
}
