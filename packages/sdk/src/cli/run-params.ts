import { existsSync } from "node:fs";
import { parseJsonText, setJsonText } from "ava-protocol";
import { type RunParams, settleParams } from "../agent/params/settle-params.js";
import type { Notices } from "../place/notices/notices.js";
import { readJsonText } from "../place/params/json-file.js";
import type { Settings } from "../place/settings/settings.js";
import { defaultParamsPath } from "../place/workspace/layout.js";
import { failUsage } from "./options.js";

/** @param file - value of `--params` @returns text of its params; a file that is bad ends the process @throws never */
export function readGivenParams(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  if (!existsSync(file)) failUsage(`--params ${file}: there is no such file`);
  return readJsonText(file, (reason) =>
    failUsage(`--params ${file}: ${reason}; it must hold one JSON object, like {"solver": {"lr": 0.01}}`),
  ).text;
}

/**
 * Finds the params of a run: those of `--params`, else what the platform has for it, else those of the workspace; with every `--set` applied.
 *
 * @param given - of {@link readGivenParams}
 * @param set - values of `--set`; a bad one ends the process
 * @param workspace - prepared
 * @param settings - of the run
 * @param notices - told where they come from
 * @returns them; `undefined` where those of the workspace count as they are
 */
export async function paramsOfRun(
  given: string | undefined,
  set: readonly string[],
  workspace: string,
  settings: Settings,
  notices: Notices,
): Promise<RunParams | undefined> {
  const found: RunParams | undefined =
    given === undefined ? await settleParams(workspace, settings, notices) : { text: given, from: "given" };
  if (set.length === 0) return found;
  const { text, ...others } = found ?? { text: readDefault(workspace) };
  return { ...others, text: set.reduce(applySet, text), from: "given" };
}

/** A training with the params of `--set` alone would be another one than was asked for. */
function readDefault(workspace: string): string {
  const file = defaultParamsPath(workspace);
  return readJsonText(file, (reason) => failUsage(`--set changes ${file}, which cannot be read: ${reason}; or give --params FILE`)).text;
}

function applySet(text: string, assignment: string): string {
  const equals = assignment.indexOf("=");
  if (equals < 1) failUsage(`--set ${assignment}: write it as key=value, like --set solver.lr=0.01`);
  try {
    return setJsonText(text, assignment.slice(0, equals), asJson(assignment.slice(equals + 1)));
  } catch (error) {
    return failUsage(`--set ${assignment}: ${(error as Error).message}`);
  }
}

/** What is JSON stays as it was written; anything else is meant as text, as in --set optimizer=adam. */
function asJson(value: string): string {
  try {
    parseJsonText(value);
    return value.trim();
  } catch {
    return JSON.stringify(value);
  }
}
