import { once } from "node:events";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { FETCH_POLICY, Fetcher, QMacAuthFetcher, RETRY_POLICY } from "ava-sdk/transfer";
import { describe, expect, test } from "vitest";
import { bodyOf, echo, endServers, serve } from "./listening.js";

const retryPolicy = { ...RETRY_POLICY, firstDelayMs: 1, longestDelayMs: 5 };
describe("Fetcher.fetch", () => {
  test("has the seed's constants", () => {
    expect({ ...Fetcher }).toEqual({
      DEFAULT_CONNECT_TIMEOUT: 20,
      DEFAULT_REQUEST_TIMEOUT: 600,
      DEFAULT_MAX_RETRY: 5,
      DEFAULT_MAX_BUFFER_SIZE: 1_073_741_824,
      DOWNLOAD_POOL_SIZE: 75,
    });
    expect(QMacAuthFetcher.DEFAULT_MAX_RETRY).toBe(5);
  });

  test.each(["GET", "POST", "PUT", "DELETE", "PATCH"])("%s arrives with headers, body and raw path", async (method) => {
    const url = `${await serve(echo)}/a//b/../c%20d?x=1&y=%E4%B8%AD`;
    using fetcher = new Fetcher();
    const data = method === "GET" ? undefined : "größe";
    const [res, err] = await fetcher.fetch(url, { method, headers: { "X-Mine": "yes" }, data });
    expect(err).toBeUndefined();
    expect(res?.status).toBe(200);
    expect(res?.headers["x-seen"]).toBe("1");
    const seen = JSON.parse(res?.body.toString() ?? "");
    expect(seen).toMatchObject({ method, url: "/a//b/../c%20d?x=1&y=%E4%B8%AD", body: data ?? "" });
    expect(seen.headers["x-mine"]).toBe("yes");
  });

  test("GET takes no data", async () => {
    using fetcher = new Fetcher();
    const [res, err] = await fetcher.fetch(await serve(echo), { data: "x" });
    expect(res).toBeUndefined();
    expect(err?.code).toBe("REQUEST_INVALID");
  });

  test.each(["", "nonsense", "ftp://127.0.0.1/x", "/path"])("'%s' is not a URL and gives an error value", async (url) => {
    using fetcher = new Fetcher();
    expect((await fetcher.fetch(url))[1]?.code).toBe("REQUEST_INVALID");
  });

  test.each([
    [{}, 1],
    [{ maxRetry: -1 }, 1],
    [{ maxRetry: -1, retry: 3 }, 1],
    [{ maxRetry: 0 }, 6],
    [{ maxRetry: 2 }, 3],
    [{ maxRetry: 2, retry: 1 }, 2],
    [{ maxRetry: 2, retry: 2 }, 1],
    [{ maxRetry: 0, retry: 4 }, 2],
    [{ maxRetry: 2, retry: 7 }, 1],
  ])("%j makes %d requests of a server that fails", async (options, requests) => {
    let seen = 0;
    const url = await serve((_, response) => {
      seen += 1;
      response.writeHead(503).end('{"error":"overloaded"}');
    });
    using fetcher = new Fetcher({ retryPolicy });
    const [res, err] = await fetcher.fetch(url, options);
    expect(res).toBeUndefined();
    expect(err).toMatchObject({ code: "HTTP_STATUS", status: 503, attempts: requests });
    expect(err?.message).toContain("overloaded");
    expect(err?.response?.body.toString()).toBe('{"error":"overloaded"}');
    expect(seen).toBe(requests);
  });

  test("a body is sent again with each retry", async () => {
    const bodies: string[] = [];
    const url = await serve(
      (request, response) =>
        void bodyOf(request).then((body) => {
          bodies.push(body);
          response.writeHead(bodies.length < 3 ? 500 : 200).end();
        }),
    );
    using fetcher = new Fetcher({ retryPolicy });
    expect((await fetcher.fetch(url, { method: "POST", data: "once more", maxRetry: 0 }))[0]?.status).toBe(200);
    expect(bodies).toEqual(["once more", "once more", "once more"]);
  });

  test.each([304, 401, 404, 500, 501, 600])("an answer %d is asked for again, whatever it means", async (status) => {
    let seen = 0;
    const url = await serve((_, response) => {
      seen += 1;
      response.writeHead(seen < 3 ? status : 200).end();
    });
    using fetcher = new Fetcher({ retryPolicy: { ...FETCH_POLICY, firstDelayMs: 1 } });
    expect((await fetcher.fetch(url, { maxRetry: 0 }))[0]?.status).toBe(200);
    expect(seen).toBe(3);
  });

  test("a packed answer is unpacked, also a refusal; one that is damaged is an error value", async () => {
    const packed = gzipSync("the words");
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers["accept-encoding"]);
      response.writeHead(request.url === "/no" ? 404 : 200, { "content-encoding": "gzip" });
      response.end(request.method === "HEAD" ? "" : packed.subarray(0, request.url === "/cut" ? 12 : undefined));
    });
    using fetcher = new Fetcher();
    const [res] = await fetcher.fetch(url);
    expect([res?.body.toString(), res?.headers["content-encoding"], res?.headers["x-consumed-content-encoding"]]).toEqual([
      "the words",
      undefined,
      "gzip",
    ]);
    expect((await fetcher.fetch(`${url}/no`))[1]?.response?.body.toString()).toBe("the words");
    expect((await fetcher.fetch(`${url}/cut`))[1]?.code).toBe("CONNECTION_LOST");
    expect((await fetcher.fetch(url, { method: "HEAD" }))[0]?.body).toHaveLength(0);
    expect(asked).toEqual(["gzip", "gzip", "gzip", "gzip"]);
    using small = new Fetcher({ maxBufferSize: 5 });
    expect((await small.fetch(url))[1]?.code).toBe("BODY_TOO_LARGE");
  });

  test("a POST is a form unless it says otherwise", async () => {
    const url = await serve(echo);
    using fetcher = new Fetcher();
    const typeOf = async (method: string, headers = {}) =>
      JSON.parse((await fetcher.fetch(url, { method, headers, data: "a=1" }))[0]?.body.toString() ?? "").headers["content-type"];
    expect(await typeOf("POST")).toBe("application/x-www-form-urlencoded");
    expect(await typeOf("POST", { "content-TYPE": "text/plain" })).toBe("text/plain");
    expect(await typeOf("PUT")).toBeUndefined();
  });

  test.each([
    [302, "POST", "GET", ""],
    [303, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [301, "POST", "POST", "a=1"],
    [307, "POST", "POST", "a=1"],
    [308, "PUT", "PUT", "a=1"],
  ])("a redirect by %d makes a %s a %s", async (status, method, then, body) => {
    const target = await serve(echo);
    const url = await serve((_, response) => void response.writeHead(status, { location: `${target}/there` }).end());
    using fetcher = new Fetcher();
    const [res] = await fetcher.fetch(url, { method, data: "a=1" });
    const seen = JSON.parse(res?.body.toString() ?? "");
    expect(seen).toMatchObject({ method: then, url: "/there", body });
    expect(seen.headers["content-type"]).toBe(then === "POST" ? "application/x-www-form-urlencoded" : undefined);
    expect(res?.url).toBe(`${target}/there`);
  });

  test.each(["ftp://127.0.0.1/x", "file:///etc/passwd", "http://", "javascript:1"])(
    "a redirect to %s is an error value",
    async (location) => {
      const url = await serve((_, response) => void response.writeHead(302, { location }).end());
      using fetcher = new Fetcher();
      for (const method of ["GET", "POST"]) {
        const [res, err] = await fetcher.fetch(url, { method, data: method === "GET" ? undefined : "x" });
        expect([res, err?.code, err?.status]).toEqual([undefined, "HTTP_STATUS", 302]);
      }
      expect((await fetcher.fetchHugeFile(url, "/dev/null"))[1]?.status).toBe(302);
    },
  );

  test("nothing that listens is an error with a code", async () => {
    using fetcher = new Fetcher();
    const url = await serve(echo);
    endServers();
    const [, err] = await fetcher.fetch(url);
    expect(err).toMatchObject({ code: "CONNECT_FAILED" });
    expect(err?.message).toContain("ECONNREFUSED");
  });

  test("an answer that ends early is an error, not a short body", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("short", () => response.socket?.destroySoon());
    });
    using fetcher = new Fetcher();
    expect((await fetcher.fetch(url))[1]?.code).toBe("CONNECTION_LOST");
  });

  test("a kept connection that the server has closed meanwhile does not fail a request", async () => {
    const used = new WeakSet<object>();
    const url = await serve((request, response) => {
      if (used.has(request.socket)) return void request.socket.resetAndDestroy();
      used.add(request.socket);
      response.end("ok");
    });
    using fetcher = new Fetcher();
    for (let i = 0; i < 6; i += 1) expect((await fetcher.fetch(url))[0]?.body.toString()).toBe("ok");
    await Promise.all([fetcher.fetch(url), fetcher.fetch(url), fetcher.fetch(url)]);
    for (let i = 0; i < 6; i += 1) expect((await fetcher.fetch(url))[0]?.body.toString()).toBe("ok");
    expect((await fetcher.fetch(url, { method: "POST", data: "x", maxRetry: 0 }))[0]?.status).toBe(200);
  });

  test("a body above maxBufferSize is refused", async () => {
    const url = await serve((_, response) => void response.end(Buffer.alloc(1001)));
    using fetcher = new Fetcher({ maxBufferSize: 1000 });
    expect((await fetcher.fetch(url))[1]?.code).toBe("BODY_TOO_LARGE");
    using larger = new Fetcher({ maxBufferSize: 1001 });
    expect((await larger.fetch(url))[0]?.body.length).toBe(1001);
  });

  test("no more than downloadPool requests are under way", async () => {
    let open = 0;
    let most = 0;
    const url = await serve((_, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.end();
      }, 20);
    });
    using fetcher = new Fetcher({ downloadPool: 3 });
    const results = await Promise.all(Array.from({ length: 12 }, () => fetcher.fetch(url)));
    expect(results.every(([, err]) => err === undefined)).toBe(true);
    expect(most).toBe(3);
  });

  test("redirects are followed; authorization goes to no other host", async () => {
    const there = await serve(echo);
    const here = await serve((request, response) =>
      request.url === "/away" ? void response.writeHead(302, { location: `${there}/x` }).end() : echo(request, response),
    );
    using fetcher = new Fetcher();
    const [res] = await fetcher.fetch(`${here}/away`, { headers: { Authorization: "Bearer secret", "X-Mine": "1" } });
    const { headers, url } = JSON.parse(res?.body.toString() ?? "");
    expect(url).toBe("/x");
    expect(headers["x-mine"]).toBe("1");
    expect(headers.authorization).toBeUndefined();
  });

  test("an abort ends the wait before a retry at once", async () => {
    const url = await serve((_, response) => void response.writeHead(503, { "retry-after": "60" }).end());
    using fetcher = new Fetcher();
    const stop = new AbortController();
    const result = fetcher.fetch(url, { maxRetry: 0, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    expect((await result)[1]?.code).toBe("ABORTED");
  });

  test("keys, signatures and queries are in no error and in no print", async () => {
    const url = await serve((_, response) => void response.writeHead(401).end('{"error":"bad token"}'));
    using fetcher = new Fetcher({ accessKey: "ak-visible", secretKey: "sk-hidden", sourceHost: url });
    const [, err] = await fetcher.fetch(`http://user:pass-hidden@127.0.0.1/key?password=query-hidden`, { fromKodo: true });
    expect(err?.status).toBe(401);
    const printed = `${inspect(err, { depth: 10, showHidden: true })}${JSON.stringify(err)}${inspect(fetcher, { depth: 10, showHidden: true })}`;
    expect(printed).not.toMatch(/hidden|token=/);
  });

  test("closed, it refuses", async () => {
    const fetcher = new Fetcher();
    fetcher.close();
    expect((await fetcher.fetch("http://127.0.0.1/"))[1]?.code).toBe("FETCHER_CLOSED");
    expect((await fetcher.fetchHugeFile("http://127.0.0.1/", "x"))[1]?.code).toBe("FETCHER_CLOSED");
  });
});

describe("an asynchronous Fetcher", () => {
  test("returns nothing and calls back with result, error, cbArgs and cbKargs", async () => {
    using fetcher = new Fetcher({ async: true });
    const url = await serve(echo);
    const called = await new Promise<unknown[]>((resolve) => {
      const callback = (...args: unknown[]) => resolve(args);
      expect(fetcher.fetch(url, { callback, cbArgs: ["a", 2], cbKargs: { k: "v" } })).toBeUndefined();
    });
    expect(called[0]).toMatchObject({ status: 200 });
    expect(called.slice(1)).toEqual([undefined, "a", 2, { k: "v" }]);
  });

  test("stopped, it calls back with an error until it is started again", async () => {
    using fetcher = new Fetcher({ async: true });
    const url = await serve(echo);
    const fetched = () => new Promise<unknown[]>((resolve) => void fetcher.fetch(url, { callback: (...args) => resolve(args) }));
    fetcher.stopTornadoIoloop();
    expect((await fetched())[1]).toMatchObject({ code: "FETCHER_CLOSED" });
    fetcher.startTornadoIoloop();
    expect((await fetched())[0]).toMatchObject({ status: 200 });
  });

  test("arguments of a wrong type reach the callback as an error", async () => {
    using fetcher = new Fetcher({ async: true });
    const called = new Promise<unknown[]>(
      (resolve) => void fetcher.fetch(5 as unknown as string, { callback: (...args) => resolve(args) }),
    );
    expect((await called)[1]).toMatchObject({ code: "REQUEST_INVALID" });
  });

  test("a callback that throws is a warning", async () => {
    using fetcher = new Fetcher({ async: true });
    const warned = once(process, "warning");
    fetcher.fetch(await serve(echo), {
      callback: () => {
        throw new Error("mine");
      },
    });
    expect(String((await warned)[0])).toContain("mine");
  });
});
