import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { qetag } from "ava-sdk/kodo";

/** What a server of one file does wrong; each is asked about every request of it. */
export interface ContentFaults {
  /** Answers these statuses first, one a request. */
  statuses?: { status: number; headers?: Record<string, string> }[];
  /** Requests from this one on are answered 404. */
  goneFrom?: number;
  /** The connection breaks after so many bytes of the body; `undefined`: it does not. */
  cutAfter?: (start: number, end: number, index: number) => number | undefined;
  /** As `cutAfter`, but the connection stays open and silent. */
  stallAfter?: (start: number, end: number, index: number) => number | undefined;
  isRangeIgnored?: boolean;
  /** Pause between two pieces of 256 KiB, in milliseconds. */
  pieceMs?: number;
  hasNoLength?: boolean;
  /** Headers that replace or (when empty) remove the usual ones. */
  headers?: Record<string, string>;
  /** Called before the headers of each answer. */
  before?: (index: number, request: IncomingMessage) => void | Promise<void>;
}

/** Serves one content on loopback. */
export class ContentServer {
  content: Buffer = Buffer.alloc(0);
  etag = "";
  faults: ContentFaults = {};
  /** `Range` and time of each request. */
  readonly seen: { range: string | undefined; url: string; atMs: number; headers: IncomingMessage["headers"] }[] = [];
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  /** @param content - what it serves @returns a server that listens */
  static async start(content: Buffer): Promise<ContentServer> {
    const server = new ContentServer();
    await server.serve(content);
    server.server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/file.bin`;
  }

  async serve(content: Buffer): Promise<void> {
    this.content = content;
    this.etag = `"${await qetag(content)}"`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const index = this.seen.length;
    const { faults } = this;
    this.seen.push({ range: request.headers.range, url: request.url ?? "", atMs: Date.now(), headers: request.headers });
    await faults.before?.(index, request);
    const { content } = this;
    const refusal = faults.goneFrom !== undefined && index >= faults.goneFrom ? { status: 404 } : faults.statuses?.shift();
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end('{"error":"storm"}');
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const isRanged = from !== undefined && !faults.isRangeIgnored;
    const start = isRanged ? Number(from) : 0;
    const end = isRanged && to ? Math.min(Number(to) + 1, content.length) : content.length;
    if (isRanged && start >= content.length) return void response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
    const headers = {
      etag: this.etag,
      ...(faults.hasNoLength ? {} : { "content-length": String(end - start) }),
      ...(isRanged ? { "content-range": `bytes ${start}-${end - 1}/${content.length}` } : {}),
      ...faults.headers,
    };
    response.writeHead(isRanged ? 206 : 200, Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== "")));
    const cut = faults.cutAfter?.(start, end, index);
    const stall = faults.stallAfter?.(start, end, index);
    const sent = content.subarray(start, Math.min(end, start + (cut ?? stall ?? end)));
    if (faults.pieceMs !== undefined) return void Readable.from(slowly(sent, faults.pieceMs)).pipe(response);
    if (cut === undefined && stall === undefined) return void response.end(sent);
    // Headers go out with the first byte of the body, or here.
    response.flushHeaders();
    response.write(sent, () => cut !== undefined && response.socket?.destroySoon());
  }
}

async function* slowly(content: Buffer, pieceMs: number): AsyncGenerator<Buffer> {
  const piece = 256 * 1024;
  for (let at = 0; at < content.length; at += piece) {
    await wait(pieceMs);
    yield content.subarray(at, at + piece);
  }
}

/** @param bytes - length @param seed - another one gives other bytes @returns bytes in which no two blocks are the same */
export function patternOf(bytes: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed;
  for (let i = 0; i < words.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, bytes);
}
