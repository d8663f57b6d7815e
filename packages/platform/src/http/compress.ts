import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { type BrotliOptions, brotliCompress, constants, createBrotliCompress, createGzip, gzip } from "node:zlib";
import type { App } from "./context.js";

/** Answers below this go as they are, in bytes. */
const LEAST_BYTES = 1024;

/** Characters of the answers whose compressed form is remembered for each coding, and of one of them. */
const REMEMBERED_CHARACTERS = 4_000_000;
const MOST_CHARACTERS = 500_000;

/** How hard brotli and gzip work. */
interface Effort {
  brotli: number;
  gzip: number;
}

/** An answer is made once and read once: it is packed about as fast as it is made. */
const ANSWER: Effort = { brotli: 3, gzip: 4 };
/** The portal's files are loaded over slow lines, and kept by browsers. */
const FILE: Effort = { brotli: 5, gzip: 6 };

interface Coding {
  whole: (body: string | Buffer, effort: Effort) => Promise<Buffer>;
  stream: (effort: Effort) => NodeJS.ReadWriteStream;
}

const brotliOptions = ({ brotli }: Effort): BrotliOptions => ({ params: { [constants.BROTLI_PARAM_QUALITY]: brotli } });

/** What the platform can do, the best first. */
const CODINGS = new Map<string, Coding>([
  [
    "br",
    {
      whole: (body, effort) => promisify(brotliCompress)(body, brotliOptions(effort)),
      stream: (effort) => createBrotliCompress(brotliOptions(effort)),
    },
  ],
  [
    "gzip",
    { whole: (body, effort) => promisify(gzip)(body, { level: effort.gzip }), stream: (effort) => createGzip({ level: effort.gzip }) },
  ],
]);

/** Types whose bytes become fewer. */
const COMPRESSIBLE = /^(text\/|image\/svg|application\/(json|x-ndjson|javascript|manifest\+json|wasm))/;

const FILES = /^(text\/(html|css|javascript)|image\/)/;

/** Remembers what answers are compressed to: a chart that is asked for again is the same text. */
class Remembered {
  private readonly kept = new Map<string, unknown>();
  private characters = 0;

  async of(body: string, pack: () => Promise<unknown>): Promise<unknown> {
    if (body.length > MOST_CHARACTERS) return pack();
    const packed = this.kept.get(body) ?? (await pack());
    // What was asked for last is behind all others.
    if (!this.kept.delete(body)) this.characters += body.length;
    this.kept.set(body, packed);
    for (const first of this.kept.keys()) {
      if (this.characters <= REMEMBERED_CHARACTERS) break;
      this.kept.delete(first);
      this.characters -= first.length;
    }
    return packed;
  }
}

/** Compresses answers as the client takes it: brotli or gzip. The live stream goes past it, and so do parts of files. */
export function addCompression(app: App): void {
  const remembered = new Map([...CODINGS.keys()].map((name) => [name, new Remembered()]));
  app.addHook("onSend", async (request, reply, payload: unknown) => {
    const type = String(reply.getHeader("content-type") ?? "");
    if (!COMPRESSIBLE.test(type) || reply.hasHeader("content-encoding") || reply.statusCode === 206) return payload;
    reply.header("vary", "accept-encoding");
    const name = codingOf(request.headers["accept-encoding"]);
    if (name === undefined || request.method === "HEAD" || isSmall(payload, reply.getHeader("content-length"))) return payload;
    const pack = (): Promise<unknown> => compress(CODINGS.get(name)!, payload, FILES.test(type) ? FILE : ANSWER);
    const compressed = typeof payload === "string" ? await remembered.get(name)!.of(payload, pack) : await pack();
    if (compressed === undefined) return payload;
    const etag = reply.getHeader("etag");
    // Bytes of another coding are other bytes.
    if (typeof etag === "string" && !etag.startsWith("W/")) reply.header("etag", `W/${etag}`);
    reply.removeHeader("content-length");
    reply.header("content-encoding", name);
    return compressed;
  });
}

async function compress({ whole, stream }: Coding, payload: unknown, effort: Effort): Promise<unknown> {
  if (typeof payload === "string" || Buffer.isBuffer(payload)) return whole(payload, effort);
  if (!(payload instanceof Readable)) return undefined;
  const compressor = stream(effort);
  // An end of one of the two is an end of the other; the server tells the client.
  pipeline(payload, compressor, () => undefined);
  return compressor;
}

function isSmall(payload: unknown, length: unknown): boolean {
  const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : length;
  return bytes !== undefined && Number(bytes) < LEAST_BYTES;
}

/**
 * @param accepted - header `Accept-Encoding`
 * @returns the coding that the client likes best, of equal ones the best of ours; `undefined` for none
 */
export function codingOf(accepted: string | string[] | undefined): string | undefined {
  const weights = new Map<string, number>();
  for (const item of String(accepted ?? "").split(",")) {
    const [name = "", ...params] = item.split(";").map((part) => part.trim().toLowerCase());
    const quality = params.find((param) => param.startsWith("q="));
    weights.set(name, quality === undefined ? 1 : Number(quality.slice(2)));
  }
  let best: string | undefined;
  let most = 0;
  for (const name of CODINGS.keys()) {
    const weight = weights.get(name) ?? weights.get("*") ?? 0;
    if (weight > most) [best, most] = [name, weight];
  }
  return best;
}
