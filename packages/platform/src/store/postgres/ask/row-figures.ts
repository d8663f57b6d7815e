import { seriesKey } from "ava-protocol";
import { noFigures, type SeriesFigures } from "../../listing/candidate.js";
import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import type { Loader } from "../load/loader.js";
import { type FigureRow, figuresOf } from "./figure-row.js";
import { figuresIn } from "./figures.js";
import { BLOCK_ROWS, type LightRow } from "./light.js";
import { IS_TOLD, LIVE_FIGURES } from "./live-rows.js";

const SEALED = "SELECT instance AS no, last, min, max, count FROM ava.figures WHERE name = $1 AND instance = ANY ($2::bigint[])";

const UNSEALED = `SELECT i.no, i.id, ${IS_TOLD} AS "isTold", f.last, f.min, f.max, f.count FROM ava.instances i, ${LIVE_FIGURES}
  WHERE i.no = ANY ($2::bigint[]) AND i.is_unsealed AND (NOT (${IS_TOLD}) OR f.count IS NOT NULL)`;

type Numbered = FigureRow & { no: number };

/**
 * Puts figures of metrics, those without labels, to rows that are remembered and do not have them: of what is sealed from the table, of what came since from the rows of instances.
 * Those whose rows cannot tell are looked at themselves.
 *
 * @param ask - sees the moment of which the rows are
 * @throws PlatformError `store_failed`
 */
export async function putFigures(ask: Ask, loader: Loader, names: Iterable<string>, rows: readonly LightRow[]): Promise<void> {
  for (const name of names) {
    const key = seriesKey(name, undefined);
    const missing = rows.filter(({ series }) => !series.has(key));
    for (let start = 0; start < missing.length; start += BLOCK_ROWS)
      await putBlock(ask, loader, name, missing.slice(start, start + BLOCK_ROWS));
  }
}

async function putBlock(ask: Ask, loader: Loader, name: string, rows: readonly LightRow[]): Promise<void> {
  const values = [name, rows.map(({ no }) => no)];
  const sealed = await ask<Numbered>(SEALED, values);
  const unsealed = await ask<Numbered & { id: string; isTold: boolean }>(UNSEALED, values);
  const found = new Map<number, SeriesFigures>();
  const put = (row: Numbered): unknown => found.set(row.no, { name, labels: NO_LABELS, totals: figuresOf(row) });
  for (const row of sealed) put(row);
  for (const row of unsealed) if (row.isTold) put(row);
  const untold = unsealed.filter(({ isTold }) => !isTold);
  const key = seriesKey(name, undefined);
  const read = (held: HeldInstance): SeriesFigures | undefined => figuresIn(held, [{ kind: "metric", figure: "last", name }]).get(key);
  const seen = await loader.seenIn(
    ask,
    untold.map(({ id }) => id),
    read,
  );
  for (const { no, id } of untold) {
    const one = seen.get(id);
    if (one === undefined) found.delete(no);
    else found.set(no, one);
  }
  const none = noFigures(name);
  for (const row of rows) row.series = new Map(row.series).set(key, found.get(row.no) ?? none);
}

const NO_LABELS = {};
