import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { Outlet } from "./outlet.js";
import { openPipes, type Pipe } from "./pipes.js";

function pipe(): Pipe {
  const [opened] = openPipes(1) as [Pipe];
  onTestFinished(() => opened.close());
  return opened;
}

test("what is written comes out in order, and idle waits for the last byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "ava-outlet-"));
  const fd = openSync(join(folder, "out"), "w");
  onTestFinished(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  const outlet = new Outlet(fd);
  await outlet.idle();
  for (let piece = 0; piece < 1000; piece++) outlet.write(Buffer.from(`${piece}\n`));
  await outlet.idle();
  expect(readFileSync(join(folder, "out"), "utf8")).toBe(Array.from({ length: 1000 }, (_, piece) => `${piece}\n`).join(""));
  expect(outlet).toMatchObject({ droppedBytes: 0, failure: undefined, isGone: false, isFull: false });
});

test("a slow reader fills it, and it tells once there is room again; every byte arrives", async () => {
  const { reader, writeFd } = pipe();
  onTestFinished(() => closeSync(writeFd));
  const outlet = new Outlet(writeFd);
  let changes = 0;
  outlet.onChange = () => void (changes += 1);
  const piece = Buffer.alloc(100_000, "x");
  for (let count = 0; count < 20; count++) outlet.write(piece);
  expect(outlet.isFull).toBe(true);
  let bytes = 0;
  reader.on("data", (chunk: Buffer) => void (bytes += chunk.length));
  await outlet.idle();
  await vi.waitFor(() => expect(bytes).toBe(2_000_000));
  expect([outlet.isFull, changes]).toEqual([false, 1]);
});

test("a full disk drops what it cannot take, counts it, and does not stop what comes after", async () => {
  const fd = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(fd));
  const outlet = new Outlet(fd);
  outlet.write(Buffer.from("12345"));
  outlet.write(Buffer.from("678"));
  await outlet.idle();
  expect(outlet).toMatchObject({ droppedBytes: 8, failure: "ENOSPC", isGone: false });
});

test("when its reader is gone it says so, takes nothing, and is idle", async () => {
  const opened = pipe();
  const outlet = new Outlet(opened.writeFd);
  let changes = 0;
  outlet.onChange = () => void (changes += 1);
  opened.close();
  outlet.write(Buffer.from("a"));
  outlet.write(Buffer.from("b"));
  await outlet.idle();
  outlet.write(Buffer.from("c"));
  await outlet.idle();
  closeSync(opened.writeFd);
  expect([outlet.isGone, outlet.droppedBytes, changes]).toEqual([true, 0, 1]);
});
