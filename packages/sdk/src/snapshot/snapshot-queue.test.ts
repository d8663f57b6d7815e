import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { JobFolder, MAX_WAITING_SNAPSHOTS } from "./job-folder.js";
import { SnapshotQueue } from "./snapshot-queue.js";

test("files that a full queue refused are new at the next snapshot", () => {
  const base = mkdtempSync(join(tmpdir(), "ava-queue-test-"));
  onTestFinished(() => rmSync(base, { recursive: true }));
  const [folder, output] = [join(base, "snapshots"), join(base, "output")];
  mkdirSync(output);
  const facts = { params: {}, trainingRef: () => ({}), onAdded: () => undefined };
  const queue = new SnapshotQueue({ instanceId: "queue", folder, output, format: "tar.gz", ...facts });
  const jobs = new JobFolder(folder);
  const job = { kind: "snapshot", model: "other", format: "tar.gz", files: [], metric: {}, trainingRef: {}, params: {} } as const;
  for (let index = 0; index < MAX_WAITING_SNAPSHOTS; index++) jobs.add({ ...job, files: [] }, `other-${index}`);
  writeFileSync(join(output, "weights"), "weights");
  const take = () => queue.add({ step: 1, files: [], otherFiles: [] });
  expect(take).toThrow(expect.objectContaining({ code: "SNAPSHOT_QUEUE_FULL" }));
  rmSync(join(folder, "other-0.job.json"));
  void take();
  const id = jobs.waitingIds().find((one) => !one.startsWith("other")) ?? "";
  expect(jobs.read(id)?.files).toEqual([join(output, "weights")]);
  expect(take).toThrow(expect.objectContaining({ code: "SNAPSHOT_EMPTY" }));
});
