import { once } from "node:events";
import { chmodSync, lstatSync, renameSync, rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { AvaError } from "../place/error.js";

/** Where an agent listens. */
export type ListenAddress = { path: string } | { host: string; port: number };

/** An agent's door. */
export interface Listener {
  /** Where it listens, a chosen port filled in. */
  address: string;
  /** Takes no more clients. */
  close(): void;
}

/**
 * @param text - value of `--listen`: `unix:/path` or `tcp:host:port`
 * @returns the address
 * @throws AvaError SETTING_INVALID
 */
export function parseAddress(text: string): ListenAddress {
  const [, path] = /^unix:(\/.+)$/s.exec(text) ?? [];
  if (path !== undefined) return { path };
  const [, host, port] = /^tcp:(.+):(\d{1,5})$/.exec(text) ?? [];
  if (host !== undefined && Number(port) <= 65_535) return { host: host.replace(/^\[(.*)\]$/, "$1"), port: Number(port) };
  throw new AvaError("SETTING_INVALID", `--listen ${text}: write unix:/PATH or tcp:HOST:PORT`);
}

/** @param address - where to listen @returns whether only this machine reaches it */
export function isLocal(address: ListenAddress): boolean {
  return "path" in address || /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(address.host);
}

/**
 * Listens. The socket of an agent that died is replaced.
 *
 * @param address - where
 * @param onClient - told of each connection
 * @returns the open door
 * @throws AvaError SETTING_INVALID when a live agent listens there already, or the address cannot be listened on
 */
export async function listen(address: ListenAddress, onClient: (stream: Duplex) => void): Promise<Listener> {
  const server = createServer(onClient);
  if ("path" in address) return listenAtPath(server, address.path);
  await start(server, address, `tcp:${address.host}:${address.port}`);
  const { port } = server.address() as { port: number };
  return { address: `tcp:${address.host}:${port}`, close: () => void server.close() };
}

async function listenAtPath(server: Server, path: string): Promise<Listener> {
  if (await isAnswered(path)) throw new AvaError("SETTING_INVALID", `an agent listens at ${path} already`);
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there && !there.isSocket()) throw new AvaError("SETTING_INVALID", `cannot listen at unix:${path}: something else has this name`);
  // Under another name until only its owner may use it; then it takes the place of a dead one in one go.
  const newPath = `${path}~${process.pid % 1000}`;
  rmSync(newPath, { force: true });
  const umask = process.umask(0o177);
  const starting = start(server, { path: newPath }, `unix:${path}`);
  // It is made within the call.
  process.umask(umask);
  await starting;
  chmodSync(newPath, 0o600);
  const { ino } = statSync(newPath);
  renameSync(newPath, path);
  return {
    address: `unix:${path}`,
    close: () => {
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path, { force: true });
      server.close();
    },
  };
}

async function start(server: Server, where: ListenAddress, name: string): Promise<void> {
  server.listen(where);
  try {
    await once(server, "listening");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AvaError("SETTING_INVALID", `cannot listen at ${name}: ${code}`, { cause });
  }
  // One connection that cannot be taken, say without a free descriptor, does not end the others.
  server.on("error", (error) => process.stderr.write(`ava-sdk agent: ${error.message}\n`));
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
