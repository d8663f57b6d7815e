import { LIMITS } from "ava-protocol";
import { exportPoints } from "../query/export/export.js";
import { type Clock, describeInstance } from "../query/instances.js";
import { readLogText } from "../query/logs.js";
import type { Store } from "../store/contract/store.js";
import type { Instance } from "../store/embedded/instance/instance.js";

/** @returns everything that a user can see of an instance */
export function contentOf(store: Store, instance: Instance, clock: Clock): { detail: object; points: string; log: string } {
  const points = [...exportPoints([instance], { format: "jsonl" })].join("");
  return { detail: describeInstance(instance, clock), points, log: readLogText(store, instance, 0, LIMITS.logAnswerBytes).text };
}
