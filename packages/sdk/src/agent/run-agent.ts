import { Duplex } from "node:stream";
import { Agent, type AgentOptions } from "./agent.js";
import { type ListenAddress, listen } from "./listen.js";

/** How {@link runAgent} is called. */
export interface RunAgentOptions extends Pick<AgentOptions, "version" | "token" | "shouldStay"> {
  /** Default: one client on stdin and stdout. */
  address?: ListenAddress;
}

/** Time in which the first client finds the agent. */
const FIRST_CLIENT_MS = 30_000;
/** From a signal that asks the agent to end until it does. */
const SIGNAL_MS = 5_000;

/**
 * Runs an agent to its end.
 *
 * @param options - where it listens
 * @throws AvaError SETTING_INVALID when it cannot listen there
 */
export async function runAgent({ address, ...options }: RunAgentOptions): Promise<void> {
  const log = (message: string) => void process.stderr.write(`${new Date().toISOString()} ava-sdk agent: ${message}\n`);
  const agent = new Agent({ ...options, firstClientMs: address ? FIRST_CLIENT_MS : 0, log });
  // One client, run or request that meets a mistake of ours is not to end the others: all that counts is in files.
  process.on("uncaughtException", (error) => log(error.stack ?? error.message));
  process.on("unhandledRejection", (error) => log(error instanceof Error ? (error.stack ?? error.message) : String(error)));
  let isSignalled = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isSignalled) process.exit(1);
      isSignalled = true;
      agent.end();
    });
  }
  // A terminal that closes is not to end the agent of a training that goes on.
  process.on("SIGHUP", () => undefined);
  const listener = address ? await listen(address, (stream) => agent.serve(stream)) : undefined;
  if (listener) log(`listens at ${listener.address}`);
  else agent.serve(Duplex.from({ readable: process.stdin, writable: process.stdout }));
  for (;;) {
    await agent.run();
    if (isSignalled) break;
    listener?.close();
    // A client that came at the last moment is served; the next one starts an agent of its own.
    if (agent.isDone) break;
  }
  listener?.close();
  await agent.close(isSignalled ? SIGNAL_MS : 0);
  process.exit(0);
}
