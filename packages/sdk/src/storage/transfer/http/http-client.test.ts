import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { HttpClient } from "./http-client.js";
import type { HttpAnswer, HttpRequest } from "./http-exchange.js";

const LIMITS = { connectMs: 20_000, idleMs: 20_000, totalMs: 20_000 };
const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function newClient(proxies = {}): HttpClient {
  const client = new HttpClient(proxies);
  closing.push(() => client.close());
  return client;
}

async function listen(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  closing.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function serve(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(listener))}`;
}

/** Answers by hand: the listener gets each piece that comes, and how many came before on the same connection. */
async function serveRaw(onPiece: (socket: Socket, piece: string, before: number) => void): Promise<string> {
  const server = createTcpServer((socket) => {
    let before = 0;
    socket.on("error", () => undefined);
    socket.on("data", (piece) => onPiece(socket, piece.toString("latin1"), before++));
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: "GET", url, ...more });

async function textOf(answer: HttpAnswer): Promise<string> {
  let text = "";
  for await (const piece of answer.body) text += piece.toString("utf8");
  return text;
}

describe("a server that stalls", () => {
  test("before the connection is there", async () => {
    // A TLS connection is there after the handshake, which does not come.
    const url = (await serveRaw(() => undefined)).replace("http:", "https:");
    await expect(newClient().send(get(url), { ...LIMITS, connectMs: 50 })).rejects.toMatchObject({ code: "CONNECT_TIMEOUT" });
  });

  test("before the headers", async () => {
    const url = await serveRaw((socket, _, before) => void (before === 0 && socket.write("HTTP/1.1 200 OK\r\n")));
    const sent = newClient().send(get(url), { ...LIMITS, idleMs: 50 });
    await expect(sent).rejects.toMatchObject({ code: "IDLE_TIMEOUT", message: expect.stringContaining("no byte for 50 ms") as string });
  });

  test("within the body", async () => {
    const url = await serve((_, response) => response.writeHead(200, { "content-length": 10 }).write("half"));
    const answer = await newClient().send(get(url), { ...LIMITS, idleMs: 200 });
    await expect(textOf(answer)).rejects.toMatchObject({ code: "IDLE_TIMEOUT" });
  });

  test("and sends a byte now and then", async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write("."), 10);
      response.once("close", () => clearInterval(timer));
    });
    const answer = await newClient().send(get(url), { ...LIMITS, totalMs: 300 });
    await expect(textOf(answer)).rejects.toMatchObject({ code: "REQUEST_TIMEOUT" });
  });

  test("while a long body goes to it", async () => {
    const url = await serve(() => undefined);
    const body = Buffer.alloc(50_000_000);
    const sent = newClient().send({ method: "POST", url, body }, { ...LIMITS, idleMs: 200 });
    await expect(sent).rejects.toMatchObject({ code: "IDLE_TIMEOUT" });
  });
});

test("a reader that takes its time is not a server that stalls", async () => {
  const url = await serve((_, response) => response.end(Buffer.alloc(3_000_000)));
  const answer = await newClient().send(get(url), { ...LIMITS, idleMs: 50 });
  let bytes = 0;
  for await (const piece of answer.body) {
    if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 200));
    bytes += piece.length;
  }
  expect(bytes).toBe(3_000_000);
});

test("a signal ends a request, before and after the answer has begun", async () => {
  const url = await serve((_, response) => response.write("half"));
  await expect(newClient().send(get(url, { signal: AbortSignal.abort() }), LIMITS)).rejects.toMatchObject({ code: "ABORTED" });
  const stop = new AbortController();
  const answer = await newClient().send(get(url, { signal: stop.signal }), LIMITS);
  stop.abort();
  await expect(textOf(answer)).rejects.toMatchObject({ code: "ABORTED" });
});

describe("an answer that ends too early is an error", () => {
  test.each([
    ["with a length", "content-length: 10\r\n\r\nhalf"],
    ["with a length, on a connection that was to be closed", "connection: close\r\ncontent-length: 10\r\n\r\nhalf"],
    ["in chunks", "transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ["in chunks, on a connection that was to be closed", "connection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
  ])("%s", async (_, rest) => {
    const url = await serveRaw((socket) => void socket.end(`HTTP/1.1 200 OK\r\n${rest}`));
    await expect(newClient().send(get(url), LIMITS).then(textOf)).rejects.toMatchObject({ code: "CONNECTION_LOST" });
  });

  test("when it is not HTTP", async () => {
    const url = await serveRaw((socket) => void socket.end("SSH-2.0-x\r\n"));
    await expect(newClient().send(get(url), LIMITS)).rejects.toMatchObject({
      code: "CONNECTION_LOST",
      message: expect.stringMatching(/not HTTP|HTTP\/1.1 protocol/) as string,
    });
  });
});

test("what cannot be sent is told, not sent", async () => {
  const url = await serve((_, response) => response.end());
  for (const request of [get(url, { headers: { "x-y": "a\nb" } }), get("ftp://a/"), get(url, { method: "A B" })])
    await expect(newClient().send(request, LIMITS)).rejects.toMatchObject({ code: "REQUEST_INVALID" });
  await expect(newClient().send(get("http://127.0.0.1:9"), LIMITS)).rejects.toMatchObject({ code: "CONNECT_FAILED" });
});

test("a header of the caller stands once, whatever its case; several of one name come as node:http gives them", async () => {
  const url = await serve((request, response) => {
    response.writeHead(
      200,
      [
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["X-Two", "1"],
        ["X-Two", "2"],
        ["Location", "/1"],
        ["Location", "/2"],
      ].flat(),
    );
    response.end(JSON.stringify(request.headersDistinct));
  });
  const answer = await newClient().send(get(url, { headers: { Host: "named", "X-Mine": "yes" } }), LIMITS);
  expect(JSON.parse(await textOf(answer))).toEqual({ connection: ["keep-alive"], host: ["named"], "x-mine": ["yes"] });
  expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-two": "1, 2", location: "/1" });
  expect(answer.headerLists).toMatchObject({ "x-two": ["1", "2"], location: ["/1", "/2"] });
});

test("a redirect to another host or port leaves credentials behind, one to the same host keeps them", async () => {
  const seen: (string | undefined)[] = [];
  const see: RequestListener = (request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  };
  const other = await serve(see);
  const url = await serve((request, response) => {
    if (request.url === "/there") return void see(request, response);
    response
      .writeHead(302, {
        location: request.url === "/same" ? "/there" : request.url === "/port" ? other : url.replace("127.0.0.1", "localhost") + "/there",
      })
      .end();
  });
  for (const path of ["/same", "/port", "/host"])
    await textOf(await newClient().send(get(url + path, { headers: { authorization: "Bearer t" } }), LIMITS));
  expect(seen).toEqual(["Bearer t", undefined, undefined]);
});

describe("a kept connection", () => {
  const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
  const closer = () => {
    const requests: string[] = [];
    // It ends each connection at its second request, as a server does whose time for idle connections is over.
    const url = serveRaw((socket, piece, before) => {
      requests.push(piece.slice(0, piece.indexOf(" ")));
      if (before === 0) socket.write(answer);
      else socket.resetAndDestroy();
    });
    return { requests, url };
  };

  /** At its end the connection is free for the next request. */
  async function read(client: HttpClient, request: HttpRequest): Promise<string> {
    const text = await textOf(await client.send(request, LIMITS));
    await new Promise((resolve) => setTimeout(resolve, 20));
    return text;
  }

  test("that the server closes when it is used again costs a repeatable request nothing", async () => {
    const { requests, url } = closer();
    const client = newClient();
    const request = { method: "POST", url: await url, body: "x", isRepeatable: true };
    for (let times = 0; times < 3; times += 1) expect(await read(client, request)).toBe("hi");
    // Two of the three were sent on a kept connection first.
    expect(requests).toEqual(["POST", "POST", "POST", "POST", "POST"]);
  });

  test("is not used twice for what may be done once only", async () => {
    const { requests, url } = closer();
    const client = newClient();
    const request = { method: "POST", url: await url, body: "x" };
    await read(client, request);
    await expect(client.send(request, LIMITS)).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    expect(requests).toEqual(["POST", "POST"]);
  });

  test("of a new connection that breaks nothing is repeated", async () => {
    let requests = 0;
    const url = await serveRaw((socket) => {
      requests += 1;
      socket.resetAndDestroy();
    });
    await expect(newClient().send(get(url), LIMITS)).rejects.toMatchObject({ code: "CONNECTION_LOST" });
    expect(requests).toBe(1);
  });

  test("to a server that was started anew is made anew", async () => {
    const server = createServer((_, response) => response.end("old"));
    const port = await listen(server);
    const client = newClient();
    const request = { method: "POST", url: `http://127.0.0.1:${port}`, body: "x", isRepeatable: true };
    expect(await textOf(await client.send(request, LIMITS))).toBe("old");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await listen(
      createServer((_, response) => response.end("new")),
      port,
    );
    expect(await textOf(await client.send(request, LIMITS))).toBe("new");
  });
});

describe("a proxy", () => {
  test("gets a plain request whole, with its own password; loopback is reached without it", async () => {
    const seen: unknown[] = [];
    const proxy = await serve(({ url, headers }, response) => {
      seen.push([url, headers.host, headers["proxy-authorization"], headers.authorization]);
      response.end("by proxy");
    });
    const client = newClient({ httpProxy: proxy.replace("://", "://user:secret@"), noProxy: "other.test" });
    const request = get("http://example.test/a?b", { headers: { authorization: "Bearer t" } });
    expect(await textOf(await client.send(request, LIMITS))).toBe("by proxy");
    expect(seen).toEqual([["http://example.test/a?b", "example.test", "Basic dXNlcjpzZWNyZXQ=", "Bearer t"]]);
    expect(await textOf(await client.send(get(await serve((_, response) => response.end("straight"))), LIMITS))).toBe("straight");
    expect(seen).toHaveLength(1);
  });

  test("is asked for a tunnel to a server that speaks TLS, and its refusal is told", async () => {
    const asked: string[] = [];
    const proxy = await serveRaw((socket, piece) => {
      asked.push(piece.slice(0, piece.indexOf("\r\n")));
      socket.write("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    });
    const client = newClient({ httpsProxy: proxy.replace("http://", "") });
    await expect(client.send(get("https://example.test/"), LIMITS)).rejects.toMatchObject({
      message: expect.stringMatching(/403/) as string,
    });
    expect(asked).toEqual(["CONNECT example.test:443 HTTP/1.1"]);
  });

  test("that stalls at the tunnel is a connection that does not come", async () => {
    const httpsProxy = await serveRaw(() => undefined);
    const sent = newClient({ httpsProxy }).send(get("https://example.test/"), { ...LIMITS, connectMs: 50 });
    await expect(sent).rejects.toMatchObject({ code: "CONNECT_TIMEOUT" });
  });

  test("whose address is not one is named without its password", async () => {
    const sent = newClient({ httpProxy: "http://user:secret@:port:" }).send(get("http://example.test/"), LIMITS);
    const error = await sent.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "REQUEST_INVALID", message: expect.stringMatching(/HTTP_PROXY/) as string });
    expect(String(error)).not.toContain("secret");
  });
});
