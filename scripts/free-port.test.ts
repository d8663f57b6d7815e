import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { findFreePort } from "./free-port.mjs";

it("passes over a port on which a program listens", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await findFreePort(port)).toBeGreaterThan(port);
  server.close();
  await once(server, "close");
  expect(await findFreePort(port)).toBe(port);
});
