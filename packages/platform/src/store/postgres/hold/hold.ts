import type { HeldInstance } from "./held.js";

/** Bytes up to which a replica holds instances, about. */
const MAX_BYTES = 512 * 1024 * 1024;

/** What an instance, and a series, take beside points and log: maps, names, totals. */
const INSTANCE_BYTES = 4096;
const SERIES_BYTES = 768;

/** How long an instance is held of which something could not be read, in milliseconds: an object that was missing may be back. */
export const DAMAGED_MS = 30_000;

/** Four columns of float64. */
const ROW_BYTES = 32;

/** What its rows take in chunks once they are brought, in parts of a body: they count from the beginning, because they are not counted again when a chart brings them. */
const ROWS_OF_BODY = 0.5;

/** @returns about how much memory an instance takes */
export function heldBytes({ series, log, events, late }: HeldInstance): number {
  let bytes = INSTANCE_BYTES + log.waitingBytes + events.length * SERIES_BYTES;
  for (const body of late) bytes += Math.max(body.bytes.length, (body.bodyBytes ?? 0) * ROWS_OF_BODY);
  for (const { tail, waiting } of series.values()) {
    bytes += SERIES_BYTES + (tail?.step.length ?? 0) * ROW_BYTES;
    for (const { body } of waiting) bytes += body.length;
  }
  return bytes;
}

/** What a replica holds of instances, so that it does not read them anew for each question. It may forget any of it at any time. */
export class Hold {
  /** The one that was asked for last at the end. */
  private readonly instances = new Map<string, { held: HeldInstance; bytes: number; endMs: number }>();
  /** Instances that a commit is changing: until it ends they contain what may not be kept. */
  private readonly changing = new Map<string, Promise<void>>();
  private bytes = 0;
  private era = 0;
  private readonly maxBytes: number;

  constructor(maxBytes: number = MAX_BYTES) {
    this.maxBytes = maxBytes;
  }

  /** Number that changes when everything was forgotten: what was read before is not to be held. */
  get generation(): number {
    return this.era;
  }

  /** @returns an instance as of the position that it names */
  get(id: string): HeldInstance | undefined {
    const one = this.instances.get(id);
    if (one === undefined || one.endMs <= performance.now()) return undefined;
    this.instances.delete(id);
    this.instances.set(id, one);
    return one.held;
  }

  /** Holds an instance from now on, in the place of what was held of it. @param generation - when it was read */
  put(held: HeldInstance, generation: number): void {
    if (generation !== this.era) return;
    const known = this.instances.get(held.id);
    this.drop(held.id);
    const bytes = heldBytes(held);
    const isWhole = held.damage.length === 0;
    const endMs = isWhole
      ? Number.POSITIVE_INFINITY
      : Math.min(performance.now() + DAMAGED_MS, known?.held === held ? known.endMs : Number.POSITIVE_INFINITY);
    this.instances.set(held.id, { held, bytes, endMs });
    this.bytes += bytes;
    this.letGo();
  }

  /** Forgets an instance. */
  drop(id: string): void {
    this.bytes -= this.instances.get(id)?.bytes ?? 0;
    this.instances.delete(id);
  }

  /** Forgets everything: the database may have lost what this process has seen. */
  clear(): void {
    this.instances.clear();
    this.bytes = 0;
    this.era++;
  }

  /** @returns whether a commit is changing an instance */
  isChanging(id: string): boolean {
    return this.changing.has(id);
  }

  /** @returns when no commit is changing any of the instances */
  async settled(ids: Iterable<string>): Promise<void> {
    for (const id of ids) await this.changing.get(id);
  }

  /** Begins to change instances that no other commit is changing. @returns ends it */
  change(ids: readonly string[]): () => void {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    for (const id of ids) this.changing.set(id, ended);
    return () => {
      for (const id of ids) this.changing.delete(id);
      end();
    };
  }

  /** Those that were not asked for the longest go first. */
  private letGo(): void {
    if (this.bytes <= this.maxBytes) return;
    for (const id of this.instances.keys()) {
      // The one that was put last stays, however large it is.
      if (this.instances.size === 1 || this.bytes <= this.maxBytes / 2) return;
      if (!this.changing.has(id)) this.drop(id);
    }
  }
}
