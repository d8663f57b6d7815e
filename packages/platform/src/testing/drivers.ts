import { onTestFinished } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import type { Store } from "../store/contract/store.js";
import { openStore } from "../store/embedded/open.js";
import { testFolder } from "./folder.js";
import { delayed, pauseOf } from "./memory-driver/delayed.js";
import { MemoryState } from "./memory-driver/state.js";
import { MemoryStore } from "./memory-driver/store.js";
import { hasPostgres, openReplica, postgresUrl, sealedWhen } from "./postgres-driver.js";

/** An open store of a driver. */
export interface OpenStore {
  store: Store;
  /** Another replica of it where the driver has several; else the store itself. */
  replica: Store;
  /** Closes it and opens it again; absent where nothing would be left. */
  reopen?: () => Promise<Store>;
}

/** @returns the store as it is, then as it is when it was opened again, where that can be */
export async function* beforeAndAfter({
  replica,
  reopen,
}: {
  replica: Store;
  reopen: OpenStore["reopen"] | undefined;
}): AsyncGenerator<Store> {
  yield replica;
  if (reopen !== undefined) yield await reopen();
}

/** Opens an empty store that ends with the test. @param now - milliseconds since 1970 */
type Open = (now: () => number) => Promise<OpenStore>;

async function openEmbedded(now: () => number): Promise<OpenStore> {
  const dataDir = testFolder();
  const open = (): Store => {
    const store = openStore({ dataDir, now });
    onTestFinished(() => store.close());
    return store;
  };
  const store = open();
  let current = store;
  const reopen = async (): Promise<Store> => {
    await current.close();
    current = open();
    return current;
  };
  return { store, replica: store, reopen };
}

async function openMemory(now: () => number): Promise<OpenStore> {
  const state = new MemoryState();
  const pause = pauseOf(randomOf(seedOfTest()).next);
  const replica = (): Store => delayed(new MemoryStore(state, now, pause), pause);
  return { store: replica(), replica: replica() };
}

async function openPostgresAlone(now: () => number): Promise<OpenStore> {
  const url = await postgresUrl();
  const store = await openReplica(url, now);
  let current = store;
  const reopen = async (): Promise<Store> => {
    await current.close();
    current = await openReplica(url, now);
    return current;
  };
  return { store, replica: store, reopen };
}

/** Both take commands and questions, so the tests ask one what the other was told; now and then one of them seals what there is. */
async function openPostgresTwice(now: () => number): Promise<OpenStore> {
  const url = await postgresUrl();
  const { chance } = randomOf(seedOfTest());
  const replica = async (): Promise<Store> => sealedWhen(await openReplica(url, now), () => chance(0.3));
  return { store: await replica(), replica: await replica() };
}

/** Commands go to the one replica, which seals after the first twelve and then after each tenth; the other one reads. */
async function openPostgresSealed(now: () => number): Promise<OpenStore> {
  const url = await postgresUrl();
  let commands = 0;
  const isTime = (): boolean => ++commands <= 12 || commands % 10 === 0;
  return { store: sealedWhen(await openReplica(url, now), isTime), replica: await openReplica(url, now) };
}

/** The drivers that the contract's tests hold to it. */
export const DRIVERS: readonly (readonly [name: string, open: Open])[] = [
  ["embedded", openEmbedded],
  ["in memory, with two replicas, every call delayed", openMemory],
  ...(hasPostgres
    ? ([
        ["PostgreSQL", openPostgresAlone],
        ["PostgreSQL, with two replicas, sealed now and then", openPostgresTwice],
        ["PostgreSQL, sealed after commands", openPostgresSealed],
      ] as const)
    : []),
];
