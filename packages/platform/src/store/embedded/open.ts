import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type Database from "libsql";
import { PlatformError, systemCode } from "../../error.js";
import { DamageList, isBrokenFile } from "./damage.js";
import { CandidateReader } from "./database/candidates.js";
import { ChunkReader } from "./database/chunks.js";
import { areFiguresGone, makeFigures } from "./database/figures.js";
import { HeadReader, makeHeads } from "./database/heads.js";
import { Loader } from "./database/load.js";
import { LogReader } from "./database/log-text.js";
import { broken, hasFormat1, loadMeta, type Meta, openDatabase } from "./database/open.js";
import { checkKeyedTables, StructureCheck } from "./database/structure.js";
import { DatabaseWriter } from "./database/writer.js";
import { EmbeddedStore } from "./embedded.js";
import { hasRoom, isUsed, markUsed, prepareFolder } from "./folder.js";
import { lockStore } from "./lock.js";
import { AppendLog, type SyncPolicy } from "./log/append-log.js";
import { Aside } from "./log/aside.js";
import type { LastFrames } from "./log/read-segment.js";
import { listSegments, segmentPath } from "./log/segment-name.js";
import { Memory } from "./memory.js";
import { replaySegment } from "./replay.js";
import { findUnfinished, takeBack } from "./unfinished-reparses.js";

/** Settings of the embedded store. */
export interface StoreOptions {
  /** Folder of the store; made if it is not there. */
  dataDir: string;
  /** When a request counts as kept. @defaultValue "none": in the page cache, survives the death of the process */
  sync?: SyncPolicy;
  /** Bytes of the append log after which a checkpoint is made. @defaultValue 32 MiB */
  checkpointBytes?: number;
  /** Longest time between two checkpoints while records come. @defaultValue 30 000 */
  checkpointMs?: number;
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number;
  /** Told of things a person should know: a torn log, a checkpoint that failed. */
  warn?: (message: string) => void;
}

/**
 * Opens a store: reads the database, then the log from where the last checkpoint ended.
 *
 * @throws PlatformError `data_dir_unusable`, `store_locked`, `store_newer`, `store_full`
 */
export function openStore(options: StoreOptions): EmbeddedStore {
  const { dataDir, now = Date.now, warn = () => undefined } = options;
  const logFolder = join(dataDir, "log");
  const isLogGone = isUsed(dataDir) && !existsSync(logFolder);
  prepareFolder(dataDir, warn);
  const unlock = lockStore(dataDir);
  try {
    const dbPath = join(dataDir, "store.db");
    const db = openDatabase(dbPath, isUsed(dataDir));
    markUsed(dataDir);
    const damage = new DamageList(dbPath, warn);
    checkKeyedTables(db, damage);
    const { memory, reader, logReader, loader, meta } = readDatabase(db, damage);
    const heads = new HeadReader(db, damage);
    // Rows of format 1 are all stored anew by the first checkpoint.
    if (hasFormat1(meta)) loader.loadAll();
    else {
      if (
        meta.get("heads_segment") !== meta.get("log_segment") ||
        // More of them than instances tell which instance is gone.
        heads.count({ changed: [] }) + heads.countDeleted() < memory.storedInstances
      )
        makeHeads(db, meta.get("log_segment") ?? 1);
      if (meta.get("figures_segment") !== meta.get("log_segment") || areFiguresGone(db))
        makeFigures(db, meta.get("log_segment") ?? 1, damage);
      memory.loadFrom(loader);
    }
    const aside = new Aside();
    const first = meta.get("log_segment") ?? 1;
    let newest = first - 1;
    let logBytes = 0;
    const segments = listSegments(logFolder);
    const lastFrames: LastFrames = new Map();
    if (isLogGone) warn(`store_damaged: ${goneLog(logFolder)}`);
    if (segments.length > 0 && segments[0]! > first) warn(`store_damaged: ${missingLog(logFolder, first, segments[0]!)}`);
    for (const segment of segments) {
      const path = segmentPath(logFolder, segment);
      newest = Math.max(newest, segment);
      if (segment < first) rmSync(path);
      else logBytes += replaySegment(path, memory, lastFrames, aside, warn);
    }
    if (!hasRoom(dataDir)) {
      warn(`The disk of ${dataDir} is full: what is stored is served, changes are refused (507 store_full) until there is room.`);
    }
    const log = new AppendLog(logFolder, newest, logBytes, options.sync ?? "none");
    const store = new EmbeddedStore({
      db,
      writer: new DatabaseWriter(dbPath, db),
      reader,
      logReader,
      heads,
      candidates: new CandidateReader(db, memory, damage),
      structure: new StructureCheck(dbPath, db, damage),
      damage,
      memory,
      log,
      aside,
      unlock,
      now,
      warn,
      checkpointBytes: options.checkpointBytes ?? 32 * 1024 * 1024,
      checkpointMs: options.checkpointMs ?? 30_000,
    });
    void takeBack((id, n) => store.undoReparse(id, n), findUnfinished(db, memory), warn);
    return store;
  } catch (error) {
    unlock();
    if (error instanceof PlatformError) throw error;
    if (hasRoom(dataDir)) throw isBrokenFile(error) ? broken(join(dataDir, "store.db"), (error as Error).message, error) : error;
    const message = `The disk of ${dataDir} is full, and a store that is new or of an older version needs room. Make room and start again.`;
    throw new PlatformError("store_full", message, { cause: error });
  }
}

/**
 * Reads what does not belong to instances.
 *
 * @param db - an open database
 * @param damage - told of what is damaged
 * @throws PlatformError `store_damaged` when SQLite cannot read its file
 */
export function readDatabase(
  db: Database.Database,
  damage: DamageList,
): { memory: Memory; reader: ChunkReader; logReader: LogReader; loader: Loader; meta: Meta } {
  try {
    const meta = loadMeta(db, damage);
    const reader = new ChunkReader(db, damage, hasFormat1(meta));
    const memory = new Memory(reader);
    const loader = new Loader(db, memory, damage, meta);
    loader.loadCommon();
    memory.models.readFrom(loader);
    return { memory, reader, logReader: new LogReader(db, damage, hasFormat1(meta)), loader, meta };
  } catch (error) {
    // SQLITE_ERROR as well: columns that the damaged description of a table does not name.
    if (systemCode(error)?.startsWith("SQLITE_")) throw broken(damage.file, error instanceof Error ? error.message : String(error), error);
    throw error;
  }
}

/** @returns a sentence about segments of the log that are not there */
export function missingLog(logFolder: string, first: number, found: number): string {
  const lost = "what was kept between them is missing. Was store.db-wal removed, or store.db put back from an older copy?";
  return `The log in ${logFolder} begins with segment ${found}, the database ends before segment ${first}: ${lost}`;
}

/** @returns a sentence about a log that is not there at all */
export function goneLog(logFolder: string): string {
  return `The folder ${logFolder} is not there: what it held that the database does not contain is missing`;
}
