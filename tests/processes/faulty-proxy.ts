// Stands in front of a store on loopback, and does what a store in trouble does.
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What is wrong: nothing, every request is answered with a status, none is answered, or a body ends in its middle. */
export type Fault = "none" | "hangs" | "cuts" | { status: number; body?: string };

/** A proxy whose fault can be changed at any time. */
export class FaultyProxy {
  fault: Fault = "none";
  /** Requests that came. */
  requests = 0;
  private readonly server: Server;
  private readonly target: URL;

  private constructor(target: string) {
    this.target = new URL(target);
    this.server = createServer((asked, answer) => this.serve(asked, answer));
  }

  /** @param target - address of the store @returns a proxy that listens and has no fault */
  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    proxy.server.listen(0, "127.0.0.1");
    await once(proxy.server, "listening");
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends it with its connections. */
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private serve(asked: IncomingMessage, answer: ServerResponse): void {
    this.requests++;
    const { fault } = this;
    asked.on("error", () => undefined);
    if (fault === "hangs") return void asked.resume();
    if (typeof fault === "object") {
      asked.resume().on("end", () => answer.writeHead(fault.status, { "content-type": "application/xml" }).end(fault.body ?? ""));
      return;
    }
    const { hostname, port } = this.target;
    const passed = request({ hostname, port, method: asked.method, path: asked.url, headers: asked.headers }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      if (fault === "none" || asked.method !== "GET") return void told.pipe(answer);
      told.once("data", (piece: Buffer) => answer.write(piece.subarray(0, piece.length >> 1), () => answer.destroy()));
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }
}
