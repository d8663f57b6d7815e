import { join } from "node:path";
import { DEFAULT_TRAINING, LIMITS, whyNotInstanceId, whyNotTrainingName } from "ava-protocol";
import { AvaError } from "../error.js";
import { readJsonFile } from "../params/json-file.js";
import { configPath } from "../workspace/layout.js";
import { type AvaEnvironment, readEnvironment } from "./environment.js";
import type { StorageSettings } from "./storage-address.js";

/** Where a run reports to, and under which names. */
export interface Settings {
  platformUrl: string;
  training: string;
  trainingInsId?: string;
  token?: string;
  /** Where snapshots, models and logs go. */
  storage: StorageSettings;
}

/** What a caller may give; wins over environment, `config/*` files and defaults, in this order. */
export interface SettingOptions {
  platformUrl?: string | undefined;
  training?: string | undefined;
  trainingInsId?: string | undefined;
  token?: string | undefined;
  /** `kodo:BUCKET`, `s3:BUCKET/prefix?endpoint=...` or `file:/path`. */
  storage?: string | undefined;
}

/** Address of the platform when nothing names another one. */
const DEFAULT_PLATFORM_URL = "http://127.0.0.1:5660";

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
    storage: resolveStorage(options.storage, workspace, environment),
  };
}

/** A bucket without a storage means Kodo, as the old platform's containers are set up; nothing at all means a folder of the workspace. */
function resolveStorage(option: string | undefined, workspace: string, environment: AvaEnvironment): StorageSettings {
  const user = readJsonFile(configPath(workspace, "user"));
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const accessKey = environment.accessKey ?? text(user["key"]);
  const secretKey = environment.secretKey ?? text(user["secret"]);
  const bucket = environment.bucket ?? text(user["bucket"]);
  const uid = text(user["uid"]) ?? (typeof user["uid"] === "number" ? String(user["uid"]) : undefined);
  const kodo = accessKey && secretKey && bucket ? `kodo:${bucket}` : undefined;
  const named = option ?? environment.storage ?? kodo;
  return {
    spec: named ?? `file:${join(workspace, "storage")}`,
    isDefault: named === undefined,
    ...(accessKey ? { accessKey } : {}),
    ...(secretKey ? { secretKey } : {}),
    ...(uid ? { uid } : {}),
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
  // As it comes from a shell or a file: the same name in another form is the same training.
  const name = value.normalize("NFC");
  const why = whyNotTrainingName(name);
  if (why === undefined) return name;
  throw new AvaError("TRAINING_INVALID", `${why}; use up to ${LIMITS.trainingNameChars} characters without "/" and control characters`);
}

function checkInstanceId(value: string): string {
  const why = whyNotInstanceId(value);
  if (why === undefined) return value;
  throw new AvaError("INSTANCE_ID_INVALID", why);
}
