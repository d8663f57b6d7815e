import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { mlflowDialect, wandbDialect } from "ava-dialects";
import { expect, test } from "vitest";
import { chooseRedirects, newToken, parseDialects, redirectVariables } from "./redirect.js";

/** A user with some variables and files, in an empty folder. */
function user(env: NodeJS.ProcessEnv = {}, files: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), "ava-home-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return { env, home, workingFolder: join(home, "work") };
}

function chosen(wanted: string, command: string[], place: ReturnType<typeof user>): string {
  return chooseRedirects(parseDialects(wanted), command, place)
    .dialects.map(({ name }) => name)
    .join();
}

const train = ["python", "train.py"];

test("auto redirects the clients of a user without accounts, and none where names say so", () => {
  expect(chosen("auto", train, user({ PATH: "/bin", WANDB_PROJECT: "p" }))).toBe("mlflow,wandb,trackio");
  expect(chosen("none", train, user())).toBe("");
  expect(chosen("wandb", ["srun", ...train], user({ WANDB_API_KEY: "key" }))).toBe("wandb");
  expect(() => parseDialects("wandb,neptune")).toThrow('"neptune" is not one of auto, none, mlflow, wandb');
});

test.each([
  [{ WANDB_API_KEY: "key" }, {}, "mlflow,trackio"],
  [{ WANDB_MODE: "offline" }, {}, "mlflow,trackio"],
  [{ WANDB_BASE_URL: "https://wandb.example" }, {}, "mlflow,trackio"],
  [{ MLFLOW_TRACKING_URI: "http://mlflow.example" }, {}, "wandb,trackio"],
  [{ DATABRICKS_HOST: "https://x" }, {}, "wandb,trackio"],
  [{}, { ".netrc": "machine api.wandb.ai\n  login user\n  password key\n" }, "mlflow,trackio"],
  [{}, { ".netrc": "machine example.org login user password word\n" }, "mlflow,wandb,trackio"],
  [{}, { ".config/wandb/settings": "[default]\nbase_url = https://wandb.example\n" }, "mlflow,trackio"],
  [{}, { "work/wandb/settings": "[default]\nmode = offline\n" }, "mlflow,trackio"],
  [{ TRACKIO_SPACE_ID: "me/space" }, {}, "mlflow,wandb"],
  [{}, { ".mlflow/credentials": "[mlflow]\n" }, "wandb,trackio"],
])("auto with %o and %o redirects %s, and says how to have the rest", (env, files, names) => {
  const place = user(env, files);
  expect(chosen("auto", train, place)).toBe(names);
  const { notes } = chooseRedirects("auto", train, place);
  expect(notes.map((note) => /--dialects (\w+)$/.exec(note)?.[1])).toEqual(
    ["mlflow", "wandb", "trackio"].filter((name) => !names.split(",").includes(name)),
  );
});

test.each([
  [["srun", "-n", "8", "python", "train.py"], {}],
  [["/usr/bin/mpirun", "python", "train.py"], {}],
  [["sh", "-c", "cd x && docker run image python train.py"], {}],
  [["sudo", "unshare", "-n", "python", "train.py"], {}],
  [train, { SLURM_JOB_NUM_NODES: "2" }],
  [train, { PBS_NODEFILE: "/var/spool/nodes" }],
])("auto redirects nothing where processes may run elsewhere: %o %o", (command, env) => {
  expect(chosen("auto", command, user(env))).toBe("");
  expect(chooseRedirects("auto", command, user(env)).notes).toEqual([expect.stringContaining("--dialects mlflow,wandb")]);
});

test("one host of a scheduler is this host", () => {
  expect(chosen("auto", train, user({ SLURM_JOB_NUM_NODES: "1" }))).toBe("mlflow,wandb,trackio");
});

test("what the user has set stays; with a key of his own the address carries the token", () => {
  const token = newToken();
  expect(token).toMatch(/^[a-z0-9]{40}$/);
  const origin = "http://127.0.0.1:7";
  expect(redirectVariables([mlflowDialect, wandbDialect], origin, token, {})).toEqual({
    MLFLOW_TRACKING_URI: `${origin}/mlflow`,
    MLFLOW_TRACKING_TOKEN: token,
    WANDB_BASE_URL: `${origin}/wandb`,
    WANDB_API_KEY: token,
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
  });
  expect(redirectVariables([wandbDialect], origin, token, { WANDB_API_KEY: "own", no_proxy: "a,b" })).toEqual({
    WANDB_BASE_URL: `${origin}/${token}/wandb`,
    NO_PROXY: "a,b,127.0.0.1",
    no_proxy: "a,b,127.0.0.1",
  });
});
