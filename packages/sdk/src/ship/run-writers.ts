import { join } from "node:path";
import type { SegmentHeader } from "ava-protocol";
import { JournalReader } from "../record/journal/journal-reader.js";
import { readSegmentHeader } from "../record/journal/segment-header.js";
import { listSegments, type SegmentName } from "../record/journal/segment-name.js";
import { isYoung } from "./is-young.js";
import type { ShippedWriter } from "./shipped-writer.js";
import { WriterShipper } from "./writer-shipper.js";

/** Whose journals are shipped, and who of them lives. */
export interface RunWritersOptions {
  /** Journal folder of the run. */
  folder: string;
  instance: string;
  /** Whether we write the journal ourselves, and still do. */
  isOwn: (writer: string) => boolean;
  /** Whether its records are ours to ship, now. `file` is its newest segment. */
  isOurs: (header: SegmentHeader, file: string) => boolean;
  /** Whether the writer may still write; false only when it surely does not. */
  isAlive: (header: SegmentHeader, file: string) => boolean;
}

/** A writer of the folder. */
interface FolderWriter extends ShippedWriter {
  header: SegmentHeader | undefined;
  segments: SegmentName[];
  /** Why it is not known who it is. */
  problem?: string;
}

/** How often it is looked who has died: a system call or two for each writer. */
const LOOK_MS = 1_000;

/** The writers of a run's journal folder, as they come and go: forked workers at any time, sixty-four of them at once. */
export class RunWriters {
  private readonly options: RunWritersOptions;
  private readonly known = new Map<string, FolderWriter>();
  private passedOver = 0;
  private nextLookMs = 0;

  /** @param options - which journals */
  constructor(options: RunWritersOptions) {
    this.options = options;
  }

  /** Records that can never be delivered. */
  get refusedRecords(): number {
    return [...this.known.values()].reduce((sum, { shipper }) => sum + shipper.passedOver.records, this.passedOver);
  }

  /** Why it is not known of some files whose they are. */
  get problems(): string[] {
    return [...this.known.values()].flatMap(({ header, problem }) => (header ? [] : (problem ?? [])));
  }

  /** Headers of the writers that may still write. */
  get living(): SegmentHeader[] {
    return [...this.known.values()].flatMap(({ header, isGone }) => (header && !isGone ? [header] : []));
  }

  /** @param writer - id of a writer that has a journal here @returns who it is, where that is known */
  headerOf(writer: string): SegmentHeader | undefined {
    return this.known.get(writer)?.header;
  }

  /**
   * Looks into the folder.
   *
   * @returns the writers whose records are ours to ship
   * @throws the file system's error
   */
  refresh(): ShippedWriter[] {
    // Which writers are dead is found out first: then what is listed is all that there will ever be of them.
    const isLook = Date.now() >= this.nextLookMs;
    if (isLook) this.look();
    const segments = new Map<string, SegmentName[]>();
    for (const name of listSegments(this.options.folder)) {
      const names = segments.get(name.writer);
      if (names) names.push(name);
      else segments.set(name.writer, [name]);
    }
    for (const [writer, names] of segments) {
      const one = this.known.get(writer) ?? this.add(writer);
      one.segments = names;
      one.header ??= this.readHeader(one);
    }
    for (const [writer, one] of this.known) {
      if (segments.has(writer)) continue;
      one.segments = [];
      if (one.isGone || isLook) this.drop(writer, one);
    }
    return [...this.known.values()].filter((one) => one.isGone || (one.header && this.options.isOurs(one.header, this.newest(one))));
  }

  /** Finds out now who has died. */
  look(): void {
    this.nextLookMs = Date.now() + LOOK_MS;
    for (const [writer, one] of this.known) {
      if (this.options.isOwn(writer) || one.segments.length === 0) one.isGone = false;
      else one.isGone = one.header ? !this.options.isAlive(one.header, this.newest(one)) : !isYoung(this.newest(one));
    }
  }

  /** Closes the files. */
  close(): void {
    for (const [writer, one] of this.known) this.drop(writer, one);
  }

  private add(writer: string): FolderWriter {
    const list = () => this.known.get(writer)?.segments ?? [];
    const source = new JournalReader(this.options.folder, writer, list);
    const shipper = new WriterShipper(source, writer, this.options.instance);
    const one: FolderWriter = { shipper, isGone: false, header: undefined, segments: [] };
    this.known.set(writer, one);
    return one;
  }

  private drop(writer: string, one: FolderWriter): void {
    one.shipper.close();
    this.passedOver += one.shipper.passedOver.records;
    this.known.delete(writer);
  }

  private newest({ segments }: FolderWriter): string {
    return join(this.options.folder, segments.at(-1)?.file ?? "");
  }

  /** One file that cannot be read is not a reason to leave the others. */
  private readHeader(one: FolderWriter): SegmentHeader | undefined {
    const [name] = one.segments;
    try {
      return name && readSegmentHeader(this.options.folder, name);
    } catch (error) {
      one.problem = `${name?.file} cannot be read: ${(error as NodeJS.ErrnoException).code}`;
      return undefined;
    }
  }
}
