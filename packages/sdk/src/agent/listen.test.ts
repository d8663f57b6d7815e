import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isLocal, type ListenAddress, type Listener, listen, parseAddress } from "./listen.js";

let folder: string;
let opened: Listener[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ava-listen-"));
  opened = [];
});

afterEach(() => {
  for (const listener of opened) listener.close();
  rmSync(folder, { recursive: true });
});

async function open(address: ListenAddress, onClient = () => undefined): Promise<Listener> {
  const listener = await listen(address, onClient);
  opened.push(listener);
  return listener;
}

test.each<[string, ListenAddress, boolean]>([
  ["unix:/run/ava.sock", { path: "/run/ava.sock" }, true],
  ["unix:/with space:and colon", { path: "/with space:and colon" }, true],
  ["tcp:127.0.0.1:80", { host: "127.0.0.1", port: 80 }, true],
  ["tcp:[::1]:0", { host: "::1", port: 0 }, true],
  ["tcp:localhost:65535", { host: "localhost", port: 65_535 }, true],
  ["tcp:0.0.0.0:1", { host: "0.0.0.0", port: 1 }, false],
  ["tcp:127.0.0.1.example.com:1", { host: "127.0.0.1.example.com", port: 1 }, false],
  ["tcp:[::]:1", { host: "::", port: 1 }, false],
])("%s is an address", (text, address, isReachedFromHereAlone) => {
  expect(parseAddress(text)).toEqual(address);
  expect(isLocal(address)).toBe(isReachedFromHereAlone);
});

test.each([
  "",
  "/run/ava.sock",
  "unix:relative",
  "unix:",
  "tcp:5660",
  "tcp::5660",
  "tcp:host:65536",
  "tcp:host:",
  "tcp:host:-1",
  "udp:h:1",
])("%j is not an address", (text) => {
  expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "SETTING_INVALID" }));
});

test("a socket is for its user only, takes clients, and goes with the agent", async () => {
  const path = join(folder, "agent.sock");
  let clients = 0;
  const listener = await open({ path }, () => void (clients += 1));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["agent.sock"]);
  const socket = connect(path);
  await vi.waitFor(() => expect(clients).toBe(1));
  socket.destroy();
  listener.close();
  expect(readdirSync(folder)).toEqual([]);
});

test("the place of a dead agent is taken, that of a live one is not", async () => {
  const path = join(folder, "agent.sock");
  const first = createServer().listen(join(folder, "first"));
  await once(first, "listening");
  renameSync(join(folder, "first"), path);
  await expect(listen({ path }, () => undefined)).rejects.toMatchObject({ code: "SETTING_INVALID" });
  // As the kernel does when its process is killed: the name stays, and no process answers.
  first.close();
  await once(first, "close");
  expect(statSync(path).isSocket()).toBe(true);
  await open({ path });
  await expect(listen({ path }, () => undefined)).rejects.toMatchObject({ code: "SETTING_INVALID" });
});

test("closing does not remove the socket of the agent that came after", async () => {
  const path = join(folder, "agent.sock");
  const first = await open({ path });
  rmSync(path);
  await open({ path });
  first.close();
  expect(statSync(path).isSocket()).toBe(true);
});

test.each<[string, (path: string) => void]>([
  ["a file", (path) => writeFileSync(path, "mine")],
  ["a folder", (path) => mkdirSync(path)],
  ["a link", (path) => symlinkSync("/nowhere", path)],
])("%s that has the name stays", async (_, make) => {
  const path = join(folder, "agent.sock");
  make(path);
  await expect(listen({ path }, () => undefined)).rejects.toMatchObject({ code: "SETTING_INVALID" });
  expect(readdirSync(folder)).toEqual(["agent.sock"]);
});

test("a chosen port is told; one that is taken is an error with its address", async () => {
  const { address } = await open({ host: "127.0.0.1", port: 0 });
  expect(address).toMatch(/^tcp:127\.0\.0\.1:[1-9]\d*$/);
  await expect(listen(parseAddress(address), () => undefined)).rejects.toMatchObject({
    code: "SETTING_INVALID",
    message: expect.stringContaining(`${address}: EADDRINUSE`),
  });
});
