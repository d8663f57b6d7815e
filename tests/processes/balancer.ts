// A balancer in front of replicas, as plain as they come: one request to each in turn, and to another where one cannot be reached.
import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Gives requests to replicas in turn. */
export class Balancer {
  /** Ports of the replicas on loopback. */
  ports: readonly number[];
  private readonly server: Server;
  private turn = 0;

  private constructor(ports: readonly number[]) {
    this.ports = ports;
    this.server = createServer((asked, answer) => this.pass(asked, answer, this.ports.length));
  }

  /** @param ports - of the replicas @returns a balancer that listens */
  static async start(ports: readonly number[]): Promise<Balancer> {
    const balancer = new Balancer(ports);
    balancer.server.listen(0, "127.0.0.1");
    await once(balancer.server, "listening");
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends it with its connections. */
  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass(asked: IncomingMessage, answer: ServerResponse, tries: number): void {
    const port = this.ports[this.turn++ % this.ports.length]!;
    const { method, url: path, headers } = asked;
    const passed: ClientRequest = request({ hostname: "127.0.0.1", port, method, path, headers, agent: false }, (told) => {
      answer.writeHead(told.statusCode ?? 502, told.headers);
      told.on("error", () => answer.destroy());
      told.pipe(answer);
    });
    let isConnected = false;
    passed.on("socket", (socket) =>
      socket.once("connect", () => {
        isConnected = true;
        asked.pipe(passed);
      }),
    );
    passed.on("error", () => {
      if (!isConnected && tries > 1) this.pass(asked, answer, tries - 1);
      else if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end();
    });
    answer.on("close", () => passed.destroy());
  }
}
