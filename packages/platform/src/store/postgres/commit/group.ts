import type { InstanceFacts } from "ava-protocol";
import { PlatformError } from "../../../error.js";
import type { ChunkSource } from "../../held/series.js";
import type { Undo } from "../../held/undo.js";
import { applyCommand, hear } from "../../state/apply.js";
import type { Command } from "../../state/command.js";
import type { Applied } from "../../state/target.js";
import type { Ask } from "../connect/database.js";
import { rememberChanged } from "../hold/changed.js";
import type { HeldInstance } from "../hold/held.js";
import type { Hold } from "../hold/hold.js";
import { bringRows, keepLate, LATE_BYTES } from "../hold/late.js";
import { packBody } from "../journal/pack-body.js";
import { summedHead } from "../journal/summed-head.js";
import type { Told } from "../live/told.js";
import { type Advancing, advance } from "../load/advance.js";
import type { Bases } from "../load/bases.js";
import { INSTANCE_COLUMNS, type InstanceRow, readJournal } from "../load/rows.js";
import { WorkingSet } from "../load/working-set.js";
import type { Change, Planned } from "./change.js";
import { lockTrainings, writePut } from "./put.js";
import { type ChangedInstance, type JournalEntry, writeGroup } from "./write.js";

/** What a replica commits with. */
export interface CommitParts {
  hold: Hold;
  bases: Bases;
  advancing: Advancing;
  source: ChunkSource;
  now: () => number;
  /** Bodies of records are packed in the journal. */
  isPacking: boolean;
  /** Names this replica to the others. */
  replica: string;
}

/** What became of one change of a group. */
export type Outcome = { error: unknown } | { answer: unknown; applied: Applied | undefined; isTaken: boolean };

const NOTHING = new Uint8Array(0);

/** Commands whose body is journal records that `checkBatch` has left in it. */
const HAVE_RECORDS: ReadonlySet<Command["kind"]> = new Set(["records", "reparse"]);

/** Silence that others are told of when it ends; a shipper is heard every few seconds. */
const SILENCE_MS = 10_000;

/**
 * Does a group of changes in one transaction: locks the rows of their instances in one order for all replicas, brings what is held of them to where the
 * rows are, and plans, applies and writes one change after the other. One that is refused leaves the others alone.
 *
 * @param changes - of instances that no other group of this replica is changing
 * @param mark - of the transaction
 * @returns what became of each, once the transaction is committed
 */
export async function commitGroup(ask: Ask, changes: readonly Change<unknown>[], parts: CommitParts, mark: string): Promise<Outcome[]> {
  const { hold } = parts;
  const { generation } = hold;
  const set = await lockInstances(ask, changes, parts);
  const before = new Map<HeldInstance, InstanceFacts>([...set.instances.values()].map((held) => [held, held.facts]));
  const touched = new Map<HeldInstance, number>();
  const entries: JournalEntry[] = [];
  const told: Required<Pick<Told, "changed" | "heard">> = { changed: {}, heard: {} };
  const outcomes: Outcome[] = [];
  for (const change of changes) {
    const known = change.readsPoints === true ? set.instances.get(change.instance) : undefined;
    const use = known === undefined ? undefined : await parts.bases.readyToUndo(ask, known);
    const outcome = use === undefined ? takeOne(change, set, entries, parts) : use(() => takeOne(change, set, entries, parts));
    outcomes.push(outcome);
    if ("error" in outcome) continue;
    const entry = outcome.isTaken ? entries.at(-1)! : undefined;
    // What has a position in the journal is written, also where it changed nothing: others count on from the position.
    const held = set.instances.get(change.instance);
    if (held === undefined || (entry === undefined && outcome.applied === undefined)) continue;
    touched.set(held, (touched.get(held) ?? 0) + (entry === undefined ? 0 : entry.body.length + entry.head.length));
    if (entry !== undefined) told.changed[held.id] ??= entry.pos;
    const silenceMs = outcome.applied?.silenceMs ?? 0;
    if (silenceMs >= SILENCE_MS) told.heard[held.id] = silenceMs;
  }
  const unused = [...set.places].flatMap(([id, no]) => (set.instances.has(id) ? [] : [no]));
  if (unused.length > 0) await ask("DELETE FROM ava.instances WHERE no = ANY ($1::bigint[]) AND pos = 0", [unused]);
  if (touched.size > 0) {
    const changed = [...touched].map(([held, bytes]): ChangedInstance => ({ held, bytes, hasNewFacts: held.facts !== before.get(held) }));
    const hasNews = Object.keys(told.changed).length + Object.keys(told.heard).length > 0;
    await writeGroup(ask, entries, changed, hasNews ? { by: parts.replica, mark, ...told } : undefined);
    await writePut(ask, set);
  }
  for (const held of set.instances.values()) hold.put(held, generation);
  return outcomes;
}

/** Locks, or makes, the rows of the instances. @returns the instances as they are now */
async function lockInstances(ask: Ask, changes: readonly Change<unknown>[], parts: CommitParts): Promise<WorkingSet> {
  const { hold, advancing, source } = parts;
  const set = new WorkingSet(source);
  const ids = [...new Set(changes.map(({ instance }) => instance))];
  const makeable = new Set(changes.flatMap(({ instance, makes }) => (makes ? [instance] : [])));
  // Those that make rows wait for each other here, before they have locked any that is there.
  await makeRows(
    ask,
    ids.filter((id) => makeable.has(id) && hold.get(id) === undefined),
  );
  const rows = await lockRows(ask, ids);
  const there = new Set(rows.map(({ id }) => id));
  // One that is held was removed for good meanwhile.
  const gone = ids.filter((id) => makeable.has(id) && !there.has(id));
  await makeRows(ask, gone);
  if (gone.length > 0) rows.push(...(await lockRows(ask, gone)));
  const behind: { row: InstanceRow; held: HeldInstance | undefined }[] = [];
  for (const row of rows) {
    const known = hold.get(row.id);
    const readsPoints = changes.some((change) => change.instance === row.id && change.readsPoints === true);
    // What was sealed since is read anew, but for one that goes on as it is: of an instance with many series that takes long, and others wait for the row.
    const goesOn = known !== undefined && known.pos === row.pos && !readsPoints && isLight(known);
    const held = goesOn || known?.sealedPos === row.sealedPos ? known : undefined;
    if (row.pos === 0) set.places.set(row.id, row.no);
    else if (held === undefined || held.no !== row.no || held.pos !== row.pos) {
      behind.push({ row, held: held?.no === row.no && held.pos < row.pos ? held : undefined });
    } else {
      held.heartbeatMs = row.heartbeatMs;
      set.instances.set(row.id, held);
    }
  }
  const journals = await readJournal(
    ask,
    behind.map(({ row, held }) => ({ no: row.no, pos: held?.pos ?? row.sealedPos })),
  );
  const bases = await parts.bases.read(
    ask,
    behind.flatMap(({ row, held }) => (held === undefined ? [row] : [])),
  );
  for (const { row, held } of behind) {
    const base = held ?? bases.get(row.no);
    const journal = journals.get(row.no) ?? [];
    const use = await parts.bases.ready(ask, base, journal);
    set.instances.set(
      row.id,
      use(() => advance(base, row, journal, advancing)),
    );
  }
  const restoring = changes
    .filter(({ restores }) => restores === true)
    .flatMap(({ instance }) => set.instances.get(instance)?.training ?? []);
  if (restoring.length > 0) await lockTrainings(ask, restoring, set);
  return set;
}

/** Log text that an instance may keep in memory which is sealed, in bytes. */
const LIGHT_LOG_BYTES = 1024 * 1024;

/** @returns whether what an instance holds beside what was sealed before is small: no whole chunk, no body, little log */
function isLight({ series, log, late }: HeldInstance): boolean {
  if (log.waitingBytes > LIGHT_LOG_BYTES || late.length > 0) return false;
  for (const { waiting } of series.values()) if (waiting.length > 0) return false;
  return true;
}

async function makeRows(ask: Ask, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const text = "INSERT INTO ava.instances (id) SELECT id FROM unnest($1::text[]) AS w (id) ORDER BY id ON CONFLICT (id) DO NOTHING";
  await ask(text, [ids]);
}

function lockRows(ask: Ask, ids: readonly string[]): Promise<InstanceRow[]> {
  return ask(`SELECT ${INSTANCE_COLUMNS} FROM ava.instances i WHERE i.id = ANY ($1::text[]) ORDER BY i.id FOR UPDATE`, [ids]);
}

function takeOne(change: Change<unknown>, set: WorkingSet, entries: JournalEntry[], { isPacking, now }: CommitParts): Outcome {
  const atMs = now();
  let undo: Undo | undefined;
  try {
    const known = set.find(change.instance);
    const planned: Planned<unknown> = change.plan(known, atMs);
    const { command, body = NOTHING, ack } = planned;
    let applied: Applied | undefined;
    if (command !== undefined) {
      const isLate = isPacking && ack !== undefined && body.length >= LATE_BYTES;
      if (known !== undefined && !isLate) bringRows(known);
      undo = set.begin(isLate);
      applied = applyCommand(set, command, body);
      const held = set.instances.get(change.instance)!;
      const head = JSON.stringify(command);
      const key = { instance: held.no, pos: ++held.pos, head };
      const packed = isPacking && HAVE_RECORDS.has(command.kind) ? packBody(key, body) : undefined;
      // A packed body has a checksum of its own.
      entries.push({ no: held.no, pos: held.pos, head: packed === undefined ? summedHead(key, body) : head, body, packed });
      if (isLate) keepLate(held, { key, bytes: packed ?? body, bodyBytes: packed === undefined ? null : body.length, ack });
      rememberChanged(held.changed, held.pos, command, applied);
    } else if (planned.isHeard === true && known !== undefined) applied = hear(known, atMs);
    return { answer: planned.answer(set.instances.get(change.instance)), applied, isTaken: command !== undefined };
  } catch (error) {
    undo?.takeBack();
    return { error: error instanceof PlatformError ? error : (error ?? new Error("A change failed.")) };
  }
}
