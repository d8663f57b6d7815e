import { join } from "node:path";
import type { PartName } from "./part-name.js";
import { PartReader } from "./part-reader.js";

/** Reads what one writer wrote, over all its parts. */
export class WriterReader {
  /** The part being read; undefined when there are none left. */
  current: PartReader | undefined;
  private readonly folder: string;
  private readonly names: PartName[];
  private readonly offsets: Map<string, number>;
  private readonly isGone: boolean;
  private readonly finishedFiles: string[] = [];

  /**
   * @param folder - the spool
   * @param names - parts of the writer, in order
   * @param offsets - how far parts were moved; see {@link mark}
   * @param isGone - whether the writer will not write any more; found out before this reader is made
   */
  constructor(folder: string, names: readonly PartName[], offsets: Map<string, number>, isGone: boolean) {
    this.folder = folder;
    this.names = [...names];
    this.offsets = offsets;
    this.isGone = isGone;
    this.openNext();
  }

  /** @returns whether {@link current} stands before a whole record */
  peek(): boolean {
    while (this.current !== undefined) {
      if (this.current.peek()) return true;
      // An incomplete record stays so once the writer is gone or has gone on in another part.
      if (!this.current.isEnded && !this.isGone && this.names.length === 1) return false;
      this.mark();
      this.finishedFiles.push((this.names.shift() as PartName).file);
      this.current.close();
      this.openNext();
    }
    return false;
  }

  /** Enters how far this reader is into the offsets. */
  mark(): void {
    const [name] = this.names;
    if (name !== undefined && this.current !== undefined) this.offsets.set(name.file, this.current.offset);
  }

  /** @returns parts whose end was reached: they may go once the offsets are committed */
  finished(): readonly string[] {
    return this.finishedFiles;
  }

  /** Closes the open file. */
  close(): void {
    this.current?.close();
  }

  private openNext(): void {
    const [name] = this.names;
    this.current = name && new PartReader(join(this.folder, name.file), this.offsets.get(name.file) ?? 0);
  }
}
