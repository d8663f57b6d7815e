import type { Socket } from "node:net";
import type * as Undici from "undici";
import { type ProxyVariables, readProxyVariables } from "../../../place/settings/environment.js";
import { TransferError } from "../transfer-error.js";
import { proxyOf } from "./proxy-of.js";

/** Of a server that has closed the connection. */
const CLOSED = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** Connections to all servers, kept alive for the next request, straight or through the proxy that the environment names. None keeps the process alive. */
export class Connections {
  readonly #undici = import("undici");
  readonly #variables: ProxyVariables;
  readonly #open = new Map<string, Undici.Dispatcher>();
  readonly #ofUsed = new WeakSet<object>();
  readonly #connecting = new Set<Socket>();
  #requests = 0;

  /** @param variables - proxies. Default: the environment's */
  constructor(variables: ProxyVariables = readProxyVariables()) {
    this.#variables = variables;
    // A failure to load is told by the request that waits for it.
    this.#undici.catch(() => undefined);
  }

  /**
   * @param origin - `http[s]://host[:port]`
   * @param connectMs - until a new connection is there
   * @returns what sends requests there
   * @throws TransferError REQUEST_INVALID when the proxy's address is not a URL
   * @throws TypeError when the origin is not a URL
   */
  async to(origin: string, connectMs: number): Promise<Undici.Dispatcher> {
    const proxy = proxyOf(origin, this.#variables);
    const key = `${connectMs} ${proxy ?? ""}`;
    const undici = await this.#undici;
    const open = this.#open.get(key) ?? this.#start(undici, connectMs, proxy);
    this.#open.set(key, open);
    return open;
  }

  /**
   * Counts a request.
   *
   * @returns to be called once at its end; after the last one, connections that are still being made are given up
   */
  enter(): () => void {
    this.#requests += 1;
    return () => {
      this.#requests -= 1;
      if (this.#requests === 0) for (const socket of this.#connecting) socket.destroy(new Error("given up"));
    };
  }

  /**
   * @param error - of a request
   * @returns whether its connection had served another request before: the server may have closed it meanwhile
   */
  wasUsed(error: unknown): boolean {
    return this.#ofUsed.has(error as object);
  }

  /** Closes all; requests under way fail. */
  close(): void {
    for (const dispatcher of this.#open.values()) void dispatcher.destroy();
    this.#open.clear();
  }

  #start({ Agent, buildConnector, Pool, ProxyAgent }: typeof Undici, connectMs: number, proxy: string | undefined): Undici.Dispatcher {
    const connect = this.#watched(buildConnector({ timeout: connectMs }));
    if (proxy === undefined) return new Agent({ connect });
    try {
      return new ProxyAgent({
        uri: proxy.includes("://") ? proxy : `http://${proxy}`,
        // A plain request is what proxies take for http; many refuse tunnels to ports other than 443.
        proxyTunnel: false,
        proxyTls: { timeout: connectMs },
        clientFactory: (url, options) => withTunnelTimeout(new Pool(url, { ...options, connect, headersTimeout: connectMs })),
      });
    } catch {
      // Its own message has the address, which may have a password.
      throw new TransferError("REQUEST_INVALID", "the proxy that HTTP_PROXY or HTTPS_PROXY names is not a URL");
    }
  }

  /** The timer of a request keeps the process alive as long as its answer is waited for, and connections must not. */
  #watched(connect: Undici.buildConnector.connector): Undici.buildConnector.connector {
    return (options, callback) => {
      const socket = connect(options, (...result) => {
        this.#connecting.delete(socket);
        callback(...result);
      }) as unknown as Socket;
      this.#connecting.add(socket);
      socket.unref();
      socket.once("error", (error: NodeJS.ErrnoException) => {
        if (socket.bytesRead > 0 && CLOSED.has(error.code ?? "")) this.#ofUsed.add(error);
      });
    };
  }
}

/** A proxy that does not open a tunnel in time is a connection that does not come, not an answer that does not. */
function withTunnelTimeout(pool: Undici.Pool): Undici.Pool {
  const connect = pool.connect.bind(pool) as (options: Undici.Dispatcher.ConnectOptions) => Promise<Undici.Dispatcher.ConnectData>;
  const tunnel = async (options: Undici.Dispatcher.ConnectOptions) => {
    try {
      return await connect(options);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw code === "UND_ERR_HEADERS_TIMEOUT" ? Object.assign(error as Error, { code: "UND_ERR_CONNECT_TIMEOUT" }) : error;
    }
  };
  return Object.assign(pool, { connect: tunnel });
}
