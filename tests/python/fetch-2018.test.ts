import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type KodoEmulator, startEmulator } from "ava-kodo-emulator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";
import { agentsOf, pythonEnvironment, startPython } from "../processes/python.js";
import { findPython } from "./interpreters.js";

const keys = { accessKey: "fetch-test-ak", secretKey: "fetch-test-sk" };
const folder = mkdtempSync(path.join(tmpdir(), "ava-fetch-2018-"));
let emulator: KodoEmulator;
let server: Server;
let flaky = 0;

beforeAll(async () => {
  // This domain takes no connection: the source site has the object.
  const buckets = [{ name: "train-data", domains: ["dl.example.invalid"] }];
  emulator = await startEmulator({ data: path.join(folder, "kodo"), ...keys, buckets });
  server = createServer((request, response) => {
    const route = request.url?.split("?")[0];
    if (route === "/cookies") response.writeHead(200, { "set-cookie": ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2"] }).end();
    else if (route === "/gzip") response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("unpacked"));
    else if (route === "/redirect") response.writeHead(302, { location: "/echo" }).end();
    else if (route === "/ftp") response.writeHead(302, { location: "ftp://127.0.0.1/x" }).end();
    else if (route === "/missing") response.writeHead(404).end();
    else if (route === "/flaky") response.writeHead(++flaky % 3 === 0 ? 200 : 403).end();
    else void echo(request).then((text) => response.end(text));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(async () => {
  server.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

async function echo(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return JSON.stringify({ method: request.method, body });
}

for (const version of ["2.7", "3.6", "3.13"]) {
  const python = findPython(version);
  const note = python ? "" : "; NOT TESTED: it is not installed here";
  test.skipIf(!python)(`Fetcher answers as in 2018 with Python ${version}${note}`, async () => {
    const workspace = path.join(folder, version);
    mkdirSync(workspace);
    const env = pythonEnvironment(workspace, { AVA_STORAGE: `kodo:train-data?endpoint=http://${emulator.host}` });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const args = [repositoryPath("tests/python/programs/fetch_2018.py"), url, "train-data", keys.accessKey, keys.secretKey];
    const { stdout, stderr } = await startPython(args, env, python).result;
    for (const pid of agentsOf(workspace)) process.kill(pid);
    expect(JSON.parse(stdout || JSON.stringify(stderr))).toEqual({
      cookies: ["a=1; Expires=Wed, 09 Jun 2027 10:18:14 GMT", "b=2"],
      effective: true,
      gzip: "unpacked",
      redirected: { method: "GET", body: "" },
      refused: [null, 404, true, false],
      scheme: [null, 302],
      flaky: 200,
      kodo: [true, "None"],
      mac: { method: "GET", body: "" },
      called: ["one", "other"],
    });
    expect(stderr.match(/a mistake of the script/g)?.length).toBeGreaterThan(0);
  });
}
