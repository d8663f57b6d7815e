import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Access, type AccessSettings } from "./access/access.js";
import { Blobs } from "./blobs/blobs.js";
import { readKodoAccount } from "./blobs/kodo-account.js";
import { PlatformError, systemCode } from "./error.js";
import { BlobFiles } from "./files/blob-files.js";
import { FolderFiles } from "./files/folder-files.js";
import { addressOf } from "./http/address.js";
import type { HttpContext } from "./http/context.js";
import { watchAnswers } from "./http/drain.js";
import { createServer } from "./http/server.js";
import { openKept } from "./kept.js";
import { LiveFeed } from "./live/feed.js";
import { LiveHub } from "./live/hub.js";
import { LOST_AFTER_MS } from "./query/instances.js";
import { removeOld } from "./retention/remove-old.js";
import type { SyncPolicy } from "./store/embedded/log/append-log.js";
import { TrackerIntake } from "./trackers/intake.js";

/** Settings of a platform. */
export interface PlatformOptions {
  /** Port to listen on; 0 takes a free one. @defaultValue 5660 */
  port?: number;
  /** Address to listen on; anything but loopback needs a token. @defaultValue "127.0.0.1" */
  host?: string;
  /** Folder of the store, or with a database of the files of runs. @defaultValue "./ava-data" */
  dataDir?: string;
  /** PostgreSQL that keeps everything else, for any number of replicas: `postgres://user:password@host:5432/name`. @defaultValue the data folder */
  database?: string;
  /** What clients must show, 12 characters or more. @defaultValue none on loopback; elsewhere one that is made and kept in the data folder */
  token?: string;
  /** `AK:SK` that clients of 2018 sign their requests with. @defaultValue none: such clients are let in only where the platform is open */
  avaKey?: string;
  /** Addresses or networks of proxies whose `X-Forwarded-*` headers are believed; with any, a token is needed. @defaultValue none */
  trustedProxies?: readonly string[];
  /** `s3://bucket/prefix?endpoint=...` for the files of runs. @defaultValue the data folder */
  blobs?: string;
  /** When a request counts as kept: in the page cache, or on the disk. @defaultValue "none" */
  sync?: SyncPolicy;
  /** Silence after which a running instance counts as lost, in milliseconds. @defaultValue 60 000 */
  lostAfterMs?: number;
  /** Log bytes and time after which a checkpoint is made. @defaultValue 32 MiB, 30 000 ms */
  checkpointBytes?: number;
  checkpointMs?: number;
  /** Folder of the built portal. @defaultValue the one in this package */
  portalDir?: string;
  /** Milliseconds since 1970. @defaultValue Date.now */
  now?: () => number;
  /** Told of things a person should know. @defaultValue standard error */
  warn?: (message: string) => void;
}

/** A platform that listens. */
export interface Platform {
  /** Where it can be reached: `http://127.0.0.1:5660`; an address of this machine where it listens on all of them. */
  url: string;
  /** Token that was made and not shown before; absent when one was given or none is needed. */
  madeToken?: string;
  /** Takes no more requests, brings everything into the database and ends. */
  close(): Promise<void>;
}

/** How often old runs are deleted, and deleted ones that can no longer be restored are removed, in milliseconds. */
const PRUNE_MS = 3_600_000;

/** Where the platform listens unless it is told otherwise. */
export const DEFAULT_PORT = 5660;

/**
 * Starts a platform in this process.
 *
 * @param options - settings
 * @returns when it listens
 * @throws PlatformError `port_taken`, `cannot_listen`, `data_dir_unusable`, `store_locked`, `store_newer`, `store_failed`, `usage`
 */
export async function startPlatform(options: PlatformOptions = {}): Promise<Platform> {
  const { port = DEFAULT_PORT, host = "127.0.0.1", dataDir = "./ava-data", now = Date.now } = options;
  const warn = options.warn ?? ((message: string) => process.stderr.write(`${message}\n`));
  const { database, sync, checkpointBytes, checkpointMs } = options;
  const blobs = options.blobs === undefined ? undefined : await Blobs.open({ spec: options.blobs }, warn);
  const kept = await openKept({ dataDir, database, sync, checkpointBytes, checkpointMs, blobs, now, warn }).catch((error: unknown) => {
    blobs?.close();
    throw error;
  });
  const { store } = kept;
  try {
    const { token, avaKey, trustedProxies = [] } = options;
    const settings: AccessSettings = {
      host,
      trustedProxies,
      ...(token === undefined ? {} : { token }),
      ...(avaKey === undefined ? {} : { avaKey }),
    };
    const access = new Access(settings, kept.access, now, warn);
    const clock = { now: kept.now, lostAfterMs: options.lostAfterMs ?? LOST_AFTER_MS };
    const feed = new LiveFeed(new LiveHub(store, clock));
    const files = blobs === undefined ? new FolderFiles(join(dataDir, "files")) : new BlobFiles(blobs, kept.bucketClaim);
    const context: HttpContext = {
      store,
      clock,
      feed,
      access,
      trustedProxies,
      kodo: readKodoAccount(process.env),
      files,
      bucketClaim: kept.bucketClaim,
      trackers: new TrackerIntake(store, files),
      portalDir: options.portalDir ?? fileURLToPath(new URL("../portal", import.meta.url)),
      startedMs: now(),
      warn,
    };
    const app = await createServer(context, (error) => warn(`A request failed: ${error instanceof Error ? error.stack : String(error)}`));
    const drained = watchAnswers(app.server);
    await app.listen({ port, host }).catch((error: unknown) => {
      throw systemCode(error) === "EADDRINUSE" ? portTaken(port, host, error) : cannotListen(port, host, error);
    });
    const pruning = setInterval(() => void removeOld({ ...kept, files, clock, warn }), PRUNE_MS).unref();
    const close = async (): Promise<void> => {
      clearInterval(pruning);
      feed.close();
      await drained();
      await app.close();
      await kept.close();
      blobs?.close();
    };
    const url = addressOf(app.server.address() as AddressInfo, host);
    return { url, ...(access.madeToken === undefined ? {} : { madeToken: access.madeToken }), close };
  } catch (error) {
    await kept.close();
    blobs?.close();
    throw error;
  }
}

function portTaken(port: number, host: string, cause: unknown): PlatformError {
  const message = `Port ${port} on ${host} is taken. Stop what listens there, or give another one: --port ${port + 1} (--port 0 takes a free one).`;
  return new PlatformError("port_taken", message, { cause });
}

function cannotListen(port: number, host: string, cause: unknown): PlatformError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const advice = "Give an address of this machine with --host, and a port from 1024 on with --port.";
  return new PlatformError("cannot_listen", `The platform cannot listen on port ${port} of ${host} (${why}). ${advice}`, { cause });
}
