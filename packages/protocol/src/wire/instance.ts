import type { Labels } from "../series-key.js";
import type { WireNumber } from "./number.js";

/** State of an instance; `lost` is derived: running without a heartbeat for longer than the platform waits. */
export type InstanceState = "running" | "done" | "failed" | "lost";

/** Why and how an instance ended. */
export interface EndCause {
  /** Exit code of the command, 128 + n for a signal. */
  exitCode?: number;
  /** Name of the signal that ended the command: `SIGKILL`. */
  signal?: string;
  /** What the run said last about its end: an error message, a FATAL line. */
  message?: string;
  /** What stopped it: itself, a person's signal to our process, the platform's stop request, or our hard kill after the grace. */
  stoppedBy?: "self" | "signal" | "platform" | "grace";
}

/** Code that a run was started from, where its working folder lies in a git repository. */
export interface GitFacts {
  /** Full hash; absent before the first commit. */
  commit?: string;
  /** Absent when HEAD is detached. */
  branch?: string;
  /** Files that git tracks differ from the commit. */
  isDirty?: boolean;
  /** What differs, as `git diff HEAD` prints it. */
  diff?: string;
  /** The diff was longer: the rest is missing. */
  isDiffTruncated?: boolean;
}

/** Machine and software that a run uses; absent where they could not be found out. */
export interface EnvironmentFacts {
  git?: GitFacts;
  /** Versions of the interpreters that run the training. */
  runtime?: { node?: string; python?: string };
  /** Installed packages with their versions, where they were asked for. */
  packages?: Record<string, string>;
  /** Name, release and architecture: `Linux 6.1.0 x64`. */
  os?: string;
  /** Cores that the run may use, a quota of its container counted in; may be a fraction. */
  cpus?: number;
  /** Memory that the run may use: of its container, or of the host. */
  memoryBytes?: number;
  /** Names of the GPUs in order of their index. */
  gpus?: string[];
}

/** The client of another tracker that logs a run, and how far it was taken. */
export interface ClientFacts {
  /** Which tracker's: `mlflow`, `wandb`. */
  dialect: string;
  /** Its own name of the run, where it gave one. */
  run?: string;
  /** The line that comes next, by stream of the client. */
  next?: Record<string, number>;
  /** Print of the lines of output that came last. */
  lastLines?: string;
  /** What was understood and not kept, by kind, and not told by an event yet. */
  passedOver?: Record<string, number>;
  /** The client has hidden it. */
  isHidden?: boolean;
}

/** Facts of an instance that a writer records and a client may PUT; absent fields stay as they are. */
export interface InstanceFacts extends EnvironmentFacts {
  training?: string;
  /** Display name; need not be unique. */
  name?: string;
  /** Words of people, to find it by; all of them together. */
  tags?: string[];
  /** What a person wrote about it. */
  note?: string;
  state?: Exclude<InstanceState, "lost">;
  /** Params as an object, for a client that has no text of them; `paramsText` wins. */
  params?: Record<string, unknown>;
  /** Params as they were written: the text of a JSON object, with `NaN`, `Infinity` and `-Infinity` as Python writes them. No digit of it is changed. */
  paramsText?: string;
  /** Revision of its training's params that the run was started with; params that were set for the run alone may differ from it. */
  paramsRevision?: number;
  /**
   * Where the run found its params, when they were not given to it: the instance keeps those that it was given before. A file of its workspace, or the
   * params of its training.
   */
  paramsFrom?: "workspace" | "training";
  /** SHA-256 (hexadecimal) of the params text that `paramsText` adds to: another process of the run tells that text, and may come later. */
  paramsBaseSum?: string;
  /** RFC 3339. */
  startTime?: string;
  /** RFC 3339. */
  stopTime?: string;
  end?: EndCause;
  command?: string[];
  workingFolder?: string;
  host?: string;
  pid?: number;
  /** Batches per epoch, where the run knows it. */
  batchOfEpoch?: number;
  /** Instance of the command that logged this run beside it, by another tracker's client. */
  mainInstance?: string;
  /** Instances of the other runs that the command logged, the first `LIMITS.furtherInstances` of them. */
  furtherInstances?: string[];
  /** Set by the platform for a run that a client of another tracker logs to it. */
  client?: ClientFacts;
}

/** Summary of one series; times in nanoseconds since 1970 as decimal strings (they do not fit a float64). */
export interface SeriesSummary {
  name: string;
  labels: Labels;
  count: number;
  last: WireNumber;
  min: WireNumber;
  max: WireNumber;
  firstStep: number;
  lastStep: number;
  firstTimeNs: string;
  lastTimeNs: string;
}

/** A journal event as the platform shows it; `notice` is a word about how the run is recorded, `store_damaged` is of the platform itself: records that it had acknowledged are lost. */
export interface InstanceEvent {
  event: "snapshot" | "resume" | "stop" | "fatal" | "end" | "notice" | "store_damaged";
  timeNs?: string;
  step?: number;
  file?: string;
  message?: string;
}

/** A model that an instance made, as it was registered. */
export interface InstanceModel {
  name: string;
  version: string;
  type?: string;
  /** Where it lies: `file:///PATH`, `qiniu://ZONE/BUCKET/KEY`, `s3://BUCKET/KEY`. */
  file?: string;
  bytes?: number;
  /** RFC 3339. */
  createdTime: string;
  /** Where in the run it was written. */
  metric?: { epoch?: number; batch?: number };
}

/** What a writer, or the way to the platform, lost; shown so that nothing disappears silently. */
export interface DropCounts {
  points: number;
  logBytes: number;
  events: number;
  /** Records of a type that the platform does not know: of a newer writer. */
  unknownRecords?: number;
  /** The last reason. */
  reason?: string;
}

/** One instance as lists show it. */
export interface InstanceSummary {
  id: string;
  training: string;
  /** Display name, where one was given. */
  name?: string;
  tags?: string[];
  note?: string;
  state: InstanceState;
  /** Numbers that are not finite are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. */
  params: Record<string, unknown>;
  /** The same, as it was written, digit for digit. */
  paramsText: string;
  startTime?: string;
  stopTime?: string;
  /** RFC 3339, last time any writer was heard. */
  heartbeatTime?: string;
  end?: EndCause;
  series: SeriesSummary[];
}

/** An instance in a list of which some columns were asked for. */
export interface InstanceRow {
  id: string;
  training: string;
  name?: string;
  state: InstanceState;
  /** What each column holds, by the text that it was asked for with; without those that the instance has not. Tags are an array, times RFC 3339. */
  values: Record<string, unknown>;
}

/** Everything about one instance. */
export interface InstanceDetail extends InstanceSummary, EnvironmentFacts {
  /** Revision of its training's params that the run was started with. */
  paramsRevision?: number;
  /** Absent for params that the instance was given. */
  paramsFrom?: "workspace" | "training";
  command?: string[];
  workingFolder?: string;
  host?: string;
  pid?: number;
  batchOfEpoch?: number;
  mainInstance?: string;
  furtherInstances?: string[];
  /** Absent where no client of another tracker has logged it to the platform itself. */
  client?: Pick<ClientFacts, "dialect" | "passedOver">;
  logBytes: number;
  events: InstanceEvent[];
  /** Newest last; absent where a platform does not tell. */
  models?: InstanceModel[];
  drops: DropCounts;
  stopRequested?: { reason: string; time: string };
  /** A sentence for each thing of it that is damaged in the platform's store: it takes no records any more. Absent when all is there. */
  damage?: string[];
}

/** What kind of thing the platform refused for good. */
export type RefusalCode = "bad_training" | "bad_series" | "bad_points" | "bad_log" | "bad_facts" | "bad_event" | "unknown_type";

/** A record, or a part of one, that the platform can never take; it is counted with the instance's drops, and the `ack` goes over it. */
export interface Refusal {
  /** Number of the record; 0 for what the header of the body says. */
  seq: number;
  code: RefusalCode;
  message: string;
}

/** Answer of `POST /v1/instances/:id/records`. */
export interface RecordsAnswer {
  ack: number;
  /** What of the new records was refused for good: the first `LIMITS.refusalsPerAnswer`. Absent when all were taken. */
  refused?: Refusal[];
  stop?: { reason: string };
  /** How long the sender waits before it sends what it recorded meanwhile, in milliseconds. Absent where it may do as it likes. */
  pauseMs?: number;
}
