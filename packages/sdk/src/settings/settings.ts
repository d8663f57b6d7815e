import { ID_PATTERN } from "ava-protocol";
import { AvaError } from "../error.js";
import { readJsonFile } from "../params/json-file.js";
import { configPath } from "../workspace/layout.js";
import { type AvaEnvironment, readEnvironment } from "./environment.js";

/** Where a run reports to, and under which names. */
export interface Settings {
  platformUrl: string;
  training: string;
  trainingInsId?: string;
  token?: string;
}

/** What a caller may give; wins over environment, `config/*` files and defaults, in this order. */
export interface SettingOptions {
  platformUrl?: string | undefined;
  training?: string | undefined;
  trainingInsId?: string | undefined;
  token?: string | undefined;
}

/** Address of the platform when nothing names another one. */
export const DEFAULT_PLATFORM_URL = "http://127.0.0.1:5660";

/** Name of the training when nothing names another one. */
export const DEFAULT_TRAINING = "default";

/**
 * Merges the settings of a run: option, then environment, then `config/*`, then default. A wrong option throws; a wrong value in the
 * environment or in a file is reported and passed over, since it must not stop a training.
 *
 * @param options - what the caller gave
 * @param workspace - path of the workspace, for its `config/` files
 * @param warn - told about each value that was passed over
 * @param environment - default: the process environment
 * @returns complete settings
 * @throws AvaError SETTING_INVALID, TRAINING_INVALID, INSTANCE_ID_INVALID for a wrong option
 */
export function resolveSettings(
  options: SettingOptions,
  workspace: string,
  warn: (message: string) => void,
  environment: AvaEnvironment = readEnvironment(),
): Settings {
  const worker = readJsonFile(configPath(workspace, "worker"));
  const spec = readJsonFile(configPath(workspace, "trainingspec"));
  const pick = (name: string, option: string | undefined, others: [source: string, value: unknown][], check: (value: string) => string) => {
    if (option !== undefined) return check(option);
    for (const [source, value] of others) {
      if (typeof value !== "string" || value === "") continue;
      try {
        return check(value);
      } catch (error) {
        warn(`${name} from ${source} is passed over: ${(error as Error).message}`);
      }
    }
    return undefined;
  };
  const id = pick("instance id", options.trainingInsId, [["AVA_TRAINING_INS_ID", environment.trainingInsId]], checkInstanceId);
  const token = options.token ?? environment.token;
  return {
    platformUrl:
      pick(
        "platform URL",
        options.platformUrl,
        [
          ["AVA_PLATFORM_URL", environment.platformUrl],
          ["config/worker", worker["atnet_apiserver_host"]],
        ],
        checkPlatformUrl,
      ) ?? DEFAULT_PLATFORM_URL,
    training:
      pick(
        "training",
        options.training,
        [
          ["AVA_TRAINING", environment.training],
          ["config/trainingspec", spec["name"]],
        ],
        checkTraining,
      ) ?? DEFAULT_TRAINING,
    ...(id === undefined ? {} : { trainingInsId: id }),
    ...(token === undefined ? {} : { token }),
  };
}

function checkPlatformUrl(value: string): string {
  const text = value.includes("://") ? value : `http://${value}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new AvaError("SETTING_INVALID", `'${value}' is not a URL; give one like ${DEFAULT_PLATFORM_URL}`, { cause });
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new AvaError("SETTING_INVALID", `'${value}' is not an http or https URL; give one like ${DEFAULT_PLATFORM_URL}`);
  }
  return text.replace(/\/+$/, "");
}

function checkTraining(value: string): string {
  if (ID_PATTERN.test(value)) return value;
  throw new AvaError(
    "TRAINING_INVALID",
    `training name '${value}': use up to 128 letters, digits and . _ : @ + -, starting with a letter or digit`,
  );
}

function checkInstanceId(value: string): string {
  if (ID_PATTERN.test(value)) return value;
  throw new AvaError(
    "INSTANCE_ID_INVALID",
    `instance id '${value}': use up to 128 letters, digits and . _ : @ + -, starting with a letter or digit`,
  );
}
