import { gzipSync } from "node:zlib";
import type { Random } from "../random.js";
import { damaged, lineProtocol, recordsBody } from "./bodies.js";
import { anyText, hostileJson, jsonOf, type Schema } from "./json-values.js";
import type { RawRequest } from "./send.js";

interface Operation {
  parameters?: { name: string; in: "path" | "query"; schema?: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

/** The platform's own description of itself, as far as requests are made of it. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

/** Makes one request after the other. */
export type RequestMaker = (random: Random) => RawRequest;

const PATH_TEXTS = [
  "one",
  "two",
  "mnist",
  "m",
  "1",
  "e1",
  "",
  "%00",
  "a%00b",
  "%zz",
  "%",
  "%ff",
  "..",
  "%2e%2e%2f",
  "%F0%9F%98%80",
  "a%2Fb",
  "nobody",
];
const METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW"];
const TYPES = [
  "application/json",
  "application/x-ava-records",
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/json; charset=utf-16",
  "multipart/form-data",
  "a",
  "",
  "application/json;;=",
];
const HEADERS = [
  "Cookie: ava_token=%zz",
  "Cookie: ava_session=%E0%A4%A; ; =; ava_session",
  "Cookie: \u00ff=\u0001",
  "Authorization: Bearer",
  "Authorization: Bearer %zz \u00ff",
  "Authorization: Qiniu a:b",
  "Authorization: Qiniu :::",
  "Authorization: Basic !!!!",
  "Range: bytes=9-1,0-",
  "Range: bytes=-99999999999999999999",
  "If-Range: x",
  "Accept-Encoding: gzip;q=x, br",
  "X-Forwarded-For: ,,::1,x",
  "Origin: null",
  "Content-Encoding: gzip",
  "Expect: 100-continue",
  "Connection: Upgrade\r\nUpgrade: websocket",
  "Last-Event-ID: \u00ff",
  `X-Long: ${"h".repeat(20_000)}`,
  "Sec-Fetch-Site: cross-site",
];

/** Ten megabytes of zeros in ten kilobytes. */
const BOMB = gzipSync(Buffer.alloc(10_000_000));

/**
 * @param document - `/openapi.json` of the platform
 * @param host - for the `Host` header
 * @param authorization - a header line that lets the request in, for some of them
 */
export function requestMaker(document: OpenApi, host: string, authorization?: string): RequestMaker {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return (random) => {
    const { path, method, operation } = random.pick(operations);
    const usedMethod = random.chance(0.03) ? random.pick(METHODS) : method;
    const target = targetOf(path, operation, random);
    const body = bodyOf(path, operation, random);
    const type = random.chance(0.1) ? random.pick(TYPES) : body.type;
    const lines = [
      `${usedMethod} ${target} HTTP/1.1`,
      `Host: ${random.chance(0.99) ? host : anyText(random).replaceAll(/[^!-~]/g, "")}`,
      "Connection: close",
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      ...(body.bytes === undefined ? [] : [`Content-Length: ${body.bytes.length}`]),
      ...(authorization !== undefined && random.chance(0.5) ? [authorization] : []),
      ...(random.chance(0.2) ? [random.pick(HEADERS)] : []),
    ];
    const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, random.chance(0.5) ? "latin1" : "utf8");
    const whole = Buffer.concat([head, body.bytes ?? Buffer.alloc(0)]);
    return random.chance(0.02) ? { bytes: damaged(whole, random), isDamaged: true } : { bytes: whole, isDamaged: false };
  };
}

function targetOf(path: string, { parameters = [] }: Operation, random: Random): string {
  const filled = path.replaceAll(/\{\w+\}/g, () =>
    random.chance(0.7) ? random.pick(["one", "two", "mnist", "m"]) : hostileSegment(random),
  );
  const query = parameters.filter((parameter) => parameter.in === "query" && random.chance(0.4));
  if (query.length === 0) return random.chance(0.02) ? `${filled}?%zz&=&a[]=1&__proto__=1` : filled;
  return `${filled}?${query.map(({ name, schema }) => `${name}=${queryValue(schema, random)}`).join("&")}`;
}

/** No address can hold half of a character. */
function encoded(text: string): string {
  return encodeURIComponent(text.replaceAll(/\p{Cs}/gu, "?"));
}

function hostileSegment(random: Random): string {
  return random.chance(0.6) ? random.pick(PATH_TEXTS) : encoded(anyText(random).slice(0, 2000));
}

function queryValue(schema: Schema | undefined, random: Random): string {
  if (random.chance(0.15)) return random.pick(PATH_TEXTS);
  const json = jsonOf(schema, random).slice(0, 4000);
  return encoded(json.replace(/^"(.*)"$/s, "$1"));
}

function bodyOf(path: string, operation: Operation, random: Random): { bytes?: Buffer; type?: string } {
  if (path.endsWith("/records")) return { bytes: recordsBody(random), type: "application/x-ava-records" };
  if (path.endsWith("/metric")) return { bytes: lineProtocol(random), type: "application/x-www-form-urlencoded" };
  const [content] = Object.values(operation.requestBody?.content ?? {});
  if (content === undefined && random.chance(0.95)) return {};
  if (random.chance(0.01)) return { bytes: BOMB, type: "application/json" };
  if (random.chance(0.005)) return { bytes: Buffer.alloc(4_300_000, "[1,"), type: "application/json" };
  const json = random.chance(0.1) ? hostileJson(random) : jsonOf(content?.schema, random);
  return { bytes: damaged(Buffer.from(json), random), type: "application/json" };
}
