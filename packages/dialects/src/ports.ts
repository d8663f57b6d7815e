import type { InstanceEvent, InstanceFacts, Labels } from "ava-protocol";

/** A request of a client, without its transport: the prefix of the dialect is taken off the path. */
export interface DialectRequest {
  method: string;
  /** Percent-encoded, as it came. */
  path: string;
  query: URLSearchParams;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** As it came; a route gets it decoded (gzip). */
  body: AsyncIterable<Uint8Array>;
  /** Where the client reaches the dialect without a token of its own, for uploads: `http://127.0.0.1:5660/wandb`. */
  origin: string;
}

/** What the client is answered. */
export interface DialectAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: string | AsyncIterable<Uint8Array>;
}

/** A run of a client. */
export interface RunKey {
  dialect: string;
  training: string;
  /** The client's name of it; absent: the client asks for a new one. */
  run?: string;
}

/**
 * How repeats are told: record `i` has a 64-bit print (MLflow: of key, step, timestamp and value), or is of line `lines[i]` of a stream of the client, behind which
 * comes `nextLine`. With both (wandb's history) the print tells; a line from `nextLine` on is new where prints are not remembered.
 */
export type Once =
  | { prints: readonly bigint[] }
  | { stream: string; lines: readonly number[]; nextLine: number; prints?: readonly bigint[] };

/** Values of one step. */
export interface PointsRecord {
  kind: "points";
  series: readonly { name: string; labels: Labels }[];
  step: number;
  timeNs: bigint;
  values: readonly number[];
  /** Made here, since the client told none: of a repeat it may be another. */
  made?: "step" | "time";
}

/** What a client said. Values of params are JSON texts: no digit goes through a float64. */
export type RunRecord =
  | PointsRecord
  | { kind: "log"; timeNs: bigint; stream: "stdout" | "stderr"; bytes: Uint8Array }
  | { kind: "facts"; facts: InstanceFacts }
  | { kind: "event"; event: InstanceEvent }
  /** Understood and not kept: counted once, however often it comes. */
  | { kind: "passedOver"; what: string; count: number }
  /** Sets members of the params, or of an object within them, which is made; a member without a text is taken away. */
  | { kind: "params"; within: readonly string[]; members: ReadonlyMap<string, string | undefined> };

/** Where a dialect's records go. */
export interface Sink {
  /** Makes the instance or joins it; what is open when this resolves survives the process. Never waits for a network. */
  open(key: RunKey, facts: InstanceFacts): Promise<{ id: string; isNew: boolean }>;
  /**
   * All or nothing; resolves when the records are kept (in the journal, or committed). A repeat is not an error.
   *
   * @throws RefusedError when they cannot be kept
   */
  append(id: string, records: readonly RunRecord[], once?: Once): Promise<{ taken: number; repeated: number }>;
  /** Keeps a file of the run, in place of one of the same path. */
  putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;
  /** Keeps bytes of which a client tells afterwards whose file they are; what is not told within an hour may be gone. @returns a name for {@link putStaged} */
  stage(bytes: AsyncIterable<Uint8Array>): Promise<string>;
  /** Makes what was staged a file of the run. @returns whether it was there */
  putStaged(id: string, path: string, staged: string): Promise<boolean>;
  /** Takes a file, or all files of a folder, away. */
  removeFiles(id: string, path: string): Promise<void>;
  /** Hides a run from its client, or shows it again. */
  setDeleted(id: string, isDeleted: boolean): Promise<void>;
  /** Understood and not kept; counted by kind and told once: `("media", 3)`. What may come again is a record of {@link append}. */
  passOver(id: string, kind: string, count: number): void;
  /** Keeps a JSON text of the dialect that belongs to a training and not to a run (an experiment), in place of the one of the same key. */
  keep(dialect: string, key: string, text: string, training: string): Promise<void>;
}

/** A run as its client may read it back. */
export interface RunView {
  id: string;
  dialect: string;
  /** As they are now; `paramsText` is always there. */
  facts: InstanceFacts & { paramsText: string };
  isDeleted: boolean;
  /** It was asked to stop. */
  stopReason?: string;
}

/** A point of one series. */
export interface SeriesPoint {
  step: number;
  timeNs: bigint;
  value: number;
}

/** A file or folder of a run. */
export interface RunFile {
  /** Last part of its path. */
  name: string;
  isFolder: boolean;
  bytes: number;
}

/** What a dialect reads back. Beside a training it answers from what passed through, and never asks a platform. */
export interface Read {
  run(id: string): Promise<RunView | undefined>;
  /** Runs of a dialect in the order in which they were opened. */
  runs(dialect: string): AsyncIterable<RunView>;
  /** The instance of a run that was opened. */
  find(key: RunKey): Promise<string | undefined>;
  /** The line of a stream of the client that comes next, from 0. */
  nextLine(id: string, stream: string): Promise<number>;
  /** Of each series the point with the greatest step, then time, then value. */
  latest(id: string): Promise<{ name: string; labels: Labels; point: SeriesPoint }[]>;
  /** Points of a metric, of whatever labels, each series in the order of arrival; `nextOffset` is absent behind the last one. */
  points(id: string, name: string, page: { offset: number; limit: number }): Promise<{ points: SeriesPoint[]; nextOffset?: number }>;
  /** What a folder holds; empty for what is not a folder. */
  files(id: string, folder: string): Promise<RunFile[]>;
  /** @returns the bytes; `undefined` when there is no such file */
  readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Texts that {@link Sink.keep} kept, by key. */
  kept(dialect: string): Promise<ReadonlyMap<string, string>>;
}

/** What a route works with. */
export interface RouteContext {
  request: DialectRequest;
  /** Parts of the path by name, decoded. */
  parts: Readonly<Record<string, string>>;
  sink: Sink;
  read: Read;
}

/** One request that a client makes. */
export interface Route {
  method: string;
  /** `/runs/:id`, and `/files/*path` for all that follows. */
  path: string;
  handle(context: RouteContext): Promise<DialectAnswer>;
}

/** What one tracker's clients say. */
export interface Dialect {
  name: string;
  routes: readonly Route[];
  /** Any failure in the client's own form. */
  refuse(error: unknown): DialectAnswer;
  /** Variables that point the client at an origin, by name. @param token - that requests must carry */
  environment(origin: string, token: string): Readonly<Record<string, string>>;
  /** Whether the client asks for a path without its token; what it says there is not kept. */
  isOpen(path: string): boolean;
  /** The token that a request carries, in the client's way. */
  tokenOf(headers: Readonly<Record<string, string>>): string | undefined;
}
