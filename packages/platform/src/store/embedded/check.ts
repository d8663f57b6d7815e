import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../counted.js";
import { PlatformError, systemCode } from "../../error.js";
import type { Series } from "../held/series.js";
import { type Instance, logBytes } from "../state/instance.js";
import { checkLists } from "./check-lists.js";
import { type Damage, DamageList, isBrokenFile } from "./damage.js";
import { type ChunkReader, chunkId } from "./database/chunks.js";
import type { LogReader } from "./database/log-text.js";
import { openToRead, STORE_VERSION } from "./database/open.js";
import { checkTextKeys, findDisorder } from "./database/structure.js";
import { checkLog, type Finding } from "./log/check-log.js";
import type { LastFrames } from "./log/read-segment.js";
import { listSegments, segmentPath } from "./log/segment-name.js";
import type { Memory } from "./memory.js";
import { goneLog, missingLog, readDatabase } from "./open.js";
import { replaySegment } from "./replay.js";

/** What a check found and how much it looked at. */
export interface CheckResult {
  damage: Damage[];
  checked: { instances: number; series: number; chunks: number; "log bytes": number; segments: number };
}

/** Bytes of an instance's log that are read at a time. */
const LOG_STEP_BYTES = 1024 * 1024;

/**
 * Looks at everything in a data folder and changes nothing; a platform may have it open.
 *
 * @param dataDir - the data folder
 * @throws PlatformError `data_dir_unusable` when there is no store
 */
export function checkStore(dataDir: string): CheckResult {
  const path = join(dataDir, "store.db");
  const logFolder = join(dataDir, "log");
  if (!existsSync(path) && !existsSync(logFolder)) {
    throw new PlatformError("data_dir_unusable", `There is no store in ${dataDir}. Name the platform's folder with --data.`);
  }
  const list = new DamageList(path);
  const checked: CheckResult["checked"] = { instances: 0, series: 0, chunks: 0, "log bytes": 0, segments: 0 };
  // Before the database: what a checkpoint removes meanwhile is in the database that is looked at.
  const segments = existsSync(logFolder) ? listLog(logFolder) : [];
  const first = checkDatabase(path, list, checked, (next, memory) => replayLog(logFolder, segments, next, memory));
  const damage = [...list.all];
  const [oldest] = segments;
  if (first !== undefined && oldest !== undefined && oldest > first) {
    damage.push({ file: logFolder, place: "segments", what: missingLog(logFolder, first, oldest) });
  }
  if (!existsSync(logFolder)) damage.push({ file: logFolder, place: "the folder", what: goneLog(logFolder) });
  if (oldest !== undefined) damage.push(...readLog(logFolder, first ?? 0).flatMap(asDamage));
  checked.segments = segments.length;
  return { damage, checked };
}

/** @returns the first log segment that the database does not contain; `undefined` when it cannot be read */
function checkDatabase(
  path: string,
  list: DamageList,
  checked: CheckResult["checked"],
  replay: (first: number, memory: Memory) => void,
): number | undefined {
  try {
    const { db, version } = openToRead(path);
    // Never closed: the last connection that closes would bring the WAL into the database. The process ends soon.
    for (const what of findDisorder(db)) list.add("SQLite's pages", what);
    checkTextKeys(db, list);
    if (version === undefined) list.add("the file", "it has no tables");
    // Format 1 has no checksums; a platform gives it some.
    if (version !== STORE_VERSION) return undefined;
    db.exec("BEGIN");
    const { memory, reader, logReader, loader, meta } = readDatabase(db, list);
    loader.loadAll();
    for (const instance of memory.instances.values()) {
      for (const series of instance.series.values()) checked.chunks += checkSeries(series, reader, list);
      checkText(instance, logReader);
    }
    checkLists(db, memory, meta, list);
    const first = meta.get("log_segment") ?? 1;
    replay(first, memory);
    for (const instance of memory.instances.values()) {
      checked.instances++;
      checked.series += instance.series.size;
      checked["log bytes"] += logBytes(instance);
    }
    return first;
  } catch (error) {
    if (!(error instanceof PlatformError) && !isBrokenFile(error)) throw error;
    list.add("the file", (error instanceof Error ? error.message : String(error)).replace(/\.$/, ""));
    return undefined;
  }
}

/** @returns how many chunks it has */
function checkSeries({ no, totals, instance, name }: Series, reader: ChunkReader, list: DamageList): number {
  const chunks = totals.chunks + (totals.storedInLast > 0 ? 1 : 0);
  let points = 0;
  let isDamaged = false;
  for (let index = 0; index < chunks; index++) {
    try {
      points += reader.readChunk(no, index).head.count;
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      isDamaged = true;
    }
    reader.forget(chunkId(no, index));
  }
  if (!isDamaged && points !== totals.count) {
    list.add(
      `table series, row no = ${no}`,
      `series ${name} of instance ${instance} has ${counted(totals.count, "point")}, its chunks have ${points}`,
    );
  }
  return chunks;
}

function checkText(instance: Instance, logReader: LogReader): void {
  const { storedBytes } = instance.log;
  for (let at = 0; at < storedBytes; at += LOG_STEP_BYTES) logReader.read(instance, at, Math.min(storedBytes, at + LOG_STEP_BYTES));
}

/** Brings what only the log has into memory, as a start does, so that it is counted. What is wrong with the log, {@link checkLog} tells. */
function replayLog(logFolder: string, segments: readonly number[], first: number, memory: Memory): void {
  const lastFrames: LastFrames = new Map();
  for (const segment of segments) {
    try {
      const path = segmentPath(logFolder, segment);
      if (segment >= first) replaySegment(path, memory, lastFrames, { copy: () => "" }, () => undefined);
    } catch (error) {
      // A platform has brought it into its database meanwhile.
      if (!(error instanceof PlatformError) && systemCode(error) !== "ENOENT") throw error;
    }
  }
}

function listLog(logFolder: string): number[] {
  try {
    return listSegments(logFolder);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new PlatformError("data_dir_unusable", `The log folder ${logFolder} cannot be read (${why}).`, { cause: error });
  }
}

/** A checkpoint of a platform that runs may remove segments while they are read; then there are others. */
function readLog(folder: string, first: number): Finding[] {
  for (let tries = 3; ; tries--) {
    try {
      return checkLog(folder, first);
    } catch (error) {
      if (systemCode(error) !== "ENOENT" || tries === 0) throw error;
    }
  }
}

function asDamage({ kind, file, offset, bytes, message }: Finding): Damage[] {
  return kind === "damaged" ? [{ file, place: `byte ${offset} to ${offset + bytes}`, what: message.replace(/\.$/, "") }] : [];
}
