import type { RunKey, RunRecord } from "ava-dialects";
import type { InstanceFacts } from "ava-protocol";

/** A file of a run: with its content, or to be copied. */
export type SourceFile = { path: string; content: Uint8Array } | { path: string; copyFrom: string };

/** A piece of what a source tells of one run. */
export interface SourcePiece {
  records: readonly RunRecord[];
  files?: readonly SourceFile[];
  /** Understood and not kept, by kind. */
  passedOver?: ReadonlyMap<string, number>;
  /** What was read for it. */
  bytes: number;
}

/** What of a run only grows, a file as a rule: of its records a journal is made that is the same, as far as it goes, whenever it is made. */
export interface SourceStream {
  /** Of this stream in the run, the same everywhere. */
  name: string;
  pieces(): Iterable<SourcePiece> | AsyncIterable<SourcePiece>;
}

/** One run of another tracker. */
export interface SourceRun {
  key: RunKey & { run: string };
  /**
   * Where its client can log it to the platform itself, as the same instance: whether it has sent it to some server, the command that does so, and a filter that the
   * instance of an `ava-sdk run` matches which the run has joined.
   */
  client?: { hasSent: boolean; sync: string; joined: string };
  streams: readonly SourceStream[];
  /** Asked when all streams are read; what they told of params and facts stands before it. */
  facts(): InstanceFacts;
}

/** What is imported: all runs below a path. */
export interface ImportSource {
  /** What is to be read, for the progress. */
  totalBytes: number;
  runs: readonly SourceRun[];
}
