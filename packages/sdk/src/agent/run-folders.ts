import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Notices } from "../place/notices/notices.js";
import { readJsonText } from "../place/params/json-file.js";
import { datasetPath, defaultParamsPath, modelPath, type RunLayout } from "../place/workspace/layout.js";
import { makePrivateFolder } from "../place/workspace/make-folder.js";

/** Makes the folders of a run; what cannot be made is told. @param workspace - prepared @param layout - of the run @param notices - to tell */
export function makeRunFolders(workspace: string, layout: RunLayout, notices: Notices): void {
  const datasets = (["train", "val", "test"] as const).map((name) => datasetPath(workspace, name));
  for (const folder of [layout.output, layout.logs, modelPath(workspace), join(workspace, "params"), ...datasets]) {
    try {
      makePrivateFolder(folder);
    } catch (error) {
      notices.tell(`folder ${folder} cannot be made: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}

/**
 * Finds the params of a run: those given, which are written to its folder, those in its folder, or those of the workspace.
 *
 * @param workspace - of the run
 * @param layout - of the run
 * @param given - text of a JSON object
 * @param notices - told what cannot be read or written
 * @returns text of a JSON object
 */
export function paramsTextOf(workspace: string, layout: RunLayout, given: string | undefined, notices: Notices): string {
  if (given !== undefined) {
    writeParams(layout.params, given, notices);
    return given;
  }
  return readParams(existsSync(layout.params) ? layout.params : defaultParamsPath(workspace), notices);
}

function readParams(file: string, notices: Notices): string {
  return readJsonText(file, (reason) => notices.warn(`params are taken as empty: ${file}: ${reason}`)).text;
}

function writeParams(file: string, text: string, notices: Notices): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    notices.warn(`params cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
