import { join } from "node:path";
import { onTestFinished } from "vitest";
import { Access, type AccessSettings } from "../access/access.js";
import { folderKeep } from "../access/access-keep.js";
import type { KodoAccount } from "../blobs/kodo-account.js";
import { FolderFiles } from "../files/folder-files.js";
import type { App } from "../http/context.js";
import { createServer } from "../http/server.js";
import { LiveFeed } from "../live/feed.js";
import { LiveHub } from "../live/hub.js";
import type { EmbeddedStore } from "../store/embedded/embedded.js";
import { openStore } from "../store/embedded/open.js";
import { TrackerIntake } from "../trackers/intake.js";
import { testFolder } from "./folder.js";

/** A server over a new store, for `inject`. */
export interface TestServer {
  app: App;
  store: EmbeddedStore;
  /** Moves the platform's clock. */
  advance: (ms: number) => void;
  /** @returns a ticket for an upload */
  ticket: () => string;
  /** What a person was told. */
  warnings: string[];
}

/**
 * @param options - address, token and keys as of the command line, the portal's folder, the account for Kodo, the data folder of an earlier server
 * @returns a server that ends with the test
 */
export async function testServer(
  options: Partial<AccessSettings> & { portalDir?: string; kodo?: KodoAccount; dataDir?: string } = {},
): Promise<TestServer> {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const now = (): number => nowMs;
  const { portalDir = "no-such-folder", kodo = {}, dataDir = testFolder(), ...settings } = options;
  const store = openStore({ dataDir, now });
  const clock = { now, lostAfterMs: 60_000 };
  const feed = new LiveFeed(new LiveHub(store, clock));
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  const access = new Access({ host: "127.0.0.1", ...settings }, folderKeep(dataDir, now, warn), now, warn);
  const failures: unknown[] = [];
  const { trustedProxies = [] } = settings;
  const files = new FolderFiles(join(dataDir, "files"));
  const trackers = new TrackerIntake(store, files);
  const context = { store, clock, feed, access, trustedProxies, kodo, files, trackers, portalDir, startedMs: nowMs, warn };
  const app = await createServer(context, (error) => failures.push(error));
  onTestFinished(async () => {
    await app.close();
    await store.close();
    if (failures.length > 0) throw failures[0];
  });
  return { app, store, ticket: () => access.uploads.make(), advance: (ms) => (nowMs += ms), warnings };
}
