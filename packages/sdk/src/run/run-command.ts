import { constants, tmpdir } from "node:os";
import type { EndCause } from "ava-protocol";
import type { RunParams } from "../agent/params/settle-params.js";
import { startRecording } from "../agent/start-recording.js";
import { wordsOfSilent } from "../console/parsers/reader-reports.js";
import { createParsers, type ParserSelection } from "../console/parsers/registry.js";
import { StepCounter } from "../console/step-counter.js";
import type { WatchOptions } from "../machine/system/watch.js";
import { AvaError } from "../place/error.js";
import type { Notices } from "../place/notices/notices.js";
import { childEnvironment } from "../place/settings/environment.js";
import type { Settings } from "../place/settings/settings.js";
import { storageFolder } from "../place/settings/storage-address.js";
import { noteWatched } from "../record/watched.js";
import { type ChildExit, launchChild, type PipedChild } from "./child.js";
import type { CrashCause } from "./crash-cause.js";
import { firstEpochIn } from "./first-epoch.js";
import type { Inherited } from "./inherited.js";
import { openTap, type TappedRun } from "./open-tap.js";
import type { Outlet } from "./outlet.js";
import { passThrough } from "./pass-through.js";
import { RunSnapshots } from "./run-snapshots.js";
import { SignalForwarder, type StoppedBy } from "./signals.js";
import { StreamRecorder } from "./stream-recorder.js";
import type { Terminal } from "./terminal.js";

/** What to run and how to record it. */
export interface RunOptions extends WatchOptions {
  command: readonly string[];
  /** Prepared workspace. */
  workspace: string;
  settings: Settings;
  /** Display name of the instance. */
  name?: string;
  params?: RunParams;
  parsers: ParserSelection;
  dialects?: NonNullable<TappedRun["dialects"]>;
  eventFolders?: NonNullable<TappedRun["eventFolders"]>;
  batchOfEpoch?: number;
  /** `--snapshot` globs: files that match are stored as models. */
  snapshotPatterns?: readonly string[];
  /** What the child gets when the platform is asked to stop the run; default what its trainer saves on. */
  stopSignal?: NodeJS.Signals;
  /** From a signal that asks the child to end until it is killed. */
  graceMs: number;
  /** What we were started with. */
  inherited?: Inherited | undefined;
  /** Gives the command a terminal of its own. */
  terminal?: Terminal | undefined;
  /** Where the command's output goes. */
  outlets: Outlets;
  notices: Notices;
  /** Told where the run's logs lie, once that is known. */
  onRecording?: (logsFolder: string) => void;
}

/** Our stdout and stderr. */
export interface Outlets {
  stdout: Outlet;
  stderr: Outlet;
}

/** How a run ended. */
export interface RunResult {
  instanceId: string;
  /** The child's exit code, 128 + n for a signal; 127 or 126 when it could not be started. */
  exitCode: number;
  signal?: NodeJS.Signals;
  /** Everything recorded has reached the platform. */
  isShipped: boolean;
}

/** For a SIGKILL that is not ours. */
const KILLED = "killed by SIGKILL from outside, as the kernel does when memory runs out";

/** Longest wait for the platform after the child's end; what is unsent then stays in the journal. */
const LAST_SHIPPING_MS = 10_000;
/** The same where the command could not be started for want of descriptors or memory, and is tried again without us. */
const NO_START_MS = 500;

/**
 * Runs a command, hands its output on as it comes and records it. What goes wrong on our side does not stop the command.
 *
 * @param options - what to run
 * @param onLateSignal - a signal asks us to end while only the shipping is left; gets the child's exit code
 * @returns how it ended, also when it could not be started
 * @throws AvaError PARSER_UNKNOWN, METRIC_REGEX_INVALID; any other error: nothing was started either, and it can be without us
 */
export async function runCommand(options: RunOptions, onLateSignal: (exitCode: number) => void): Promise<RunResult> {
  const { settings, notices } = options;
  const shared = new Map<string, object>();
  const newParsers = () => {
    const facts = { referenceTimeMs: Date.now(), shared, ...(options.batchOfEpoch ? { batchOfEpoch: options.batchOfEpoch } : {}) };
    return createParsers(options.parsers, facts);
  };
  const [outParsers, errParsers] = [newParsers(), newParsers()];
  const signals = new SignalForwarder(options.graceMs, options.inherited?.ignoredSignals);
  const {
    recording,
    paramsText,
    snapshots: queue,
  } = startRecording({
    ...options,
    command: [...options.command],
    isChild: true,
    onStop: (reason) => {
      recording.recorder.event({ event: "stop", message: reason });
      notices.tell(`the platform asks to stop this run: ${reason}`);
      signals.stopForPlatform(options.stopSignal ?? stopSignalOf(out.framework ?? err.framework));
    },
  });
  const { recorder, instanceId } = recording;
  options.onRecording?.(recording.layout.logs);
  notices.announce(`instance ${instanceId}, ${settings.platformUrl}/instances/${encodeURIComponent(instanceId)}`);

  const tellWithRun = (message: string) => {
    notices.warn(message);
    recorder.event({ event: "notice", message });
  };
  const onProblem = (problem: { parser: string; line: number; message: string }) =>
    tellWithRun(`parser ${problem.parser} is off from line ${problem.line} on: ${problem.message}`);
  const storage = storageFolder(settings.storage);
  const snapshots = new RunSnapshots(
    queue,
    {
      patterns: options.snapshotPatterns ?? [],
      shouldTakeNamed: !settings.storage.isDefault,
      ownFolders: [recording.layout.base, ...(storage === undefined ? [] : [storage])],
      output: recording.layout.output,
      ...(options.batchOfEpoch ? { batchOfEpoch: options.batchOfEpoch } : {}),
    },
    notices,
    (snapshot) => void recorder.event({ event: "snapshot", ...snapshot }),
  );
  const counter = new StepCounter(options.batchOfEpoch, firstEpochIn(recording.layout.firstEpoch));
  const out = new StreamRecorder("stdout", recorder, outParsers, onProblem, snapshots, counter);
  const err = new StreamRecorder("stderr", recorder, errParsers, onProblem, snapshots, counter);
  const tap = await openTap(options, instanceId, paramsText, () => {
    for (const stream of [out, err]) stream.labelAsConsole();
  });
  let forget: () => void = () => undefined;
  let end: EndCause;
  let exit: ChildExit;
  try {
    await snapshots.ready();
    const how = {
      env: environmentOfChild(options, instanceId, tap?.variables),
      inherited: options.inherited,
      pipeFolders: [tmpdir(), recording.layout.base],
    };
    const child = options.terminal ? options.terminal.launch(options.command, how) : await launchChild(options.command, how).started;
    signals.attach(child);
    forget = noteWatched(recording.layout.base, settings.training, child.pid);
    exit = await follow(child, options, out, err);
    for (const rule of out.silentRules.filter((one) => err.silentRules.includes(one))) tellWithRun(wordsOfSilent(rule));
    end = endCause(
      exit,
      signals.stoppedBy,
      err.fatal ?? out.fatal ?? (exit.exitCode === 0 ? undefined : messageOf(exit, signals.stoppedBy, err.crashCause(), out.crashCause())),
    );
  } catch (error) {
    if (!(error instanceof AvaError)) {
      signals.close();
      await recording.finish({ state: "failed", end: { message: `not recorded: ${(error as Error).message}` } }, NO_START_MS);
      throw error;
    }
    notices.warn(error.message);
    exit = { exitCode: error.code === "COMMAND_NOT_FOUND" ? 127 : 126 };
    end = { ...exit, message: error.message, stoppedBy: "self" };
  }
  // The first signal ends the last look, the next one the shipping.
  await snapshots.close(new Promise((hurry) => signals.childEnded(hurry)));
  signals.childEnded(() => onLateSignal(exit.exitCode));
  const shipping = recording.finish({ state: exit.exitCode === 0 ? "done" : "failed", end }, LAST_SHIPPING_MS);
  // The end is in the journal.
  forget();
  const [shipped, tapped] = await Promise.all([shipping, tap?.end(Date.now() + LAST_SHIPPING_MS)]);
  signals.close();
  return { instanceId, ...exit, isShipped: shipped.isComplete && tapped !== false };
}

async function follow(child: PipedChild, { outlets, notices }: RunOptions, out: StreamRecorder, err: StreamRecorder): Promise<ChildExit> {
  const ends = await Promise.all([
    passThrough(child.stdout, outlets.stdout, (chunk) => out.write(chunk), child.exited),
    child.stderr && passThrough(child.stderr, outlets.stderr, (chunk) => err.write(chunk), child.exited),
  ]);
  if (ends.includes("held")) {
    notices.announce("processes that the command left behind go on; what they print is passed on, but no longer recorded");
  }
  for (const [name, { droppedBytes, failure }] of Object.entries(outlets) as [string, Outlet][]) {
    if (droppedBytes > 0)
      notices.warn(`${name} could not be written (${failure}): ${droppedBytes} bytes are missing there; they are recorded`);
  }
  for (const stream of [out, err]) stream.end();
  return child.exited;
}

function environmentOfChild({ workspace, settings }: RunOptions, trainingInsId: string, more?: Record<string, string>): NodeJS.ProcessEnv {
  const { training, platformUrl } = settings;
  // Python keeps the output of a pipe back for kilobytes; metrics would come late and be lost with the process.
  return { PYTHONUNBUFFERED: "1", ...process.env, ...more, ...childEnvironment({ workspace, platformUrl, training, trainingInsId }) };
}

/** The signal on which a trainer saves its state: BVLC Caffe takes a snapshot on SIGINT, and ends at once on SIGTERM. */
function stopSignalOf(framework: string | undefined): NodeJS.Signals {
  return framework === "caffe" ? "SIGINT" : "SIGTERM";
}

/** What is told on stderr before what is told on stdout, and either before the mere last line. */
function messageOf(exit: ChildExit, stoppedBy: StoppedBy | undefined, err?: CrashCause, out?: CrashCause): string | undefined {
  const said = (err?.isTold ? err : undefined) ?? (out?.isTold ? out : undefined);
  const isKilled = exit.exitCode === 128 + constants.signals.SIGKILL && stoppedBy === undefined;
  return [isKilled ? KILLED : undefined, (said ?? (isKilled ? undefined : (err ?? out)))?.message].filter(Boolean).join("; ") || undefined;
}

function endCause({ exitCode, signal }: ChildExit, stoppedBy: EndCause["stoppedBy"] | undefined, message: string | undefined): EndCause {
  return { exitCode, stoppedBy: stoppedBy ?? "self", ...(signal ? { signal } : {}), ...(message ? { message } : {}) };
}
