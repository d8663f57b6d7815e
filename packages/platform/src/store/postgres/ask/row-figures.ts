import { seriesKey } from "ava-protocol";
import { noFigures, type SeriesFigures } from "../../listing/candidate.js";
import type { Ask, Database } from "../connect/database.js";
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
 * Puts figures of metrics, those without labels, to rows that are remembered and do not have them: of what is sealed from the table, of what came since from the rows of instances, all as of one moment.
 * Those whose rows cannot tell are loaded.
 *
 * @throws PlatformError `store_failed`
 */
export async function putFigures(database: Database, loader: Loader, names: ReadonlySet<string>, rows: readonly LightRow[]): Promise<void> {
  const blocks = [...names].flatMap((name) => blocksWithout(name, rows));
  if (blocks.length === 0) return;
  const read = await database.snapshot(async (ask) => {
    const tables: Tables[] = [];
    for (const block of blocks) tables.push(await readTables(ask, block));
    return tables;
  });
  for (const [i, block] of blocks.entries()) await putBlock(loader, block, read[i]!);
}

/** Rows that have no figures of a metric. */
interface Block {
  name: string;
  rows: readonly LightRow[];
}

function blocksWithout(name: string, rows: readonly LightRow[]): Block[] {
  const missing = rows.filter(({ series }) => !series.has(seriesKey(name, undefined)));
  const blocks: Block[] = [];
  for (let start = 0; start < missing.length; start += BLOCK_ROWS) blocks.push({ name, rows: missing.slice(start, start + BLOCK_ROWS) });
  return blocks;
}

interface Tables {
  sealed: Numbered[];
  unsealed: (Numbered & { id: string; isTold: boolean })[];
}

async function readTables(ask: Ask, { name, rows }: Block): Promise<Tables> {
  const values = [name, rows.map(({ no }) => no)];
  return { sealed: await ask(SEALED, values), unsealed: await ask(UNSEALED, values) };
}

async function putBlock(loader: Loader, { name, rows }: Block, { sealed, unsealed }: Tables): Promise<void> {
  const key = seriesKey(name, undefined);
  const found = new Map<number, SeriesFigures>();
  const put = (row: Numbered): unknown => found.set(row.no, { name, labels: {}, totals: figuresOf(row) });
  for (const row of sealed) put(row);
  for (const row of unsealed) if (row.isTold) put(row);
  const untold = unsealed.filter(({ isTold }) => !isTold);
  const loaded = await loader.fresh(untold.map(({ id }) => id));
  for (const held of loaded.values()) {
    const one = figuresIn(held, [{ kind: "metric", figure: "last", name }]).get(key);
    if (one === undefined) found.delete(held.no);
    else found.set(held.no, one);
  }
  const none = noFigures(name);
  for (const row of rows) row.series = new Map(row.series).set(key, found.get(row.no) ?? none);
}
