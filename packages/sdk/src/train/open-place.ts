import { join } from "node:path";
import { type RunParams, settleParams } from "../agent/params/settle-params.js";
import { rulesOfTraining } from "../agent/params/training-rules.js";
import { createNotices, emitLibraryWarning, type Notices } from "../place/notices/notices.js";
import { readEnvironment } from "../place/settings/environment.js";
import { resolveSettings, type SettingOptions, type Settings } from "../place/settings/settings.js";
import { findWorkspace, prepareWorkspace } from "../place/workspace/find-workspace.js";
import { toParamsText } from "./params-text.js";
import type { TrainInstanceOptions } from "./train-options.js";

/** Where an instance of this process is recorded, and how it speaks. */
export interface OpenedPlace {
  /** Prepared. */
  workspace: string;
  settings: Settings;
  notices: Notices;
  /** Given, or found on the platform. */
  params?: RunParams;
  /** Rules of the training, for callbacks that read console output. */
  rules: readonly string[];
  /** Options that say how it is recorded. */
  recorded: Omit<TrainInstanceOptions, keyof SettingOptions | "workspace" | "params">;
  /** Folder that keeps what is said, once it is known. */
  logs: { folder?: string };
}

/**
 * Finds out where an instance is recorded with which params and rules: waits for the platform as {@link settleParams} and {@link rulesOfTraining} do; params that are given are not asked for.
 *
 * @param options - of the instance
 * @returns where it is recorded
 * @throws AvaError SETTING_INVALID, TRAINING_INVALID, INSTANCE_ID_INVALID for a wrong option
 */
export async function openPlace(options: TrainInstanceOptions): Promise<OpenedPlace> {
  const { workspace: wanted, trainingInsId, training, platformUrl, token, storage, params: given, ...recorded } = options;
  const logs: OpenedPlace["logs"] = {};
  const notices = createNotices({
    file: () => logs.folder && join(logs.folder, "ava-sdk.log"),
    showWarning: emitLibraryWarning,
    ...(process.stderr.isTTY ? { showNote: (message: string) => void process.stderr.write(`ava-sdk: ${message}\n`) } : {}),
  });
  const warn = (message: string): void => notices.warn(message);
  const workspace = prepareWorkspace(findWorkspace(wanted), warn);
  const settings = resolveSettings({ trainingInsId, training, platformUrl, token, storage }, workspace, warn);
  // A parent that records this process's console reads it with the rules.
  const isRead = readEnvironment().consoleOf !== undefined;
  const where = { workspace, settings, notices, recorded, logs };
  const [params, rules] = await Promise.all([
    given === undefined ? settleParams(workspace, settings, notices) : { text: toParamsText(given, warn), from: "given" as const },
    isRead ? [] : rulesOfTraining(workspace, settings, notices),
  ]);
  return { ...where, rules, ...(params === undefined ? {} : { params }) };
}
