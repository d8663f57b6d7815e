import type { Duplex } from "node:stream";
import type { AgentRequest, AnswerFields } from "./request.js";

/** Longest line of either side. */
export const MOST_LINE_BYTES: number = 16 * 1024 * 1024;
/** Answers and events that wait for a client that does not read; more, and it is taken to be stuck. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** What comes from a client. */
export interface ConnectionEvents {
  onRequest(request: AgentRequest): void;
  /** What came is not a request; the connection is closed. */
  onBroken(reason: string): void;
  /** Called once. */
  onClosed(): void;
}

/** Lines of JSON to and from one client. Nothing that a client sends or leaves unread can harm more than its own connection. */
export class Connection {
  private readonly stream: Duplex;
  private readonly events: ConnectionEvents;
  private pieces: Buffer[] = [];
  private pieceBytes = 0;
  private isOver = false;

  /** @param stream - both directions @param events - told of what comes */
  constructor(stream: Duplex, events: ConnectionEvents) {
    this.stream = stream;
    this.events = events;
    stream.on("data", (chunk: Buffer) => this.take(chunk));
    // A client that vanished: its end follows.
    stream.on("error", () => stream.destroy());
    stream.on("end", () => this.close());
    stream.on("close", () => this.end());
  }

  /** @param message - an answer or an event */
  send(message: AnswerFields): void {
    if (this.stream.destroyed || !this.stream.writable) return;
    this.stream.write(`${JSON.stringify(message)}\n`);
    if (this.stream.writableLength > MOST_UNREAD_BYTES) this.stream.destroy();
  }

  /** Says no more after what was said. */
  close(): void {
    this.end();
    // A client that does not read the last words either is not waited for.
    this.stream.end(() => this.stream.destroy());
    setTimeout(() => this.stream.destroy(), 5_000).unref();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.pieces = [];
    this.events.onClosed();
  }

  private take(chunk: Buffer): void {
    for (let start = 0; !this.isOver; ) {
      const end = chunk.indexOf(LINE_FEED, start);
      this.hold(chunk.subarray(start, end < 0 ? chunk.length : end));
      if (this.pieceBytes > MOST_LINE_BYTES) return this.break(`a line of more than ${MOST_LINE_BYTES} bytes`);
      if (end < 0) return;
      this.takeLine(Buffer.concat(this.pieces));
      this.pieces = [];
      this.pieceBytes = 0;
      start = end + 1;
    }
  }

  private hold(piece: Buffer): void {
    this.pieces.push(piece);
    this.pieceBytes += piece.length;
  }

  private takeLine(line: Buffer): void {
    const request = parse(line);
    if (!request) return this.break("a line that is not a JSON object with a number 'id' and a text 'op'");
    this.events.onRequest(request);
  }

  private break(reason: string): void {
    this.pieces = [];
    this.events.onBroken(reason);
    this.close();
  }
}

function parse(line: Buffer): AgentRequest | undefined {
  try {
    const value = JSON.parse(line.toString("utf8")) as AgentRequest | null;
    return typeof value?.["id"] === "number" && typeof value["op"] === "string" ? value : undefined;
  } catch {
    // No JSON.
    return undefined;
  }
}
