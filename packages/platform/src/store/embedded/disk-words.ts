import { isRefusal } from "./log/refusal.js";

/** Says once that the disk refuses changes, and once that it takes them again. */
export class DiskWords {
  /** The last change was refused. */
  private isRefused = false;
  private readonly warn: (message: string) => void;

  /** @param warn - told of it */
  constructor(warn: (message: string) => void) {
    this.warn = warn;
  }

  /** @param error - why a change was not kept; `undefined` for one that was */
  tell(error: unknown): void {
    if (error === undefined ? !this.isRefused : this.isRefused || !isRefusal(error)) return;
    this.isRefused = error !== undefined;
    this.warn(this.isRefused ? `Changes are refused: ${(error as Error).message}` : "The disk works again; changes are taken.");
  }
}
