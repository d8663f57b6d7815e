import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Fault } from "./fault.js";
import type { Account } from "./signatures.js";
import type { BlockStore } from "./store/block-store.js";
import type { ObjectStore } from "./store/object-store.js";
import type { UploadStore } from "./store/upload-store.js";

/** What all routes work on. */
export interface Stores {
  objects: ObjectStore;
  uploads: UploadStore;
  blocks: BlockStore;
}

/** Where the services of a bucket are: `host:port`. */
export interface BucketHosts {
  name: string;
  /** Names for downloads; the first is the one that the domain list begins with. */
  domains: string[];
  up: string[];
  /** Everything else. */
  services: string[];
}

/** One request as the routes see it. */
export interface KodoRequest {
  account: Account;
  nowMs: number;
  stores: Stores;
  buckets: readonly BucketHosts[];
  method: string;
  /** Path and query as they came. */
  target: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: AsyncIterable<Uint8Array>;
  /** What the route's pattern caught. */
  caught: readonly string[];
}

/** A route gave up because a fault or the client broke the connection: no answer can be sent. */
export class BrokenConnection extends Error {}

const MAX_SMALL_BODY_BYTES = 4 * 1024 * 1024;

/** @param body - a body that is meant to be small @returns all of it */
export async function readAll(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_SMALL_BODY_BYTES) throw new BrokenConnection("a body that is too large for this call");
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/**
 * A request's body, with a fault's cut or stall in it.
 *
 * @param incoming - the request
 * @param fault - what is to go wrong
 * @param count - told the bytes of each piece
 */
export async function* bodyOf(
  incoming: IncomingMessage,
  fault: Fault | undefined,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const cutAt = fault?.cutRequestAfterBytes ?? Number.POSITIVE_INFINITY;
  const stallAt = fault?.stallRequestAfterBytes ?? Number.POSITIVE_INFINITY;
  const { socket } = incoming;
  let seen = 0;
  for await (const piece of incoming as AsyncIterable<Uint8Array>) {
    seen += piece.length;
    if (seen > stallAt && !socket.destroyed) await once(socket, "close");
    if (seen > stallAt || seen > cutAt) {
      socket.destroy();
      throw new BrokenConnection();
    }
    count(piece.length);
    yield piece;
  }
}
