import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { repositoryPath } from "../../processes/paths.js";

const folder = mkdtempSync(path.join(tmpdir(), "ava-connections-"));
const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
const names = "/CN=example.test -addext subjectAltName=DNS:example.test";
const made = spawnSync("openssl", `req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ${key} -out ${cert} -subj ${names}`.split(" "));
const servers: Server[] = [];
const children: ChildProcess[] = [];
const sockets: Socket[] = [];

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Runs a program with a Fetcher to its end. */
async function run(program: string, env: Record<string, string> = {}): Promise<unknown> {
  const library = JSON.stringify(repositoryPath("packages/sdk/lib/transfer.js"));
  const code = `import { Fetcher } from ${library};\nconst fetcher = new Fetcher({ connectTimeout: 600, idleTimeout: 600 });\n${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (piece) => {
    text += String(piece);
  });
  await once(child, "close");
  return JSON.parse(text) as unknown;
}

test("a connection that is kept does not keep the process: it ends while the server still has it", async () => {
  const server = createServer((_, response) => response.end("hi"));
  server.keepAliveTimeout = 0;
  const url = `http://127.0.0.1:${await listen(server)}`;
  expect(await run(`const [res] = await fetcher.fetch(${JSON.stringify(url)}); console.log(JSON.stringify(String(res.body)));`)).toBe("hi");
});

/** A server that does not take connections any more: it is stopped, and its queue is full. */
async function fullServer(): Promise<string> {
  const code = "const s = require('net').createServer().listen(0, '127.0.0.1', 1, () => console.log(s.address().port))";
  const child = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGSTOP");
  for (let isFull = false; !isFull; ) {
    const socket = connect(Number(port), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    isFull = await Promise.race([
      once(socket, "connect").then(() => false),
      new Promise<true>((resolve) => setTimeout(resolve, 500, true)),
    ]);
  }
  return `http://127.0.0.1:${port.toString().trim()}`;
}

test("a connection that is still being made when its request is given up does not keep the process", async () => {
  const silent = await listen(createTcpServer((socket) => void socket.on("error", () => undefined).resume()));
  for (const url of [`https://127.0.0.1:${silent}`, await fullServer()]) {
    const program = `const [, err] = await fetcher.fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(300) }); console.log(JSON.stringify(err.code));`;
    expect(await run(program)).toBe("ABORTED");
  }
});

const note = made.status === 0 ? "" : "; NOT TESTED: openssl is not installed here";
test.skipIf(made.status !== 0)(
  `https goes through the tunnel of the proxy that HTTPS_PROXY names, http through HTTP_PROXY${note}`,
  async () => {
    const secure = await listen(
      createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) =>
        response.end(`secret ${request.headers.host}`),
      ),
    );
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("plain");
    });
    proxy.on("connect", (request, socket) => {
      asked.push(`${request.method} ${request.url}`);
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(connect(secure, "127.0.0.1")).pipe(socket);
    });
    const address = `http://127.0.0.1:${await listen(proxy)}`;
    const program = `
    const bodies = [];
    for (const url of ["https://example.test/a", "http://example.test/b"]) {
      const [res, err] = await fetcher.fetch(url);
      bodies.push(err?.message ?? String(res.body));
    }
    console.log(JSON.stringify(bodies));`;
    const env = { HTTPS_PROXY: address, http_proxy: address, NO_PROXY: "", no_proxy: "", NODE_EXTRA_CA_CERTS: cert };
    expect(await run(program, env)).toEqual(["secret example.test", "plain"]);
    expect(asked).toEqual(["CONNECT example.test:443", "GET http://example.test/b"]);
  },
);
