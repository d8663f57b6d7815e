import type { Ask } from "../connect/database.js";
import type { SegmentBodies, Stretch } from "./bodies.js";

/** PostgreSQL reads only the pages of a value that the stretch lies in; see `STORAGE EXTERNAL`. */
const SELECT_STRETCHES = `
  SELECT w.i, substring(s.bytes FROM w.start FOR w.size) AS bytes
  FROM unnest($1::bigint[], $2::int[], $3::int[]) WITH ORDINALITY AS w (segment, start, size, i) JOIN ava.segments s ON s.no = w.segment`;

/** Segments that are rows of a table. */
export class TableBodies implements SegmentBodies {
  private readonly ask: Ask;

  constructor(ask: Ask) {
    this.ask = ask;
  }

  async read(stretches: readonly Stretch[]): Promise<(Uint8Array | undefined)[]> {
    const values = [stretches.map(({ segment }) => segment), stretches.map(({ at }) => at + 1), stretches.map(({ bytes }) => bytes)];
    const found: (Uint8Array | undefined)[] = stretches.map(() => undefined);
    for (const { i, bytes } of await this.ask<{ i: number; bytes: Buffer | null }>(SELECT_STRETCHES, values))
      found[i - 1] = bytes ?? undefined;
    return found;
  }
}
