import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, Refusal } from "./answer.js";
import { type Fault, FaultList, type Operation } from "./fault.js";
import { BrokenConnection, type BucketHosts, bodyOf, type KodoRequest, type Stores } from "./request.js";
import { findRoute, type Route } from "./router.js";
import { BlockStore } from "./store/block-store.js";
import { ObjectStore } from "./store/object-store.js";
import { UploadStore } from "./store/upload-store.js";
import { writeAnswer } from "./write-answer.js";

/** A bucket of the emulator. */
export interface BucketOptions {
  name: string;
  /** Further names for downloads, told before the emulator's own address; a client reaches them by a `Host` header. */
  domains?: readonly string[];
}

/** How an emulator is started. */
export interface EmulatorOptions {
  /** Folder of all data; an emulator started on it again has the same objects and goes on with the same uploads. */
  data: string;
  accessKey: string;
  secretKey: string;
  /** All are private. */
  buckets: readonly (string | BucketOptions)[];
  /** Every bucket has a port of its own, counted from this one; 0: any. @defaultValue 0 */
  port?: number;
  /** Hosts told as the upload hosts before the emulator's own, such as dead ones. */
  upHosts?: readonly string[];
  /** Unix milliseconds. @defaultValue Date.now */
  now?: () => number;
}

/** A request that was answered, or broken off with status 0. */
export interface SeenRequest {
  operation: Operation;
  method: string;
  target: string;
  host: string;
  status: number;
  /** Bytes of its body that were read. */
  bodyBytes: number;
}

/** A running emulator. */
export class KodoEmulator {
  /** Every request in the order of the answers. */
  readonly seen: SeenRequest[] = [];
  readonly #options: EmulatorOptions;
  readonly #stores: Stores;
  readonly #faults: FaultList = new FaultList();
  readonly #counts = new Map<Operation, number>();
  readonly #servers: Server[] = [];
  #buckets: BucketHosts[] = [];

  /** Use {@link startEmulator}. @param options - see there */
  constructor(options: EmulatorOptions) {
    const names = options.buckets.map((bucket) => (typeof bucket === "string" ? bucket : bucket.name));
    this.#options = options;
    this.#stores = {
      objects: new ObjectStore(options.data, names),
      uploads: new UploadStore(options.data),
      blocks: new BlockStore(options.data),
    };
  }

  /** `127.0.0.1:<port>`; serves everything, downloads of the first bucket among it. */
  get host(): string {
    return this.#buckets[0]?.services[0] ?? "";
  }

  /** @param bucket - a name @returns the `host:port` under which it can be downloaded from */
  domainOf(bucket: string): string {
    return this.#buckets.find(({ name }) => name === bucket)?.domains.at(-1) ?? "";
  }

  /** @param fault - what is to go wrong from now on */
  inject(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Begins to listen; call it once. */
  async listen(): Promise<void> {
    const { buckets, port = 0, upHosts = [] } = this.#options;
    const hosts: string[] = [];
    for (const index of buckets.keys()) {
      const server = createServer({ requestTimeout: 0 }, (incoming, response) => void this.#serve(incoming, response));
      server.listen(port === 0 ? 0 : port + index, "127.0.0.1");
      await once(server, "listening");
      this.#servers.push(server);
      hosts.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    }
    this.#buckets = buckets.map((bucket, index) => {
      const { name, domains = [] } = typeof bucket === "string" ? { name: bucket } : bucket;
      return { name, domains: [...domains, hosts[index] ?? ""], up: [...upHosts, hosts[0] ?? ""], services: [hosts[0] ?? ""] };
    });
  }

  /** Stops listening and breaks what is open; the data stay. */
  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    }
  }

  /** A request is seen before its answer leaves: a client that has the answer finds it. */
  async #answerSeen(seen: SeenRequest, request: KodoRequest, route: Route, fault: Fault | undefined): Promise<Answer> {
    try {
      const answer = await this.#answer(request, route, fault);
      seen.status = answer.status;
      return answer;
    } finally {
      this.seen.push(seen);
    }
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: target = "", socket } = incoming;
    const host = incoming.headers.host ?? "";
    const [path = "", query = ""] = target.split(/\?(.*)/s);
    const params = new URLSearchParams(query);
    const route = findRoute(method, path, params, incoming.headers);
    const { operation } = route;
    const index = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, index + 1);
    const fault = this.#faults.take({ operation, method, target, host, index });
    const seen: SeenRequest = { operation, method, target, host, status: 0, bodyBytes: 0 };
    const count = (bytes: number) => {
      seen.bodyBytes += bytes;
    };
    const request: KodoRequest = {
      account: this.#options,
      nowMs: (this.#options.now ?? Date.now)(),
      stores: this.#stores,
      buckets: this.#buckets,
      method,
      target,
      path,
      query: params,
      headers: incoming.headers,
      body: bodyOf(incoming, fault, count),
      caught: route.caught,
    };
    // A client that breaks off shows where its body is read, or not at all.
    response.on("error", () => undefined);
    response.setHeader("X-Reqid", randomBytes(12).toString("base64url"));
    response.setHeader("X-Log", "EMULATOR");
    try {
      await writeAnswer(response, await this.#answerSeen(seen, request, route, fault), fault);
    } catch (error) {
      if (!(error instanceof BrokenConnection) && !socket.destroyed) process.emitWarning(error as Error);
      socket.destroy();
    }
  }

  async #answer(request: KodoRequest, route: Route, fault: Fault | undefined): Promise<Answer> {
    try {
      if (fault?.status !== undefined) {
        for await (const piece of request.body) void piece;
        return { status: fault.status, json: { error: fault.error ?? "injected" }, ...(fault.headers ? { headers: fault.headers } : {}) };
      }
      if (fault?.expiresToken) throw new Refusal(401, "token out of date");
      if (fault?.forgetsUpload) this.#forget(request, route.operation);
      return await route.handle(request);
    } catch (error) {
      if (error instanceof BrokenConnection) throw error;
      if (error instanceof Refusal) return { status: error.status, json: { error: error.message } };
      if ((error as NodeJS.ErrnoException).code === "ECONNRESET") throw new BrokenConnection("the client broke off", { cause: error });
      return { status: 599, json: { error: error instanceof Error ? error.message : String(error) } };
    }
  }

  #forget({ caught }: KodoRequest, operation: Operation): void {
    if (operation === "up.bput") this.#stores.blocks.forget(caught[0] ?? "");
    else this.#stores.uploads.end(caught[2] ?? "");
  }
}

/**
 * @param options - data, account, buckets
 * @returns an emulator that listens on loopback
 * @throws what the file system says of the data folder, or the network of the port
 */
export async function startEmulator(options: EmulatorOptions): Promise<KodoEmulator> {
  const emulator = new KodoEmulator(options);
  await emulator.listen();
  return emulator;
}
