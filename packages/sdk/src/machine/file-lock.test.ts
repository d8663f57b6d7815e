import { lutimesSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FileLock } from "./file-lock.js";
import { ownThread } from "./thread-identity.js";

const [space, pid, tid, start] = ownThread().split("-") as [string, string, string, string];
const GONE = `${space}-999999999-999999999-1`;
const FOREIGN = "00000000-1-1-1";

function newSpool(): string {
  return mkdtempSync(join(tmpdir(), "ava-spool-"));
}

test("one holds the lock until it gives it back", () => {
  const spool = newSpool();
  const [first, second] = [new FileLock(spool), new FileLock(spool)];
  expect([first.tryAcquire(), first.tryAcquire(), second.tryAcquire(), second.acquire(10)]).toEqual([true, true, false, false]);
  second.release();
  expect(second.tryAcquire()).toBe(false);
  first.release();
  expect([second.tryAcquire(), first.isHeld, second.isHeld]).toEqual([true, false, true]);
});

test.runIf(process.platform === "linux").each([
  ["whose process is gone", GONE],
  ["whose thread is gone", `${space}-${pid}-999999999-${start}`],
  ["whose number another process has now", `${space}-${pid}-${tid}-1`],
])("the lock of a holder %s is free, and nothing of it stays", (_, thread) => {
  const spool = newSpool();
  symlinkSync(`${thread}.1`, join(spool, "lock"));
  const lock = new FileLock(spool);
  expect(lock.tryAcquire()).toBe(true);
  lock.release();
  expect(readdirSync(spool)).toEqual([]);
});

test("the lock of another host or container is free a minute after it was taken", () => {
  const spool = newSpool();
  const link = join(spool, "lock");
  symlinkSync(`${FOREIGN}.1`, link);
  const lock = new FileLock(spool);
  expect(lock.tryAcquire()).toBe(false);
  const beforeS = Date.now() / 1000 - 61;
  lutimesSync(link, beforeS, beforeS);
  expect(lock.tryAcquire()).toBe(true);
});

test("while one thread takes a lock over, no other does; when that one is gone too, another does", () => {
  const spool = newSpool();
  symlinkSync(`${GONE}.1`, join(spool, "lock"));
  const takeover = join(spool, "takeover");
  mkdirSync(takeover);
  for (const token of [`${ownThread()}.x`, `${GONE}.2`]) writeFileSync(join(takeover, token), "");
  const lock = new FileLock(spool);
  expect(lock.tryAcquire()).toBe(false);
  expect(readdirSync(takeover)).toContain(`${ownThread()}.x`);
  rmSync(join(takeover, `${ownThread()}.x`));
  expect(lock.tryAcquire()).toBe(true);
});
