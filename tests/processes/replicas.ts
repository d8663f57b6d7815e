// Replicas of a platform on one PostgreSQL database, behind a balancer.
import { Balancer } from "./balancer.js";
import { freePort, type PlatformAccess, PlatformProcess } from "./platform.js";
import { PostgresProcess, type Settings } from "./postgres.js";

/** A platform of several replicas. */
export interface Replicas {
  server: PostgresProcess;
  platforms: readonly PlatformProcess[];
  balancer: Balancer;
  /** Ends all of it. */
  stop(): Promise<void>;
}

/** How replicas are started. */
export interface ReplicasOptions extends PlatformAccess {
  count?: number;
  /** Of the database. */
  settings?: Settings;
}

/** @returns replicas that listen */
export async function startReplicas({ count = 3, settings = {}, ...access }: ReplicasOptions = {}): Promise<Replicas> {
  const server = await PostgresProcess.start(settings);
  const database = access.database ?? server.url(await server.database());
  const platforms = await Promise.all(
    Array.from({ length: count }, async () => new PlatformProcess(await freePort(), { ...access, database })),
  );
  await Promise.all(platforms.map((platform) => platform.start()));
  const balancer = await Balancer.start(platforms.map(({ port }) => port));
  const stop = async (): Promise<void> => {
    balancer.stop();
    await Promise.all(platforms.map((platform) => platform.stop("SIGKILL")));
    await server.remove();
  };
  return { server, platforms, balancer, stop };
}
