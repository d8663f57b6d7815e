import { join } from "node:path";
import { LinesFile } from "../console/lines/lines-file.js";
import type { LinesHeader } from "../console/lines/lines-header.js";
import { LinesSource } from "../console/lines/lines-source.js";
import type { JsonObject } from "../place/params/json-file.js";
import { listFiles } from "../record/journal/segment-name.js";
import { isYoung } from "../ship/is-young.js";
import type { ShippedWriter } from "../ship/shipped-writer.js";
import { WriterShipper } from "../ship/writer-shipper.js";
import type { JobFolder } from "../snapshot/job-folder.js";
import { LinesSnapshots } from "../snapshot/lines-snapshots.js";

/** What the lines of a run are read for, and for whom. */
export interface RunLinesOptions {
  /** `lines` of the run's folder. */
  folder: string;
  jobs: JobFolder;
  /** Facts of the run for the lineage of its models. */
  factsOfRun: (header: LinesHeader) => { params: JsonObject; trainingRef: JsonObject };
  /** Whether these lines are ours to read, now. */
  isOurs: (header: LinesHeader) => boolean;
  /** Whether their process may still write; false only when it surely does not. */
  isAlive: (header: LinesHeader, file: string) => boolean;
  /** Says a word to the user. */
  tell: (message: string) => void;
}

interface RunFile {
  file: LinesFile;
  header?: LinesHeader;
  metrics?: WriterShipper;
  snapshots?: LinesSnapshots;
  isGone: boolean;
  /** Why it stays as it is. */
  problem?: string;
}

/** How often it is looked who has died: a system call or two for each file. */
const LOOK_MS = 1_000;

const NAME = /^([0-9a-f]{16})\.lines$/;

/**
 * @param folder - `lines` of a run's folder
 * @returns ids of the writers whose lines wait there
 */
export function listLines(folder: string): string[] {
  return listFiles(folder).flatMap((name) => NAME.exec(name)?.[1] ?? []);
}

/** The console lines of a run, as files come and go. */
export class RunLines {
  private readonly options: RunLinesOptions;
  private readonly known = new Map<string, RunFile>();
  private refused = 0;
  private nextLookMs = 0;

  /** @param options - which lines */
  constructor(options: RunLinesOptions) {
    this.options = options;
  }

  /** Records that the platform refused for good. */
  get refusedRecords(): number {
    return [...this.known.values()].reduce((sum, { metrics }) => sum + (metrics?.passedOver.records ?? 0), this.refused);
  }

  /** Headers of the files whose process may still write. */
  get living(): LinesHeader[] {
    return [...this.known.values()].flatMap(({ header, isGone }) => (header && !isGone ? [header] : []));
  }

  /** Why files stay as they are. */
  get problems(): string[] {
    return [...this.known.values()].flatMap(({ problem }) => problem ?? []);
  }

  /** @param writer - id of a file's writer @returns who it is, where that is known */
  headerOf(writer: string): LinesHeader | undefined {
    return this.known.get(writer)?.header;
  }

  /**
   * Looks into the folder.
   *
   * @returns the writers of metrics that are ours to ship
   * @throws the file system's error
   */
  refresh(): ShippedWriter[] {
    if (Date.now() >= this.nextLookMs) this.look();
    const listed = new Set(listLines(this.options.folder));
    for (const writer of listed) {
      const one = this.known.get(writer) ?? this.add(writer);
      if (!one.header && !one.problem) this.open(one, writer);
    }
    for (const [writer, one] of this.known) if (!listed.has(writer)) this.drop(writer, one);
    return this.ours().flatMap(({ metrics, isGone }) => (metrics ? [{ shipper: metrics, isGone }] : []));
  }

  /** Reads a piece of the lines that name snapshots. @returns whether all of them were read */
  lookForSnapshots(): boolean {
    let isAll = true;
    for (const { snapshots, isGone } of this.ours()) {
      try {
        if (snapshots && !snapshots.read(isGone)) isAll = false;
      } catch (error) {
        this.options.tell((error as Error).message);
      }
    }
    return isAll;
  }

  /** Closes the files. */
  close(): void {
    for (const [writer, one] of this.known) this.drop(writer, one);
  }

  /** Finds out now who has died: before its lines are read, so that they are all. */
  look(): void {
    this.nextLookMs = Date.now() + LOOK_MS;
    for (const one of this.known.values()) if (one.header) one.isGone = !this.options.isAlive(one.header, one.file.path);
  }

  private ours(): RunFile[] {
    return [...this.known.values()].filter(({ header }) => header && this.options.isOurs(header));
  }

  private add(writer: string): RunFile {
    const one: RunFile = { file: new LinesFile(join(this.options.folder, `${writer}.lines`), writer), isGone: false };
    this.known.set(writer, one);
    return one;
  }

  private drop(writer: string, one: RunFile): void {
    one.file.close();
    this.refused += one.metrics?.passedOver.records ?? 0;
    this.known.delete(writer);
  }

  private open(one: RunFile, writer: string): void {
    try {
      const header = one.file.header();
      if (typeof header === "string") throw new Error(header);
      // A process that was killed before it had said who it is has said nothing at all.
      if (!header && !isYoung(one.file.path)) return one.file.delete();
      if (!header) return;
      const onProblem = ({ parser, line, message }: { parser: string; line: number; message: string }) =>
        this.options.tell(`parser ${parser} is off from line ${line} of ${one.file.path} on: ${message}`);
      if (header.purpose === "metrics") {
        one.metrics = new WriterShipper(new LinesSource(one.file, header, onProblem), writer, header.instance);
      } else {
        one.snapshots = new LinesSnapshots(one.file, header, this.options.jobs, () => this.options.factsOfRun(header), onProblem);
      }
      one.header = header;
      one.isGone = !this.options.isAlive(header, one.file.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
      one.problem = `${one.file.path} is kept as it is: ${(error as Error).message}`;
      this.options.tell(one.problem);
    }
  }
}
