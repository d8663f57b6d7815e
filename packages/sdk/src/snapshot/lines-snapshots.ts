import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConsoleLine, LinesFile } from "../console/lines/lines-file.js";
import type { LinesHeader } from "../console/lines/lines-header.js";
import { collectSnapshots, type NamedSnapshot } from "../console/parsers/caffe/snapshot-lines.js";
import { MetricReader } from "../console/parsers/metric-reader.js";
import type { RunEvent } from "../console/parsers/parser.js";
import { createParsers } from "../console/parsers/registry.js";
import type { JsonObject } from "../place/params/json-file.js";
import { type SnapshotJob, snapshotModelName } from "./job.js";
import { ageKey, type JobFolder } from "./job-folder.js";

/** Adds a snapshot for each that console lines name, and each of them once. */
export class LinesSnapshots {
  private readonly file: LinesFile;
  private readonly header: LinesHeader;
  private readonly jobs: JobFolder;
  private readonly factsOfRun: () => { params: JsonObject; trainingRef: JsonObject };
  private readonly reader: MetricReader;
  private readonly collect: (event: RunEvent) => void;
  private readonly donePath: string;
  private doneBytes: number;
  private line: ConsoleLine | undefined;
  private readonly waiting: { snapshot: NamedSnapshot; line: ConsoleLine }[] = [];

  /**
   * @param file - whose header was read
   * @param header - it
   * @param jobs - takes the snapshots
   * @param factsOfRun - for the models' lineage
   * @param onProblem - told when the parser is disabled
   * @throws AvaError PARSER_UNKNOWN
   */
  constructor(
    file: LinesFile,
    header: LinesHeader,
    jobs: JobFolder,
    factsOfRun: () => { params: JsonObject; trainingRef: JsonObject },
    onProblem: (problem: { parser: string; line: number; message: string }) => void,
  ) {
    this.file = file;
    this.header = header;
    this.jobs = jobs;
    this.factsOfRun = factsOfRun;
    this.reader = new MetricReader(createParsers({ parser: header.parser }, { referenceTimeMs: header.referenceTimeMs }), onProblem);
    this.collect = collectSnapshots((snapshot) => void this.waiting.push({ snapshot, line: this.line as ConsoleLine }));
    this.donePath = file.path.replace(/\.lines$/, ".done");
    this.doneBytes = readDone(this.donePath);
  }

  /**
   * Reads on, and adds what was named.
   *
   * @param isWriterGone - nothing more will come: the file is deleted at its end
   * @returns whether all of the file was read
   * @throws AvaError SNAPSHOT_QUEUE_FULL; the next call goes on there. The file system's error
   */
  read(isWriterGone: boolean): boolean {
    this.addWaiting();
    const lines = this.file.read();
    for (const line of lines) {
      this.line = line;
      for (const { event } of this.reader.writeColumns(line.certain).events) this.collect(event);
    }
    this.addWaiting();
    if (lines.length > 0) return false;
    if (isWriterGone) {
      this.file.delete();
      rmSync(this.donePath, { force: true });
    }
    return true;
  }

  /** Closes the file. */
  close(): void {
    this.file.close();
  }

  private addWaiting(): void {
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      if (next.line.end > this.doneBytes) {
        this.jobs.add(this.jobOf(next.snapshot), `${ageKey(next.line.timeMs)}-${this.header.writer}-${next.line.end}`);
        this.doneBytes = next.line.end;
        writeFileSync(this.donePath, `${this.doneBytes}\n`);
      }
      this.waiting.shift();
    }
  }

  private jobOf({ step, files }: NamedSnapshot): Omit<SnapshotJob, "id"> {
    const { instance, batchOfEpoch, otherFiles = [], workingFolder } = this.header;
    const metric = { batch: step, ...(batchOfEpoch ? { epoch: Math.ceil(step / batchOfEpoch) } : {}) };
    return {
      kind: "snapshot",
      model: snapshotModelName(instance, metric),
      format: "tar.gz",
      files: [...files, ...otherFiles].map((file) => resolve(workingFolder, file)),
      metric,
      ...this.factsOfRun(),
    };
  }
}

function readDone(path: string): number {
  try {
    return Number(readFileSync(path, "utf8")) || 0;
  } catch {
    // None was added yet. One that is added again by chance is known by its id.
    return 0;
  }
}
