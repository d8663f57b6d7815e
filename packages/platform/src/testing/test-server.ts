import { onTestFinished } from "vitest";
import { Access } from "../auth/access.js";
import { DownloadLinks } from "../auth/download-links.js";
import type { App } from "../http/context.js";
import { createServer } from "../http/server.js";
import { LiveHub } from "../live/hub.js";
import type { KodoAccount } from "../models/kodo-account.js";
import type { EmbeddedStore } from "../store/embedded.js";
import { openStore } from "../store/open.js";
import { testFolder } from "./folder.js";

/** A server over a new store, for `inject`. */
export interface TestServer {
  app: App;
  store: EmbeddedStore;
  /** Moves the platform's clock. */
  advance: (ms: number) => void;
}

/**
 * @param options - address and token as of the command line, the portal's folder, the account for Kodo
 * @returns a server that ends with the test
 */
export async function testServer(
  options: { host?: string; token?: string; portalDir?: string; kodo?: KodoAccount } = {},
): Promise<TestServer> {
  let nowMs = Date.parse("2026-01-01T00:00:00Z");
  const now = (): number => nowMs;
  const store = openStore({ dataDir: testFolder(), now });
  const clock = { now, lostAfterMs: 60_000 };
  const hub = new LiveHub(store, clock);
  const access = new Access(options.host ?? "127.0.0.1", options.token);
  const failures: unknown[] = [];
  const portalDir = options.portalDir ?? "no-such-folder";
  const context = { store, clock, hub, access, links: new DownloadLinks(now), kodo: options.kodo ?? {}, portalDir, startedMs: nowMs };
  const app = await createServer(context, (error) => failures.push(error));
  onTestFinished(async () => {
    await app.close();
    hub.close();
    await store.close();
    if (failures.length > 0) throw failures[0];
  });
  return { app, store, advance: (ms) => (nowMs += ms) };
}
