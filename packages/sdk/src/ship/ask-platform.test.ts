import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { askPlatform } from "./ask-platform.js";

test("a command without the platform's token is told where it is to be given, not only in which header it is sent", async () => {
  const server = createServer((_request, response) => response.writeHead(401).end('{"error":{"message":"It needs its token."}}'));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const platformUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const message = `platform ${platformUrl}: It needs its token. Give it as AVA_TOKEN.`;
  await expect(askPlatform("/v1/instances", { platformUrl })).rejects.toMatchObject({ message });
});
