import { isDeepStrictEqual } from "node:util";
import type Database from "libsql";
import { counted } from "../../counted.js";
import { PlatformError } from "../../error.js";
import type { DamageList } from "./damage.js";
import { changedFigures, figureValues, readFigures } from "./database/figures.js";
import { headValues, readHeads } from "./database/heads.js";
import type { Meta } from "./database/open.js";
import type { Value } from "./database/tables.js";
import { stateOf } from "./instance-state.js";
import type { Memory } from "./memory.js";

/**
 * Compares the tables that lists look at with those that they follow from. They have no checksums.
 *
 * @param memory - holds all instances
 * @param list - told of what differs
 */
export function checkLists(db: Database.Database, memory: Memory, meta: Meta, list: DamageList): void {
  const heads = new Map<string, readonly Value[]>();
  const figures = new Map<string, readonly Value[]>();
  for (const instance of memory.instances.values()) {
    // Of others it is not known what was there.
    if (instance.damage.length > 0) continue;
    heads.set(instance.id, headValues(instance.id, stateOf(instance).facts));
    const names = [...instance.series.values()].map(({ name }) => name);
    for (const [name, totals] of changedFigures(instance.series, new Map(), names))
      figures.set(`${name}\0${instance.id}`, figureValues(name, instance.id, totals));
  }
  const isKnown = (id: string): boolean =>
    memory.instances.get(id)?.damage.length === 0 || !(memory.instances.has(id) || memory.setAside.has(id));
  // Where another version has written since, the next start makes them anew.
  if (meta.get("heads_segment") === meta.get("log_segment"))
    compare("heads", readHeads(db, list), ([id]) => [String(id), String(id)], heads, isKnown, list);
  if (meta.get("figures_segment") === meta.get("log_segment"))
    compare("figures", readFigures(db, list), ([name, instance]) => [`${name}\0${instance}`, String(instance)], figures, isKnown, list);
}

type Row = readonly Value[];

function compare(
  table: string,
  found: Iterable<Row>,
  keyOf: (row: Row) => [key: string, instance: string],
  right: Map<string, Row>,
  isKnown: (instance: string) => boolean,
  list: DamageList,
): void {
  try {
    for (const row of found) {
      const [key, instance] = keyOf(row);
      if (isKnown(instance) && !isDeepStrictEqual(row, right.get(key)))
        list.add(`table ${table}, row ${key.replace("\0", " of ")}`, "it is not what its instance says: lists may not be in order");
      right.delete(key);
    }
    if (right.size > 0) list.add(`table ${table}`, `${counted(right.size, "row is", "rows are")} gone`);
  } catch (error) {
    // It is on the list.
    if (!(error instanceof PlatformError)) throw error;
  }
}
