import { randomBytes } from "node:crypto";
import type { Writable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { LiveChange } from "ava-protocol";
import type { LiveHub } from "./hub.js";

/** What is kept for clients that are behind or come back: the rest, they are told, has to be asked for anew. */
const KEPT_BYTES = 4_194_304;
const KEPT_EVENTS = 4096;

/** How long events are kept once no client listens: a client that was cut off is back within seconds. */
const LINGER_MS = 60_000;

/** How often a sign of life is sent: a proxy, or a page, does not take the stream for dead. A client that took nothing for so long is given up. */
const ALIVE_MS = 15_000;

/** What a client that is behind is sent at a time, and so what waits for it in memory; an event that is larger is shared by all. */
const PIECE_BYTES = 65_536;

/** Clients that are written to at a stretch; then other requests have their turn. */
const CLIENTS_AT_ONCE = 50;

interface LiveEvent {
  seq: number;
  instance: string;
  bytes: Buffer;
}

/** Events one after another, and the number of the last that was looked at. */
interface Piece {
  bytes: Buffer;
  seq: number;
}

interface Client {
  readonly stream: Writable;
  readonly only: string | undefined;
  /** Number of the last event that it was sent, or has no use for. */
  seq: number;
  /** Its connection is full: it is left alone until that has drained. */
  isFull: boolean;
  wasFullBefore: boolean;
}

/**
 * Streams of server-sent events. Every event is encoded once, numbered, and kept for a while. A client is sent what follows the last event that it has,
 * as fast as it reads: it may fall behind as far as events are kept, and holds no memory but what its connection has taken. One that is further behind
 * is cut off. A client that comes back with the id of its last event gets those that it missed, or an event `reset` when they are gone.
 */
export class LiveFeed {
  private readonly hub: Pick<LiveHub, "listen">;
  private readonly clients = new Set<Client>();
  private events: LiveEvent[] = [];
  private keptBytes = 0;
  private seq = 0;
  /** Ids of another epoch are of events that this process does not know. */
  private epoch = newEpoch();
  /** What clients that had everything before the newest changes are sent, by the instance that they want. */
  private readonly newest = new Map<string | undefined, Piece>();
  private seqBeforeNewest = 0;
  private isSending = false;
  private stopListening: (() => void) | undefined;
  private aliveTimer: NodeJS.Timeout | undefined;
  private lingerTimer: NodeJS.Timeout | undefined;

  /** @param hub - tells the changes; is listened to while there are clients, and a while longer */
  constructor(hub: Pick<LiveHub, "listen">) {
    this.hub = hub;
  }

  /** Number of clients. */
  get size(): number {
    return this.clients.size;
  }

  /**
   * @param stream - gets events until it closes
   * @param only - events of this instance alone
   * @param lastEventId - of the last event that the client has
   */
  join(stream: Writable, only: string | undefined, lastEventId: string | undefined): void {
    clearTimeout(this.lingerTimer);
    this.stopListening ??= this.hub.listen((changes) => (changes === "missed" ? this.cutOff() : this.add(changes)));
    this.aliveTimer ??= setInterval(() => this.sayAlive(), ALIVE_MS).unref();
    const seq = lastEventId === undefined ? this.seq : this.seqOf(lastEventId);
    const reset = seq === undefined ? "event: reset\ndata: {}\n" : "";
    stream.write(`retry: 2000\nid: ${this.epoch}-${seq ?? this.seq}\n${reset}\n`);
    const client: Client = { stream, only, seq: seq ?? this.seq, isFull: false, wasFullBefore: false };
    this.clients.add(client);
    stream.on("close", () => {
      if (this.clients.delete(client) && this.clients.size === 0) this.lingerTimer = setTimeout(() => this.rest(), LINGER_MS).unref();
    });
    stream.on("drain", () => {
      client.isFull = false;
      this.catchUp(client);
    });
    this.catchUp(client);
  }

  /** Ends all streams. */
  close(): void {
    for (const { stream } of this.clients) stream.end();
    this.clients.clear();
    clearTimeout(this.lingerTimer);
    this.rest();
  }

  /** Changes were missed: clients come back at once, with ids that mean nothing any more, and are told so. */
  private cutOff(): void {
    for (const { stream } of this.clients) stream.destroy();
    this.forget();
  }

  private rest(): void {
    this.stopListening?.();
    this.stopListening = undefined;
    clearInterval(this.aliveTimer);
    this.aliveTimer = undefined;
    this.forget();
  }

  private forget(): void {
    this.events = [];
    this.keptBytes = 0;
    this.newest.clear();
    // What happens from now on is not seen: ids of before are worth nothing.
    this.epoch = newEpoch();
  }

  private add(changes: readonly LiveChange[]): void {
    this.newest.clear();
    this.seqBeforeNewest = this.seq;
    for (const change of changes) {
      this.seq += 1;
      const bytes = Buffer.from(`id: ${this.epoch}-${this.seq}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`);
      this.events.push({ seq: this.seq, instance: change.instance, bytes });
      this.keptBytes += bytes.length;
    }
    // The newest tell stays whole, however large it is.
    const mayGo = this.events.length - changes.length;
    let gone = 0;
    while (gone < mayGo && (this.keptBytes > KEPT_BYTES || this.events.length - gone > KEPT_EVENTS)) {
      this.keptBytes -= this.events[gone]?.bytes.length ?? 0;
      gone += 1;
    }
    this.events.splice(0, gone);
    void this.sendAll();
  }

  /** Sends to all clients, some at a time; events that come meanwhile go the same way. */
  private async sendAll(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let sent = -1; sent !== this.seq; ) {
      sent = this.seq;
      let inARow = 0;
      for (const client of this.clients) {
        this.catchUp(client);
        inARow += 1;
        if (inARow % CLIENTS_AT_ONCE === 0) await setImmediate();
      }
    }
    this.isSending = false;
  }

  private catchUp(client: Client): void {
    if (client.seq < this.oldest - 1) client.stream.destroy();
    else {
      while (client.seq < this.seq && !client.isFull) {
        const { bytes, seq } = this.pieceAfter(client.seq, client.only);
        client.seq = seq;
        if (bytes.length > 0) client.isFull = !client.stream.write(bytes);
      }
    }
  }

  private get oldest(): number {
    return this.seq - this.events.length + 1;
  }

  private pieceAfter(seq: number, only: string | undefined): Piece {
    const isNewest = seq === this.seqBeforeNewest;
    const kept = isNewest ? this.newest.get(only) : undefined;
    if (kept !== undefined) return kept;
    const piece: Piece = { bytes: Buffer.alloc(0), seq };
    const parts: Buffer[] = [];
    for (let bytes = 0; piece.seq < this.seq && bytes < PIECE_BYTES; piece.seq += 1) {
      const event = this.events[piece.seq + 1 - this.oldest];
      if (event === undefined || (only !== undefined && event.instance !== only)) continue;
      parts.push(event.bytes);
      bytes += event.bytes.length;
    }
    piece.bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    if (isNewest) this.newest.set(only, piece);
    return piece;
  }

  private seqOf(id: string): number | undefined {
    const [, epoch, text] = /^(\w+)-(\d{1,15})$/.exec(id) ?? [];
    const seq = Number(text);
    return epoch === this.epoch && seq >= this.oldest - 1 && seq <= this.seq ? seq : undefined;
  }

  private sayAlive(): void {
    for (const client of this.clients) {
      if (client.isFull && client.wasFullBefore) client.stream.destroy();
      else if (!client.isFull) client.stream.write("event: alive\ndata: {}\n\n");
      client.wasFullBefore = client.isFull;
    }
  }
}

function newEpoch(): string {
  return randomBytes(6).toString("hex");
}
