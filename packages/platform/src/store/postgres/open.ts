import { randomBytes } from "node:crypto";
import { damaged, PlatformError } from "../../error.js";
import type { ChunkSource } from "../held/series.js";
import { Committer } from "./commit/committer.js";
import { NamedChanges } from "./commit/named.js";
import { SharedTurns } from "./commit/shared-turns.js";
import type { DatabaseOptions } from "./connect/connections.js";
import { Database } from "./connect/database.js";
import { Hold } from "./hold/hold.js";
import { Changes } from "./live/changes.js";
import { Bases } from "./load/bases.js";
import { Loader } from "./load/loader.js";
import { mendHeartbeats } from "./mend-heartbeats.js";
import { PostgresStore } from "./postgres.js";
import { migrate } from "./schema/migrate.js";
import { Sealer, type Sealing } from "./seal/sealer.js";
import type { SegmentObjects } from "./segments/bodies.js";
import { ChunkFetcher } from "./segments/chunk-fetcher.js";
import { refuseWithoutBucket } from "./segments/owner.js";
import { StoredBodies } from "./segments/stored-bodies.js";

/** Settings of a replica. */
export interface PostgresOptions extends DatabaseOptions {
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number;
  /** Told of what is damaged, and of work that failed and will be tried again. @defaultValue they are not told */
  warn?: (message: string) => void;
  /** When this replica seals instances. */
  sealing?: Sealing;
  /** Where new segments are kept. @defaultValue in the database */
  objects?: SegmentObjects | undefined;
}

/** Everything is in the journal: there are no sealed chunks. */
const NO_CHUNKS: ChunkSource = {
  readHeads: () => [],
  readChunk: () => {
    throw damaged("There are no sealed chunks.");
  },
};

/**
 * Opens the store in a PostgreSQL database, as one of any number of replicas; makes its tables where they are not there.
 *
 * @throws PlatformError `usage`, `store_newer`, `store_failed`, `store_full`
 */
export async function openPostgres({
  now = Date.now,
  warn = () => undefined,
  sealing,
  objects,
  ...options
}: PostgresOptions): Promise<PostgresStore> {
  const database = new Database(options);
  const bodies = new StoredBodies(database, objects);
  const isOnlyRead = sealing?.everyMs === 0;
  let isPacking: boolean;
  try {
    isPacking = await migrate(database, isOnlyRead);
    // Tells the clock, before this replica tells any time.
    await database.snapshot(async () => undefined);
    if (!isOnlyRead) await mendHeartbeats(database.ask);
    if (objects === undefined) await refuseWithoutBucket(database.ask);
    // One that seals nothing only reads: a copy may be looked at with the bucket of its original.
    else if (!isOnlyRead) await bodies.claim?.holdUnlessSilent();
  } catch (error) {
    await database.close();
    throw error;
  }
  const notAhead = (): number => database.notAhead(now());
  const replica = randomBytes(6).toString("hex");
  const hold = new Hold();
  const fetcher = new ChunkFetcher(bodies, warn);
  database.onLost(() => {
    hold.clear();
    fetcher.forget();
  });
  const changes = new Changes(database, replica);
  const advancing = { source: NO_CHUNKS, tell: changes.tell };
  const bases = new Bases(fetcher);
  const loader = new Loader(database, hold, advancing, bases);
  changes.readBy(loader);
  const committer = new Committer(
    database,
    { hold, bases, advancing, source: NO_CHUNKS, now: notAhead, replica, isPacking },
    changes.tellAll,
  );
  const named = new NamedChanges({ database, loader, source: NO_CHUNKS, now: notAhead, replica, tell: changes.tellAll });
  const sealer = new Sealer({ database, bases, bodies, advancing: { ...advancing, tell: () => undefined } }, replica, warn, sealing);
  const turns = new SharedTurns(database.ask);
  const store = new PostgresStore({ database, bodies, loader, bases, sealer, committer, named, changes, turns, now });
  sealer.start();
  if (!isOnlyRead) turns.watch((id) => takeBack(store, id), warn);
  return store;
}

/** Undoes what a replica that ended had half added to an instance. */
async function takeBack(store: PostgresStore, id: string): Promise<void> {
  try {
    for (const { n, state } of (await store.instance(id)).reparses) if (state === "adding") await store.undoReparse(id, n);
  } catch (error) {
    if (!(error instanceof PlatformError) || (error.code !== "not_found" && error.code !== "deleted")) throw error;
  }
}
