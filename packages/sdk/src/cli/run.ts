import { writeSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isatty } from "node:tty";
import { LIMITS, whyNotDisplayName } from "ava-protocol";
import { Command, InvalidArgumentError } from "commander";
import { rulesOfTraining } from "../agent/params/training-rules.js";
import { createParsers } from "../console/parsers/registry.js";
import { AvaError } from "../place/error.js";
import { createNotices } from "../place/notices/notices.js";
import { takeStartVariables } from "../place/settings/environment.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace, prepareWorkspace } from "../place/workspace/find-workspace.js";
import { exitFromTerminal } from "../run/exit.js";
import { readInherited } from "../run/inherited.js";
import { Outlet } from "../run/outlet.js";
import { checkRoom } from "../run/room.js";
import { runCommand } from "../run/run-command.js";
import { openTerminal, type Terminal } from "../run/terminal.js";
import { runUnwatched } from "../run/unwatched.js";
import { DIALECT_NAMES, parseDialects } from "../tap/redirect.js";
import { collect, failUsage, PARSER_HELP, positiveInteger, RULES_HELP } from "./options.js";
import { readRules } from "./rules.js";
import { paramsOfRun, readGivenParams } from "./run-params.js";

interface RunFlags {
  training?: string;
  id?: string;
  name?: string;
  params?: string;
  set: string[];
  parser: string;
  metric: string[];
  rules?: string;
  snapshot: string[];
  dialects: string;
  tensorboard: string[];
  batchOfEpoch?: number;
  workspace?: string;
  platform?: string;
  grace: number;
  stopSignal?: NodeJS.Signals;
  tty?: true;
  quiet?: true;
}

/** Kubernetes and Docker stop within about this time; a training that saves its state on SIGTERM gets most of it. */
const DEFAULT_GRACE_S = 30;
/** Longest wait for a slow reader of our own last words. */
const LAST_WORDS_MS = 500;

/** @returns the command `ava-sdk run` */
export function buildRunCommand(): Command {
  return new Command("run")
    .description("Run a command and record it: its output and exit code stay its own, metrics and log go to the platform.")
    .option("--training <name>", "training that the instance belongs to (AVA_TRAINING, default 'default')")
    .option("--id <id>", "id of the instance: join an existing one, or name the new one (AVA_TRAINING_INS_ID)")
    .option("--name <name>", `display name of the instance, up to ${LIMITS.displayNameChars} characters; need not be unique`)
    .option("--params <file>", "JSON file with the instance's params (default: params/default.json of the workspace)")
    .option("--set <key=value>", "set one param, key dotted, value JSON or text; may be repeated", collect, [])
    .option("--parser <name>", PARSER_HELP, "auto")
    .option("--metric <regex>", "own metrics: named groups, or groups 'name' and 'value'; may be repeated", collect, [])
    .option("--rules <file>", RULES_HELP)
    .option("--snapshot <glob>", "store the files that match as models, whenever they change; may be repeated", collect, [])
    .option(
      "--dialects <name>",
      `record what clients of other trackers log: auto (those for which you have no account or server), none, or names: ${DIALECT_NAMES.join(", ")}`,
      "auto",
    )
    .option(
      "--tensorboard <folder>",
      "read the event files of TensorBoard that the command makes in this folder, beside those that it has open; may be repeated",
      collect,
      [],
    )
    .option("--batch-of-epoch <n>", "batches per epoch, so that steps get an epoch", positiveInteger)
    .option("--workspace <folder>", "workspace (AVA_WORKSPACE, /workspace, ./ava-workspace)")
    .option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)")
    .option(
      "--grace <seconds>",
      "time from SIGINT, SIGTERM, SIGQUIT or a stop by the platform until SIGKILL",
      graceSeconds,
      DEFAULT_GRACE_S,
    )
    .option(
      "--stop-signal <name>",
      "what the command gets when the platform is asked to stop the run, before the grace (default: SIGTERM; SIGINT for Caffe, which saves on it)",
      signalName,
    )
    .option("--tty", "give the command a terminal where ours is one (needs the package @lydell/node-pty)")
    .option("--quiet", "say nothing on stderr but warnings: no link, no word of a run that is not recorded")
    .argument("<command...>", "the command and its arguments, after --")
    .passThroughOptions()
    .action(run);
}

async function run(command: string[], flags: RunFlags): Promise<void> {
  const inherited = readInherited(takeStartVariables());
  const outlets = { stdout: new Outlet(1), stderr: new Outlet(2) };
  const logs: { folder?: string } = {};
  const say = (message: string) => outlets.stderr.write(Buffer.from(`ava-sdk: ${message}\n`));
  const hush = () => undefined;
  const notices = createNotices({
    file: () => logs.folder && join(logs.folder, "ava-sdk.log"),
    showWarning: say,
    showAnnouncement: flags.quiet ? hush : say,
    // A log file that takes the training's stderr is to hold what the training says, and little of ours.
    showNote: isatty(2) && !flags.quiet ? say : hush,
  });
  const warn = (message: string) => notices.warn(message);
  const graceMs = flags.grace * 1000;
  // A fault of ours is not to end the training.
  process.on("uncaughtException", (error) => notices.tell(`a fault of ava-sdk, please report it: ${error.stack ?? error.message}`));
  let terminal: Terminal | undefined;
  const exit = async (exitCode: number) => {
    terminal?.close();
    await Promise.race([outlets.stderr.idle(), wait(LAST_WORDS_MS)]);
    exitFromTerminal(exitCode);
  };
  try {
    const parsers = { parser: flags.parser, metrics: [...flags.metric, ...(flags.rules ? readRules(flags.rules) : [])] };
    createParsers(parsers, { referenceTimeMs: 0 });
    const dialects = parseDialects(flags.dialects);
    const wanted = findWorkspace(flags.workspace);
    const given = readGivenParams(flags.params);
    const name = flags.name === undefined ? {} : { name: displayName(flags.name) };
    const settings = resolveSettings({ training: flags.training, trainingInsId: flags.id, platformUrl: flags.platform }, wanted, warn);
    terminal = flags.tty ? await openTerminal() : undefined;
    checkRoom();
    const workspace = prepareWorkspace(wanted, warn);
    const [params, trainingRules] = await Promise.all([
      paramsOfRun(given, flags.set, workspace, settings, notices),
      rulesOfTraining(workspace, settings, notices),
    ]);
    const { exitCode } = await runCommand(
      {
        command,
        workspace,
        settings,
        parsers: { ...parsers, trainingRules },
        dialects,
        eventFolders: flags.tensorboard.map((folder) => resolve(folder)),
        snapshotPatterns: flags.snapshot,
        graceMs,
        inherited,
        terminal,
        outlets,
        notices,
        onRecording: (folder) => {
          logs.folder = folder;
        },
        ...(flags.stopSignal ? { stopSignal: flags.stopSignal } : {}),
        ...name,
        ...(params === undefined ? {} : { params }),
        ...(flags.batchOfEpoch ? { batchOfEpoch: flags.batchOfEpoch } : {}),
      },
      exitFromTerminal,
    );
    await exit(exitCode);
  } catch (error) {
    const { code, message } = error as AvaError;
    if (error instanceof AvaError && code !== "WORKSPACE_UNWRITABLE") failUsage(message);
    if (!flags.quiet) sayAtOnce(`the command runs, but is not recorded: ${message}`);
    await exit(await runUnwatched(command, { graceMs, inherited, warn }));
  }
}

/** Without a thread, for which there may be no room; nothing runs yet that would have to wait. */
function sayAtOnce(message: string): void {
  try {
    writeSync(2, `ava-sdk: ${message}\n`);
  } catch {
    // The reader is gone, or the disk is full: the command runs all the same.
  }
}

function displayName(text: string): string {
  const name = text.normalize("NFC");
  const why = whyNotDisplayName(name);
  return why === undefined ? name : failUsage(`--name: ${why}`);
}

function graceSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds <= 86_400)) throw new InvalidArgumentError("give seconds, 0 to 86400.");
  return seconds;
}

function signalName(text: string): NodeJS.Signals {
  const name = text.toUpperCase();
  const signal = name.startsWith("SIG") ? name : `SIG${name}`;
  if (Object.hasOwn(constants.signals, signal)) return signal as NodeJS.Signals;
  throw new InvalidArgumentError("give the name of a signal, such as SIGTERM, SIGINT or SIGUSR1.");
}
