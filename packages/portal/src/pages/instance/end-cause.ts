import type { InstanceDetail } from "ava-protocol";
import type { Words } from "../../words/words.js";

/**
 * Says in words how an instance ended.
 *
 * @param instance - any instance
 * @param words - of the page
 * @returns short statements, the most telling first; none while it runs
 */
export function endCauseWords(instance: Pick<InstanceDetail, "state" | "end">, words: Words): string[] {
  const { state, end } = instance;
  if (state === "running") return [];
  if (state === "lost") return [words.end.lost];
  const said: string[] = [];
  if (end?.signal !== undefined) said.push(words.end.signal(end.signal));
  else if (end?.exitCode !== undefined && end.exitCode !== 0) said.push(words.end.exited(end.exitCode));
  if (end?.stoppedBy !== undefined && end.stoppedBy !== "self") said.push(words.end.stoppedBy[end.stoppedBy]);
  if (said.length === 0 && state === "done") said.push(words.end.clean);
  return said;
}
