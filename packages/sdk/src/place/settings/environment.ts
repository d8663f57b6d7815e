/** The environment variables that the SDK knows; this file is the only one that reads them. */
export interface AvaEnvironment {
  workspace?: string;
  platformUrl?: string;
  training?: string;
  trainingInsId?: string;
  accessKey?: string;
  secretKey?: string;
  bucket?: string;
  storage?: string;
  token?: string;
  /** Id of the instance whose log gets what this process writes to stdout and stderr. */
  consoleOf?: string;
}

const VARIABLES: Readonly<Record<keyof AvaEnvironment, string>> = {
  workspace: "AVA_WORKSPACE",
  platformUrl: "AVA_PLATFORM_URL",
  training: "AVA_TRAINING",
  trainingInsId: "AVA_TRAINING_INS_ID",
  accessKey: "AVA_ACCESS_KEY",
  secretKey: "AVA_SECRET_KEY",
  bucket: "AVA_BUCKET",
  storage: "AVA_STORAGE",
  token: "AVA_TOKEN",
  consoleOf: "AVA_CONSOLE",
};

/**
 * Reads the `AVA_*` variables; an empty one counts as absent.
 *
 * @param env - the process environment
 * @returns what is set
 */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): AvaEnvironment {
  const found: AvaEnvironment = {};
  for (const [key, variable] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value) found[key as keyof AvaEnvironment] = value;
  }
  return found;
}

/** What the launcher of `ava-sdk` noted before Node.js ran; see `run/inherited.ts`. */
export interface StartVariables {
  start?: string;
  odd?: string;
}

/**
 * Takes the launcher's notes out of the environment: they are for this process alone.
 *
 * @param env - the process environment
 * @returns what was noted
 */
export function takeStartVariables(env: NodeJS.ProcessEnv = process.env): StartVariables {
  const { AVA_SDK_START: start, AVA_SDK_VARIABLES: odd } = env;
  delete env["AVA_SDK_START"];
  delete env["AVA_SDK_VARIABLES"];
  return { ...(start ? { start } : {}), ...(odd ? { odd } : {}) };
}

/**
 * The name that the platform's containers give their job: `a-b-<job id>[-...]`.
 *
 * @param env - the process environment
 * @returns `JOB_NAME`, empty where it is not set
 */
export function readJobName(env: NodeJS.ProcessEnv = process.env): string {
  return env["JOB_NAME"] ?? "";
}

/**
 * The variables that let a child process, whose console its parent records, join the instance of its parent.
 *
 * @param facts - what the child is to find
 * @returns variables to add to the child's environment
 */
export function childEnvironment(
  facts: Pick<AvaEnvironment, "workspace" | "platformUrl" | "training" | "trainingInsId">,
): Record<string, string> {
  const told: AvaEnvironment = { ...facts, ...(facts.trainingInsId === undefined ? {} : { consoleOf: facts.trainingInsId }) };
  return Object.fromEntries(Object.entries(told).map(([key, value]) => [VARIABLES[key as keyof AvaEnvironment], value as string]));
}

/** Where requests go through, in the variables that curl and other programs read. */
export interface ProxyVariables {
  /** Proxy for http. */
  httpProxy?: string;
  /** Proxy for https. */
  httpsProxy?: string;
  /** Hosts that are reached without a proxy. */
  noProxy?: string;
}

/**
 * Reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`; the names in small letters come first, an empty one counts as absent.
 *
 * @param env - the process environment
 * @returns what is set
 */
export function readProxyVariables(env: NodeJS.ProcessEnv = process.env): ProxyVariables {
  const httpProxy = env["http_proxy"] || env["HTTP_PROXY"];
  const httpsProxy = env["https_proxy"] || env["HTTPS_PROXY"];
  const noProxy = env["no_proxy"] || env["NO_PROXY"];
  return { ...(httpProxy && { httpProxy }), ...(httpsProxy && { httpsProxy }), ...(noProxy && { noProxy }) };
}
