// Replicas of a platform on one PostgreSQL database, behind a balancer.
import { Balancer } from "./balancer.js";
import { PgBouncer } from "./pgbouncer.js";
import { freePort, type PlatformAccess, PlatformProcess } from "./platform.js";
import { PostgresProcess, type Settings } from "./postgres.js";

/** A platform of several replicas. */
export interface Replicas {
  server: PostgresProcess;
  /** Name of their database. */
  database: string;
  platforms: readonly PlatformProcess[];
  balancer: Balancer;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/** How replicas are started. */
export interface ReplicasOptions extends Omit<PlatformAccess, "database"> {
  count?: number;
  /** Of the database. */
  settings?: Settings;
  /** The replicas reach the database through PgBouncer. */
  isPooled?: boolean;
}

/** @returns replicas that listen */
export async function startReplicas({ count = 3, settings = {}, isPooled = false, ...access }: ReplicasOptions = {}): Promise<Replicas> {
  const server = await PostgresProcess.start(settings);
  const database = await server.database();
  const pooler = isPooled ? await PgBouncer.start(server) : undefined;
  const url = (pooler ?? server).url(database);
  const platforms: PlatformProcess[] = [];
  let balancer: Balancer | undefined;
  const stop = async (): Promise<void> => {
    balancer?.stop();
    await Promise.all(platforms.map((platform) => platform.stop("SIGKILL")));
    await pooler?.stop();
    await server.remove();
  };
  try {
    const started = await Promise.allSettled(Array.from({ length: count }, () => startPlatform({ ...access, database: url })));
    for (const one of started) if (one.status === "fulfilled") platforms.push(one.value);
    for (const one of started) if (one.status === "rejected") throw one.reason;
    balancer = await Balancer.start(platforms.map(({ port }) => port));
    return { server, database, platforms, balancer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that was free may be taken a moment later, also by a connection that goes out. */
async function startPlatform(access: PlatformAccess): Promise<PlatformProcess> {
  for (let tries = 1; ; tries++) {
    const platform = new PlatformProcess(await freePort(), access);
    try {
      await platform.start();
      return platform;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}
