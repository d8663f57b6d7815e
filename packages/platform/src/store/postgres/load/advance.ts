import type { ChunkSource } from "../../held/series.js";
import { applyCommand } from "../../state/apply.js";
import type { Command } from "../../state/command.js";
import type { Applied } from "../../state/target.js";
import { rememberChanged } from "../hold/changed.js";
import { emptyHeld, type HeldInstance, NEVER_TOLD } from "../hold/held.js";
import { bringRows } from "../hold/late.js";
import { checkSummed } from "../journal/summed-head.js";
import { unpackBody } from "../journal/unpack-body.js";
import type { InstanceRow, JournalRow } from "./rows.js";
import { WorkingSet } from "./working-set.js";

/** How commands of the journal are applied. */
export interface Advancing {
  source: ChunkSource;
  /** Told what each command changed. */
  tell: (applied: Applied) => void;
}

/**
 * Brings an instance to where its row is.
 *
 * @param held - as of some position, changed in place; absent where nothing is known of it
 * @param journal - what its journal has behind that position, in order; what is known already is passed
 * @param tellFromPos - of an instance that is read from its beginning or from what is sealed, commands from this one on are told
 * @returns the instance
 */
export function advance(
  held: HeldInstance | undefined,
  row: InstanceRow,
  journal: readonly JournalRow[],
  { source, tell }: Advancing,
  tellFromPos: number = Number.POSITIVE_INFINITY,
): HeldInstance {
  const set = new WorkingSet(source);
  const isRead = held === undefined || held.toldFromPos === NEVER_TOLD;
  const basePos = held?.pos ?? 0;
  if (held !== undefined && held.damage.length > 0) {
    held.pos = Math.max(held.pos, row.pos);
    return held;
  }
  if (held === undefined) set.places.set(row.id, row.no);
  else {
    if (journal.length > 0) bringRows(held);
    set.instances.set(row.id, held);
  }
  const told = isRead ? tellFromPos : 0;
  let pos = basePos;
  for (const { pos: at, head, body, bodyBytes } of journal) {
    if (at <= pos) continue;
    const undo = set.begin();
    let applied: Applied | undefined;
    let why = at === pos + 1 ? undefined : `Its journal has no command ${pos + 1}`;
    try {
      if (why === undefined) {
        const key = { instance: row.no, pos: at, head };
        if (bodyBytes === null) checkSummed(key, body);
        const command = JSON.parse(head) as Command;
        applied = applyCommand(set, command, bodyBytes === null ? body : unpackBody(key, body, bodyBytes));
        if (applied !== undefined) rememberChanged((applied.instance as HeldInstance).changed, at, command, applied);
      }
    } catch (error) {
      undo.takeBack();
      why = `Command ${at} of its journal cannot be read (${error instanceof Error ? error.message : String(error)})`;
    }
    if (why !== undefined) return withDamage(set.instances.get(row.id) ?? emptyHeld(row.no, row.id, "", 0), why, row);
    pos = at;
    if (applied !== undefined && at >= told) tell(applied);
  }
  const now = set.instances.get(row.id) ?? withDamage(emptyHeld(row.no, row.id, "", 0), "Its journal is empty", row);
  if (pos < row.pos && now.damage.length === 0) withDamage(now, `Its journal ends before command ${row.pos}`, row);
  if (isRead) now.toldFromPos = Math.max(basePos, Math.min(row.pos, tellFromPos - 1));
  now.pos = Math.max(pos, row.pos);
  // Not less than what its commands say, unless that was ahead of the database's clock and was mended.
  now.heartbeatMs = row.heartbeatMs;
  return now;
}

function withDamage(held: HeldInstance, why: string, row: InstanceRow): HeldInstance {
  held.damage = [...held.damage, `${why}: what came after is missing.`];
  held.pos = row.pos;
  return held;
}
