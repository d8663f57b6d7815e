import { RunMemory } from "../memory/run-memory.js";
import type { Dialect } from "../ports.js";
import { serveDialect } from "../serve.js";
import { chunksOf, MemoryOutlet } from "./memory-outlet.js";

/** An answer, read to its end. */
export interface ReadAnswer {
  status: number;
  text: string;
  json: unknown;
}

/** Talks to a dialect in front of a memory, for tests. */
export class DialectClient {
  readonly outlet: MemoryOutlet = new MemoryOutlet();
  readonly memory: RunMemory = new RunMemory(this.outlet);
  private readonly dialect: Dialect;

  /** @param dialect - to talk to */
  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** @param method - of HTTP @param target - path and query @param body - text, or a value for JSON @param headers - by lower-case name */
  async send(method: string, target: string, body: unknown = "", headers: Readonly<Record<string, string>> = {}): Promise<ReadAnswer> {
    const { pathname, searchParams } = new URL(target, "http://client");
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const request = {
      method,
      path: pathname,
      query: searchParams,
      headers,
      body: chunksOf(text),
      origin: `http://127.0.0.1:1/${this.dialect.name}`,
    };
    const answer = await serveDialect(this.dialect, request, this.memory, this.memory);
    let read = "";
    if (typeof answer.body === "string") read = answer.body;
    else for await (const chunk of answer.body) read += new TextDecoder().decode(chunk);
    return { status: answer.status, text: read, json: jsonOf(read) };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
