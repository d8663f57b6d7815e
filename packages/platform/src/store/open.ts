import { rmSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../error.js";
import { ChunkReader } from "./database/chunks.js";
import { loadMemory } from "./database/load.js";
import { openDatabase, readMeta } from "./database/open.js";
import { EmbeddedStore } from "./embedded.js";
import { hasRoom, prepareFolder } from "./folder.js";
import { lockStore } from "./lock.js";
import { AppendLog, type SyncPolicy } from "./log/append-log.js";
import { Aside } from "./log/aside.js";
import { listSegments, segmentPath } from "./log/segment-name.js";
import { Memory } from "./memory.js";
import { replaySegment } from "./replay.js";

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
  prepareFolder(dataDir, warn);
  const unlock = lockStore(dataDir);
  try {
    const db = openDatabase(join(dataDir, "store.db"));
    const reader = new ChunkReader(db);
    const memory = new Memory(reader);
    loadMemory(db, memory);
    const aside = new Aside();
    const first = readMeta(db, "log_segment") ?? 1;
    let newest = first - 1;
    let logBytes = 0;
    for (const segment of listSegments(logFolder)) {
      const path = segmentPath(logFolder, segment);
      newest = Math.max(newest, segment);
      if (segment < first) rmSync(path);
      else logBytes += replaySegment(path, memory, aside, warn);
    }
    if (!hasRoom(dataDir)) {
      warn(`The disk of ${dataDir} is full: what is stored is served, changes are refused (507 store_full) until there is room.`);
    }
    const log = new AppendLog(logFolder, newest, logBytes, options.sync ?? "none");
    return new EmbeddedStore({
      db,
      reader,
      memory,
      log,
      aside,
      unlock,
      now,
      warn,
      checkpointBytes: options.checkpointBytes ?? 32 * 1024 * 1024,
      checkpointMs: options.checkpointMs ?? 30_000,
    });
  } catch (error) {
    unlock();
    if (error instanceof PlatformError || hasRoom(dataDir)) throw error;
    const message = `The disk of ${dataDir} is full, and a store that is new or of an older version needs room. Make room and start again.`;
    throw new PlatformError("store_full", message, { cause: error });
  }
}
