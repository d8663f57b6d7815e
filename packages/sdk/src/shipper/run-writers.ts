import { join } from "node:path";
import type { SegmentHeader } from "ava-protocol";
import { JournalReader } from "../journal/journal-reader.js";
import { readSegmentHeader } from "../journal/segment-header.js";
import { listSegments, type SegmentName } from "../journal/segment-name.js";
import { isYoung } from "./is-writer-alive.js";
import type { ShippedWriter } from "./ship-loop.js";
import { WriterShipper } from "./writer-shipper.js";

/** Whose journals are shipped, and who of them lives. */
export interface RunWritersOptions {
  /** Journal folder of the run. */
  folder: string;
  instance: string;
  /** Whether we write the journal ourselves, and still do. */
  isOwn: (writer: string) => boolean;
  /** Whether its records are ours to ship, now. */
  isOurs: (header: SegmentHeader) => boolean;
  /** Whether the writer may still write; false only when it surely does not. */
  isAlive: (header: SegmentHeader) => boolean;
}

/** A writer of the folder. */
interface FolderWriter extends ShippedWriter {
  header: SegmentHeader | undefined;
  segments: SegmentName[];
}

/** How often it is looked who has died: a system call or two for each writer. */
const LOOK_MS = 1_000;

/** The writers of a run's journal folder, as they come and go: forked workers at any time, sixty-four of them at once. */
export class RunWriters {
  private readonly options: RunWritersOptions;
  private readonly known = new Map<string, FolderWriter>();
  private refused = 0;
  private nextLookMs = 0;

  /** @param options - which journals */
  constructor(options: RunWritersOptions) {
    this.options = options;
  }

  /** Records that the platform refused for good. */
  get refusedRecords(): number {
    return [...this.known.values()].reduce((sum, { shipper }) => sum + shipper.refused.length, this.refused);
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
    // Who is dead is found out first: then what is listed is all that there will ever be of it.
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
      one.header ??= readSegmentHeader(this.options.folder, names[0] as SegmentName);
    }
    for (const [writer, one] of this.known) {
      if (segments.has(writer)) continue;
      one.segments = [];
      if (one.isGone || isLook) this.drop(writer, one);
    }
    return [...this.known.values()].filter(({ header, isGone }) => isGone || (header !== undefined && this.options.isOurs(header)));
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
    this.refused += one.shipper.refused.length;
    this.known.delete(writer);
  }

  private look(): void {
    this.nextLookMs = Date.now() + LOOK_MS;
    for (const [writer, one] of this.known) {
      const newest = one.segments.at(-1);
      if (this.options.isOwn(writer) || !newest) one.isGone = false;
      else if (one.header) one.isGone = !this.options.isAlive(one.header);
      else one.isGone = !isYoung(join(this.options.folder, newest.file));
    }
  }
}
