import { hostname } from "node:os";
import { DEFAULT_TRAINING, type InstanceFacts, parseJsonText, plainJsonValue } from "ava-protocol";
import { readRank } from "../machine/rank.js";
import { checkIntervalMs, type WatchOptions } from "../machine/system/watch.js";
import { newInstanceId } from "../place/instance-id.js";
import type { Notices } from "../place/notices/notices.js";
import { type JsonObject, readJsonFile } from "../place/params/json-file.js";
import { readParamsFrom } from "../place/params/params.js";
import { maskCommand } from "../place/secrets/mask-secrets.js";
import type { Settings } from "../place/settings/settings.js";
import { absolutePath } from "../place/workspace/find-workspace.js";
import { configPath, type RunLayout, runLayout } from "../place/workspace/layout.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { Recording, rankLabels } from "../record/recording.js";
import type { ArchiveFormat } from "../snapshot/job.js";
import type { RetentionPolicy } from "../snapshot/retention.js";
import { SnapshotQueue } from "../snapshot/snapshot-queue.js";
import { BackgroundThread } from "./background/background.js";
import type { RunParams } from "./params/settle-params.js";
import { makeRunFolders, paramsTextOf } from "./run-folders.js";

/** What is recorded, and where. */
export interface RecordingOptions extends WatchOptions {
  /** Prepared workspace. */
  workspace: string;
  settings: Settings;
  /** Display name of the instance; a wrong one is passed over with a warning. */
  name?: string;
  /** Params of this instance; default those of its folder, or of the workspace. */
  params?: RunParams;
  /** Command line of the run. */
  command: string[];
  /** The command is a child that this process runs; otherwise the training is this process. */
  isChild?: boolean;
  batchOfEpoch?: number;
  notices: Notices;
  /** Told when the platform asks the run to stop. */
  onStop?: (reason: string) => void;
  /** Which stored snapshots are kept. Default all. */
  retention?: RetentionPolicy;
  /** How snapshots are packed. Default `tar.gz`. */
  archiveFormat?: ArchiveFormat;
}

/** A recording that has begun, and the queue of its snapshots. */
export interface StartedRecording {
  recording: Recording;
  /** Params of the instance, text of a JSON object. */
  paramsText: string;
  /** Snapshots on their way to storage and platform. */
  snapshots: SnapshotQueue;
}

/**
 * Starts to record an instance in this process: the one place where journal, background thread and snapshots are wired together. Makes the folders, starts the
 * journal with the facts of the run, and the background thread. Waits for no network.
 *
 * @param options - what is recorded
 * @returns the recording and its snapshots
 */
export function startRecording(options: RecordingOptions): StartedRecording {
  const { workspace, settings, notices } = options;
  const intervalMs = checkIntervalMs(options);
  const instanceId = settings.trainingInsId ?? newInstanceId();
  const layout = runLayout(workspace, instanceId);
  makeRunFolders(workspace, layout, notices);
  const paramsText = paramsTextOf(workspace, layout, options.params?.text, notices);
  if (options.params !== undefined && options.params.from !== "given") readParamsFrom(layout.params);
  const params = plainJsonValue(paramsText, parseJsonText(paramsText)) as JsonObject;
  const rank = readRank();
  const { training } = settings;
  const startTime = new Date().toISOString();

  const journal = new JournalWriter({ folder: layout.journal, instance: instanceId, training, isSelfShipped: true, ...rankLabels(rank) });
  const recorder = new Recorder(journal, { warn: (message) => notices.warn(message) });
  recorder.facts(startFacts(options, Object.keys(params).length === 0 ? undefined : paramsText));
  if (journal.failure) notices.announce(`${journal.failure} (${layout.journal}); this run is not recorded until that is over.`);

  const background = startBackground(options, { instanceId, layout, rank, intervalMs, writer: journal.writer }, () => snapshots);
  const lastMetrics: Record<string, number> | undefined = options.retention?.keepBest === undefined ? undefined : {};
  const snapshots = new SnapshotQueue({
    instanceId,
    folder: layout.snapshots,
    output: layout.output,
    format: options.archiveFormat ?? "tar.gz",
    params,
    trainingRef: () => ({
      ...readJsonFile(configPath(workspace, "trainingspec")),
      training,
      instanceID: instanceId,
      status: "running",
      startTime,
      params,
      paramsText,
      metrics: { ...lastMetrics },
    }),
    onAdded: () => background.snapshotWaits(),
  });
  const recording = new Recording({
    instanceId,
    training,
    rank,
    layout,
    journal,
    recorder,
    background,
    snapshots,
    notices,
    ...(lastMetrics ? { lastMetrics } : {}),
  });
  return { recording, paramsText, snapshots };
}

/** A run as its background thread is told of it. */
interface BackgroundOf {
  instanceId: string;
  layout: RunLayout;
  rank: string | undefined;
  intervalMs: number;
  writer: string;
}

function startBackground(
  options: RecordingOptions,
  { instanceId, layout, rank, intervalMs, writer }: BackgroundOf,
  snapshots: () => SnapshotQueue,
): BackgroundThread {
  const { workspace, settings, notices } = options;
  const { training, platformUrl, storage } = settings;
  const token = settings.token ? { token: settings.token } : {};
  const start = {
    folder: layout.journal,
    writer,
    instance: instanceId,
    platformUrl,
    ...token,
    snapshots: {
      folder: layout.snapshots,
      temporaryFolder: layout.tmp,
      storage,
      platformUrl,
      ...token,
      ...(options.retention ? { retention: options.retention } : {}),
    },
    watch: {
      training,
      startMs: Date.now(),
      workspace,
      workingFolder: absolutePath(),
      intervalMs,
      hasPackages: options.packages ?? false,
      ...rankLabels(rank),
      ...(options.isChild && options.command[0] !== undefined ? { program: options.command[0] } : {}),
    },
  };
  return new BackgroundThread(start, {
    onTrouble: (reason) => {
      const message = `platform ${platformUrl} does not take records (${reason}); they stay in the journal and are sent when it does.`;
      // A reason that names a variable (a token that is missing, another address) does not pass by itself.
      if (/\bAVA_[A-Z_]+/.test(reason)) notices.announce(message);
      else notices.tell(message);
    },
    onRecovered: () => notices.tell(`platform ${platformUrl} takes records again.`),
    onStop: (reason) => options.onStop?.(reason),
    onNotice: (message) => notices.tell(message),
    onWarning: (message) => notices.warn(message),
    onRegistered: ({ id, model, url }) => {
      notices.tell(`model ${model} is stored: ${url}`);
      snapshots().registered(id, { model, url });
    },
    onGivenUp: ({ id, message }) => {
      notices.warn(message);
      snapshots().givenUp(id, message);
    },
  });
}

function startFacts({ settings, name, params, command, batchOfEpoch }: RecordingOptions, paramsText: string | undefined): InstanceFacts {
  return {
    // A run that joins an instance and names no training, no display name and no params leaves the instance those that it has.
    ...(settings.training === DEFAULT_TRAINING ? {} : { training: settings.training }),
    ...(name === undefined ? {} : { name: `${name}`.normalize("NFC") }),
    state: "running",
    ...(paramsText === undefined ? {} : paramsFacts(paramsText, params)),
    startTime: new Date().toISOString(),
    command: maskCommand(command),
    workingFolder: absolutePath(),
    host: hostname(),
    pid: process.pid,
    ...(batchOfEpoch ? { batchOfEpoch } : {}),
  };
}

/** What the platform has for the instance is not told again: it may have changed there meanwhile. */
function paramsFacts(paramsText: string, params: RunParams | undefined): InstanceFacts {
  const { from, paramsRevision } = params ?? { from: "workspace" };
  if (from === "instance") return {};
  return { paramsText, ...(from === "given" ? {} : { paramsFrom: from }), ...(paramsRevision === undefined ? {} : { paramsRevision }) };
}
