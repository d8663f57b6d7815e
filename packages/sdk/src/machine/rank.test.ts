import { expect, test } from "vitest";
import { readRank } from "./rank.js";

const CLUSTER = { chief: ["a:1"], worker: ["b:1", "c:1"], ps: ["d:1"] };

test.each([
  ["no launcher", {}, undefined],
  ["torchrun", { RANK: "3", WORLD_SIZE: "8" }, "3"],
  ["Open MPI", { OMPI_COMM_WORLD_RANK: "0" }, "0"],
  ["Slurm", { SLURM_PROCID: "12" }, "12"],
  ["MXNet", { DMLC_WORKER_ID: "1" }, "1"],
  ["Kubernetes", { JOB_COMPLETION_INDEX: "5" }, "5"],
  ["the first that is set", { RANK: "2", SLURM_PROCID: "9" }, "2"],
  ["a rank that is not a number", { RANK: "first" }, undefined],
  ["TensorFlow's chief", { TF_CONFIG: JSON.stringify({ cluster: CLUSTER, task: { type: "chief", index: 0 } }) }, "0"],
  ["TensorFlow's second worker", { TF_CONFIG: JSON.stringify({ cluster: CLUSTER, task: { type: "worker", index: 1 } }) }, "2"],
  ["TensorFlow's parameter server", { TF_CONFIG: JSON.stringify({ cluster: CLUSTER, task: { type: "ps", index: "0" } }) }, "3"],
  ["a malformed TF_CONFIG", { TF_CONFIG: "{" }, undefined],
  ["a TF_CONFIG without a task", { TF_CONFIG: "null" }, undefined],
])("rank by %s", (_, env, rank) => {
  expect(readRank(env)).toBe(rank);
});
