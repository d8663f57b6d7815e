import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { Access } from "../access/access.js";
import type { KodoAccount } from "../blobs/kodo-account.js";
import type { RunFiles } from "../files/run-files.js";
import type { LiveFeed } from "../live/feed.js";
import type { Clock } from "../query/instances.js";
import type { BucketClaim } from "../store/bucket-owner/claim.js";
import type { Store } from "../store/contract/store.js";
import type { TrackerIntake } from "../trackers/intake.js";

/** What routes work with. */
export interface HttpContext {
  store: Store;
  clock: Clock;
  feed: LiveFeed;
  access: Access;
  /** Addresses of proxies whose `X-Forwarded-*` headers are believed. */
  trustedProxies: readonly string[];
  kodo: KodoAccount;
  /** Files of runs. */
  files: RunFiles;
  /** Of the bucket; absent where there is none. */
  bucketClaim?: BucketClaim | undefined;
  /** Where clients of other trackers log. */
  trackers: TrackerIntake;
  /** Folder of the built portal; may be missing. */
  portalDir: string;
  /** Time of the start, in milliseconds since 1970. */
  startedMs: number;
  /** Told of things a person should know. */
  warn: (message: string) => void;
}

/** The server that routes are added to. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger>;

/** Adds a group of routes. */
export type Routes = (app: App, context: HttpContext) => void;
