import { statSync } from "node:fs";
import { resolve } from "node:path";
import { whyNotTrainingName } from "ava-protocol";
import { Command, Option } from "commander";
import { type SyncedRun, syncRun } from "../agent/sync.js";
import { csvSource } from "../import/csv/csv-source.js";
import { type ImportedRun, importRun, UNREAD } from "../import/import-run.js";
import { whyLoggedBefore } from "../import/logged-before.js";
import { mlflowSource } from "../import/mlflow/mlflow-source.js";
import type { ImportSource } from "../import/source.js";
import { tensorboardSource } from "../import/tensorboard/tensorboard-source.js";
import { wandbSource } from "../import/wandb/wandb-source.js";
import { AvaError } from "../place/error.js";
import { resolveSettings, type Settings } from "../place/settings/settings.js";
import { findWorkspace, prepareWorkspace } from "../place/workspace/find-workspace.js";
import { failUsage } from "./options.js";
import { failing } from "./platform-client.js";
import { createProgressLine } from "./progress-line.js";

interface ImportFlags {
  training?: string;
  separate?: true;
  workspace?: string;
  platform?: string;
  json?: true;
}

type OpenSource = (path: string, flags: ImportFlags, settings: Settings, warn: (message: string) => void) => ImportSource;

/** What can be imported, by the name of the subcommand. */
const SOURCES: Readonly<Record<string, { path: string; what: string; open: OpenSource }>> = {
  tensorboard: {
    path: "logdir",
    what: "event files of TensorBoard: each folder is an instance, with `train`, `validation` and what add_scalars writes as parts of one",
    open: (path, { training, separate }, settings) =>
      tensorboardSource(path, { training: training ?? settings.training, isSeparate: separate ?? false }),
  },
  mlflow: {
    path: "mlruns",
    what: "an mlruns folder of MLflow's file store, one of its experiments, or one run; an experiment is a training",
    open: (path, { training }, _, warn) => mlflowSource(path, { warn, ...(training === undefined ? {} : { training }) }),
  },
  wandb: {
    path: "folder",
    what: "offline runs of wandb: a folder with files run-<id>.wandb in it or below, or one such file; a project is a training",
    open: (path, { training }, _, warn) => wandbSource(path, { warn, ...(training === undefined ? {} : { training }) }),
  },
  csv: {
    path: "file",
    what: "a table: the column step is the step, timestamp the time, each other column a metric",
    open: (path, { training }, settings) => csvSource(path, training ?? settings.training),
  },
};

/** @returns the command `ava-sdk import` */
export function buildImportCommand(): Command {
  const command = new Command("import").description(
    "Bring runs of other trackers: once more is nothing new, and what has grown since is added.",
  );
  for (const [name, { path, what, open }] of Object.entries(SOURCES)) {
    const one = new Command(name)
      .description(what)
      .argument(`<${path}>`, "what to import")
      .option("--training <name>", "training of the instances")
      .option("--workspace <folder>", "workspace (AVA_WORKSPACE, /workspace, ./ava-workspace)")
      .option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)")
      .option("--json", "print one JSON object an instance")
      .action((from: string, flags: ImportFlags) => failing(() => importAll(resolve(from), flags, open)));
    if (name === "tensorboard") one.addOption(new Option("--separate", "every folder is an instance, as in TensorBoard"));
    command.addCommand(one);
  }
  return command;
}

async function importAll(path: string, flags: ImportFlags, open: OpenSource): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })) failUsage(`${path}: there is no such file or folder`);
  if (flags.training !== undefined) {
    const why = whyNotTrainingName(flags.training);
    if (why !== undefined) failUsage(`--training: ${why}`);
  }
  const warn = (message: string) => void process.stderr.write(`ava-sdk: ${message}\n`);
  const wanted = findWorkspace(flags.workspace);
  const settings = orUsage(() => resolveSettings({ platformUrl: flags.platform }, wanted, warn));
  const source = orUsage(() =>
    open(path, flags, settings, (message) => {
      warn(message);
      process.exitCode = 1;
    }),
  );
  if (source.runs.length === 0) failUsage(`${path}: nothing to import is there`);
  const workspace = prepareWorkspace(wanted, warn);
  const progress = createProgressLine();
  let readBytes = 0;
  let [isPlatformAway, hasUnsent] = [false, false];
  for (const run of source.runs) {
    const why = await whyLoggedBefore(run, settings);
    if (why !== undefined) {
      progress.clear();
      warn(`${run.key.run} is left out: ${why}`);
      process.exitCode = 1;
      continue;
    }
    const imported = await importRun(run, workspace, (bytes) => {
      readBytes += bytes;
      progress.tell(readBytes, source.totalBytes);
    });
    const sent: SyncedRun | undefined = isPlatformAway ? undefined : await syncRun(imported.folder, settings, imported.writers);
    progress.clear();
    isPlatformAway ||= sent?.isPlatformAway ?? false;
    const { isComplete, records } = sent ?? { isComplete: false, records: 0 };
    process.stdout.write(`${(flags.json ? jsonOf : describe)(imported, records, isComplete)}\n`);
    hasUnsent ||= !isComplete;
    if (!isComplete || imported.passedOver.has(UNREAD)) process.exitCode = 1;
    if (sent && !isComplete) warn(`${imported.id} could not be sent whole: ${sent.reason}`);
  }
  if (hasUnsent) warn(`what is left is in ${workspace}/run; send it with: ava-sdk sync. Platform: ${settings.platformUrl}`);
}

/** What the command line, or a file that it names, has wrong ends the process. */
function orUsage<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof AvaError) failUsage(error.message);
    throw error;
  }
}

function jsonOf({ id, training, name, points, files, passedOver }: ImportedRun, newRecords: number, isComplete: boolean): string {
  return JSON.stringify({ id, training, name, points, files, newRecords, isComplete, passedOver: Object.fromEntries(passedOver) });
}

function describe({ id, name, points, files, passedOver }: ImportedRun, newRecords: number, isComplete: boolean): string {
  const notes = [
    `${points} points`,
    files > 0 ? `${files} files` : "",
    newRecords > 0 ? `${newRecords} new records` : isComplete ? "nothing new" : "not sent yet",
    ...[...passedOver].map(([kind, count]) => `not kept: ${count} ${kind}`),
  ].filter(Boolean);
  return `${id} (${name}): ${notes.join(", ")}`;
}
