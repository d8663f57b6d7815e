import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { noteRemoved, RunFileSender } from "./run-files.js";

/** A platform that takes files: what it has, and what it does before it answers. */
async function newPlatform(statusOf: (name: string) => number = () => 200) {
  const files = new Map<string, string>();
  const puts: string[] = [];
  const take = async (request: IncomingMessage): Promise<number> => {
    const name = decodeURIComponent((request.url ?? "").replace("/v1/instances/one/files/", ""));
    const content = await text(request);
    puts.push(name);
    const status = statusOf(name);
    if (status === 200 && request.method === "DELETE")
      for (const key of files.keys()) if (`${key}/`.startsWith(`${name}/`)) files.delete(key);
    if (status === 200 && request.method === "PUT") files.set(name, content);
    return status;
  };
  const server = createServer(
    (request, response) =>
      void take(request).then(
        (status) => response.writeHead(status).end("{}"),
        () => undefined,
      ),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close().closeAllConnections());
  return { files, puts, platformUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function newRun(contents: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), "ava-run-"));
  const pathOf = (name: string) => join(folder, "files", name);
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), content);
  }
  return { folder, pathOf };
}

const soon = () => Date.now() + 20_000;

test("files of any name and size are sent once, and again when they have changed", async () => {
  const { files, puts, platformUrl } = await newPlatform();
  const contents = { "a/empty": "", "视 #%?&.txt": "odd", "b.bin": "x".repeat(300_000) };
  const { folder, pathOf } = newRun(contents);
  const send = () => new RunFileSender(folder, "one", { platformUrl }).send(soon());
  expect(await send()).toEqual({ isComplete: true });
  expect(Object.fromEntries(files)).toEqual(contents);
  await send();
  expect(puts).toHaveLength(3);
  writeFileSync(pathOf("b.bin"), "another");
  await send();
  expect([puts.length, files.get("b.bin")]).toEqual([4, "another"]);
});

test("a file that is gone when its turn comes, or that is refused, keeps no other one from being sent", async () => {
  const { folder, pathOf } = newRun({ "1": "a", "2": "b", "3": "c", "4": "d" });
  const { files, platformUrl } = await newPlatform((name) => {
    rmSync(pathOf("2"), { force: true });
    return name === "3" ? 400 : 200;
  });
  const sender = new RunFileSender(folder, "one", { platformUrl });
  const settled = await sender.send(soon());
  expect(settled).toEqual({ isComplete: false, reason: expect.stringMatching(/^1 files wait: .*400/) });
  expect([...files.keys()]).toEqual(["1", "4"]);
  expect(sender.waiting).toBe(1);
});

test("a platform that is away, or does not let in, is asked for the first file alone", async () => {
  const { folder } = newRun({ "1": "a", "2": "b", "3": "c" });
  const { puts, platformUrl } = await newPlatform(() => 401);
  const settled = await new RunFileSender(folder, "one", { platformUrl }).send(soon());
  expect(settled).toEqual({ isComplete: false, reason: expect.stringMatching(/^3 files wait: /) });
  expect(puts).toHaveLength(1);
});

test("what a client removed is removed from the platform; what is only gone from the disk stays there", async () => {
  const { files, puts, platformUrl } = await newPlatform();
  const { folder, pathOf } = newRun({ "a/1": "1", "a/2": "2", b: "b", c: "c" });
  const sender = () => new RunFileSender(folder, "one", { platformUrl });
  await sender().send(soon());
  rmSync(pathOf("c"));
  rmSync(pathOf("a"), { recursive: true });
  noteRemoved(folder, "a");
  noteRemoved(folder, "b");
  expect(sender().waiting).toBe(3);
  await sender().send(soon());
  // Put again after it was removed.
  expect(Object.fromEntries(files)).toEqual({ b: "b", c: "c" });
  const asked = puts.length;
  expect([sender().waiting, await sender().send(soon()), puts.length]).toEqual([0, { isComplete: true }, asked]);
});
