import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { DEFAULT_TRAINING, type TrainingRules } from "ava-protocol";
import { createParsers } from "../../console/parsers/registry.js";
import type { AvaError } from "../../place/error.js";
import type { Notices } from "../../place/notices/notices.js";
import type { Settings } from "../../place/settings/settings.js";
import { fetchedLayout } from "../../place/workspace/layout.js";
import { makePrivateFolder } from "../../place/workspace/make-folder.js";
import { replaceFile } from "../../place/workspace/replace-file.js";
import { askAtStart } from "./ask-params.js";

/**
 * Finds the rules that the platform has for a training: asked is only for a named one, and for two seconds at most, beside the params; with the platform away they are those that were fetched last.
 *
 * @param workspace - prepared
 * @param settings - of the run
 * @param notices - told of them
 * @returns regexes as of `--metric`, each of which this version understands
 */
export async function rulesOfTraining(workspace: string, settings: Settings, notices: Notices): Promise<string[]> {
  const { training } = settings;
  if (training === DEFAULT_TRAINING) return [];
  const file = fetchedLayout(workspace, training).rules;
  let rules: readonly string[];
  try {
    rules = (await askAtStart<TrainingRules>(`/v1/trainings/${encodeURIComponent(training)}/rules`, settings))?.rules ?? [];
    keep(file, rules, notices);
    if (rules.length > 0) notices.tell(`rules: ${rules.length} of ${training}`);
  } catch (error) {
    rules = lastKept(file);
    const why = `the platform cannot be asked for rules (${(error as Error).message})`;
    if (rules.length > 0) notices.announce(`${why}; used are ${rules.length} of ${training}, fetched before`);
  }
  return rules.filter((rule) => isUnderstood(rule, notices));
}

function isUnderstood(rule: string, notices: Notices): boolean {
  try {
    createParsers({ parser: "none", metrics: [rule] }, { referenceTimeMs: 0 });
    return true;
  } catch (error) {
    notices.warn(`a rule of the training is left out: ${(error as AvaError).message}`);
    return false;
  }
}

function keep(file: string, rules: readonly string[], notices: Notices): void {
  if (JSON.stringify(lastKept(file)) === JSON.stringify(rules)) return;
  try {
    makePrivateFolder(dirname(file));
    replaceFile(file, `${JSON.stringify(rules)}\n`);
  } catch (error) {
    notices.warn(`rules of the training cannot be kept in ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function lastKept(file: string): string[] {
  try {
    const rules: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(rules) ? rules.filter((rule) => typeof rule === "string") : [];
  } catch {
    // Never fetched, or damaged by hand: there are none.
    return [];
  }
}
