import { counted } from "../../../counted.js";
import type { Ask } from "../connect/database.js";
import { segmentPrefix } from "./bodies.js";

/** Objects of a bucket, as a check looks at them. */
export interface ListedObjects {
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>;
}

/** What was found of the objects that rows name, and of those that none names. */
export interface ObjectCheck {
  /** Number of the segment, and what is wrong with its object. */
  damage: { segment: number; what: string }[];
  /** Objects that rows name. */
  objects: number;
  /** Of sealings that did not come to their end: a platform removes them after an hour. */
  withoutRow: number;
}

/** Rows of one statement. */
const BATCH = 10_000;

/**
 * Compares segments that are objects with the bucket.
 *
 * @param objects - absent where no bucket was named
 * @throws PlatformError `store_failed`
 */
export async function checkObjects(ask: Ask, objects: ListedObjects | undefined): Promise<ObjectCheck> {
  const [name] = await ask<{ value: string }>("SELECT value FROM ava.secrets WHERE name = 'bucket'");
  const list = async (begin: string): Promise<Map<number, number>> => {
    const listed = new Map<number, number>();
    if (objects === undefined || name === undefined) return listed;
    const prefix = segmentPrefix(name.value);
    for await (const { key, bytes } of objects.list(prefix + begin)) listed.set(Number(key.slice(prefix.length)), bytes);
    return listed;
  };
  const listed = await list("");
  const found: ObjectCheck = { damage: [], objects: 0, withoutRow: 0 };
  for (let after = 0; ; ) {
    const text = "SELECT no, size FROM ava.segments WHERE bytes IS NULL AND no > $1 ORDER BY no LIMIT $2";
    const rows = await ask<{ no: number; size: number }>(text, [after, BATCH]);
    for (const { no, size } of rows) {
      // One that was not listed may have come since.
      const bytes = listed.get(no) ?? (await list(String(no))).get(no);
      listed.delete(no);
      found.objects++;
      if (bytes === undefined) found.damage.push({ segment: no, what: "its object is not in the bucket" });
      else if (bytes !== size) found.damage.push({ segment: no, what: `its object has ${counted(bytes, "byte")}, ${size} were kept` });
    }
    if (rows.length < BATCH) break;
    after = rows.at(-1)!.no;
  }
  found.withoutRow = listed.size;
  return found;
}
