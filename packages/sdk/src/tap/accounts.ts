import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where it is looked whether a user has a tracker of his own. */
export interface UserPlace {
  env: NodeJS.ProcessEnv;
  home: string;
  workingFolder: string;
}

/** What names an account, a server or a mode of a tracker. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  wandb: ["WANDB_API_KEY", "WANDB_BASE_URL", "WANDB_IDENTITY_TOKEN_FILE", "WANDB_MODE", "WANDB_DISABLED"],
  mlflow: [
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_TRACKING_TOKEN",
    "DATABRICKS_HOST",
    "DATABRICKS_CONFIG_PROFILE",
  ],
  trackio: ["TRACKIO_SERVER_URL", "TRACKIO_WRITE_TOKEN", "TRACKIO_SPACE_ID", "TRACKIO_BUCKET_ID", "TRACKIO_DIR"],
};

/** Looks for a file that names one. */
const FILES: Readonly<Record<string, (place: UserPlace) => string | undefined>> = { wandb: wandbFile, mlflow: mlflowFile };

const WANDB_SETTING = /^\s*(api_key|base_url|mode|disabled)\s*=/m;

/**
 * @param dialect - name of the tracker
 * @param place - of the user
 * @returns what shows that the user has an account or a server for it; `undefined` where nothing does
 */
export function accountOf(dialect: string, place: UserPlace): string | undefined {
  const variable = VARIABLES[dialect]?.find((name) => place.env[name]);
  return variable ?? FILES[dialect]?.(place);
}

function wandbFile({ env, home, workingFolder }: UserPlace): string | undefined {
  const netrc = [env["NETRC"] ?? "", join(home, ".netrc"), join(home, "_netrc")];
  const settings = [join(env["WANDB_CONFIG_DIR"] ?? join(home, ".config", "wandb"), "settings"), join(workingFolder, "wandb", "settings")];
  return netrc.find((file) => textOf(file).includes("wandb")) ?? settings.find((file) => WANDB_SETTING.test(textOf(file)));
}

function mlflowFile({ home }: UserPlace): string | undefined {
  const file = join(home, ".mlflow", "credentials");
  return existsSync(file) ? file : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // No such file, or not ours to read.
    return "";
  }
}
