import type { InstanceDetail } from "ava-protocol";
import { expect, test } from "vitest";
import { en } from "../../words/en.js";
import { endCauseWords } from "./end-cause.js";

test.each<[Pick<InstanceDetail, "state" | "end">, string[]]>([
  [{ state: "running" }, []],
  [{ state: "done", end: { exitCode: 0, stoppedBy: "self" } }, ["Ended without an error"]],
  [{ state: "failed", end: { exitCode: 3 } }, ["Exited with code 3"]],
  [
    { state: "failed", end: { exitCode: 137, signal: "SIGKILL", stoppedBy: "grace" } },
    ["Ended by SIGKILL", "Killed after the grace period"],
  ],
  [{ state: "done", end: { exitCode: 0, stoppedBy: "platform" } }, ["Stopped from the platform"]],
  [{ state: "lost" }, ["No heartbeat: the run, its host or its network is gone"]],
  [{ state: "failed" }, []],
])("%j reads %j", (instance, said) => {
  expect(endCauseWords(instance, en)).toEqual(said);
});
