// What the pages of a test come from: one platform or, with AVA_TEST_REPLICAS in the environment, three on one PostgreSQL behind a balancer.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform } from "ava-platform";
import { startReplicas } from "../processes/replicas.js";

/** Whether pages come from replicas. */
export const isReplicated: boolean = process.env["AVA_TEST_REPLICAS"] !== undefined;

/** Who gets in, and where it is kept. */
export interface StageOptions {
  token?: string;
  database?: string;
}

/** A platform at one address. */
export interface StagePlatform {
  url: string;
  /** Ends what answers; the data and the address stay. */
  stop(): Promise<unknown>;
  /** Starts it again, at the same address. */
  start(): Promise<unknown>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

/** @returns one that answers */
export function openPlatform(options: StageOptions): Promise<StagePlatform> {
  return isReplicated && options.database === undefined ? replicated(options) : single(options);
}

async function single(options: StageOptions): Promise<StagePlatform> {
  const dataDir = mkdtempSync(join(tmpdir(), "ava-portal-"));
  let platform = await startPlatform({ port: 0, dataDir, ...options });
  const { url } = platform;
  return {
    url,
    stop: () => platform.close(),
    async start() {
      platform = await startPlatform({ port: Number(new URL(url).port), dataDir, ...options });
    },
    async remove() {
      await platform.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function replicated({ token }: StageOptions): Promise<StagePlatform> {
  const { balancer, platforms, stop } = await startReplicas(token === undefined ? {} : { token });
  return {
    url: balancer.url,
    stop: () => Promise.all(platforms.map((platform) => platform.stop())),
    start: () => Promise.all(platforms.map((platform) => platform.start())),
    remove: stop,
  };
}
