import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";

/** A file of lines: whole lines or none, also on a disk that is full at times. */
export class LedgerFile {
  private readonly path: string;
  /** Of whole lines that count. */
  private goodBytes: number;
  /** Behind them may be what does not count. */
  private isDirty = false;

  /** @param path - of the file, which need not exist */
  constructor(path: string) {
    this.path = path;
    this.goodBytes = Buffer.byteLength(this.read());
  }

  /** Bytes of whole lines. */
  get byteLength(): number {
    return this.goodBytes;
  }

  /** @returns the whole lines; what a kill cut off behind them goes with the next line */
  read(): string {
    const text = existsSync(this.path) ? readFileSync(this.path, "utf8") : "";
    this.isDirty = !text.endsWith("\n");
    return text.slice(0, text.lastIndexOf("\n") + 1);
  }

  /** @param line - with its end @returns whether it is in the file */
  append(line: string): boolean {
    try {
      this.clean();
      this.isDirty = true;
      appendFileSync(this.path, line, { mode: 0o600 });
      this.isDirty = false;
      this.goodBytes += Buffer.byteLength(line);
      return true;
    } catch {
      // A full disk.
      return false;
    }
  }

  /** The last line does not count. @param line - as it was appended */
  takeBack(line: string): void {
    this.goodBytes -= Buffer.byteLength(line);
    this.isDirty = true;
    try {
      this.clean();
    } catch {
      // It is tried again before the next line.
    }
  }

  /** Puts other lines in place of all: the new file is beside the old one until it is whole. @param text - of the lines */
  replace(text: string): void {
    try {
      writeFileSync(`${this.path}.part`, text, { mode: 0o600 });
      renameSync(`${this.path}.part`, this.path);
      this.goodBytes = Buffer.byteLength(text);
      this.isDirty = false;
    } catch {
      // The old one has them, too.
      rmSync(`${this.path}.part`, { force: true });
    }
  }

  private clean(): void {
    if (this.isDirty && existsSync(this.path)) truncateSync(this.path, this.goodBytes);
    this.isDirty = false;
  }
}
