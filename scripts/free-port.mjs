// @ts-check
import { createServer } from "node:net";

/**
 * @param {number} first - tried first, then the ones above it
 * @returns {Promise<number>} a port on which nothing listens on the loopback address
 */
export async function findFreePort(first) {
  for (let port = first; port < 65_536; port++) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${first} on is free.`);
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1" }, () => server.close(() => resolve(true)));
  });
}
