import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

const servers: Server[] = [];

afterEach(endServers);

/** Ends all servers: nothing listens at their addresses any more. */
export function endServers(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** @param listener - answers requests @returns URL of a server that ends with the test */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** @returns the body of a request as text */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** Answers with what it got, as JSON. */
export const echo: RequestListener = (request, response) =>
  void bodyOf(request).then((body) => {
    response.setHeader("x-seen", "1");
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
  });
