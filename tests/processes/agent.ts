import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { type AvaProcess, newWorkspace, startAva, waitFor } from "./ava.js";
import { repositoryPath } from "./paths.js";

/** Answers and events of the agent. */
export type Message = Record<string, unknown> & { error?: { code: string; message: string } & Record<string, unknown> };

/** A connection to an agent, as a client in any language has one. */
export class AgentClient {
  readonly messages: Message[] = [];
  isClosed = false;
  readonly socket: Socket;
  private rest = "";
  private lastId = 0;
  private readonly waiting = new Map<number, (answer: Message) => void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("utf8").on("data", (text: string) => this.take(text));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      for (const settle of this.waiting.values()) settle({ error: { code: "agent_lost", message: "the connection was closed" } });
    });
  }

  /** @param where - path of a socket, or a port of loopback @returns an open connection; undefined when no process listens */
  static async open(where: string | number): Promise<AgentClient | undefined> {
    const socket = typeof where === "string" ? connect(where) : connect(where, "127.0.0.1");
    try {
      await once(socket, "connect");
    } catch {
      return undefined;
    }
    return new AgentClient(socket);
  }

  /** Events seen so far. @param name - which */
  events(name: string): Message[] {
    return this.messages.filter(({ event }) => event === name);
  }

  /** Asks. @param op - what for @param fields - of the request @returns the answer, or the error as it came */
  call(op: string, fields: Record<string, unknown> = {}): Promise<Message> {
    const id = (this.lastId += 1);
    this.socket.write(`${JSON.stringify({ id, op, ...fields })}\n`);
    return new Promise((settle) => this.waiting.set(id, settle));
  }

  /** Says hello. @param fields - that differ from the usual ones */
  hello(fields: Record<string, unknown> = {}): Promise<Message> {
    return this.call("hello", { protocol: 1, client: "test", pid: process.pid, host: hostname(), ...fields });
  }

  private take(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() as string;
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      this.messages.push(message);
      if (message["event"] === undefined) this.waiting.get(message["id"] as number)?.(message);
    }
  }
}

/** An agent on a socket of its own. */
export class AgentProcess {
  readonly socket: string = path.join(newWorkspace(), "agent.sock");
  ava!: AvaProcess;

  /** Starts it. @param args - further arguments @param env - its variables @returns it, listening; it is killed after the test */
  static async start(args: readonly string[] = [], env: Record<string, string> = {}): Promise<AgentProcess> {
    const agent = new AgentProcess();
    onTestFinished(() => void agent.ava.child.kill("SIGKILL"));
    await agent.restart(args, env);
    return agent;
  }

  /** Starts it again at the same place; parameters as of {@link start}. */
  async restart(args: readonly string[] = [], env: Record<string, string> = {}): Promise<void> {
    this.ava = startAva(["agent", "--listen", `unix:${this.socket}`, ...args], env);
    const { ava } = this;
    await waitFor(() => ava.stderr().includes("listens at") || ava.child.exitCode !== null, "the agent listens");
  }

  /** @returns a client that has said hello */
  async client(): Promise<AgentClient> {
    const client = await AgentClient.open(this.socket);
    if (!client) throw new Error(`no process listens at ${this.socket}: ${this.ava.stderr().toString()}`);
    onTestFinished(() => void client.socket.destroy());
    await client.hello();
    return client;
  }

  /** Kills it as the kernel would. */
  async kill(): Promise<void> {
    this.ava.child.kill("SIGKILL");
    await this.ava.result;
  }
}

/** A run folder in a workspace of its own. */
export interface RunFolder {
  workspace: string;
  instance: string;
  run: string;
}

/** @param instance - id @returns its folder */
export function newRun(instance: string): RunFolder {
  const workspace = newWorkspace();
  const run = path.join(workspace, "run", instance);
  mkdirSync(run, { recursive: true });
  return { workspace, instance, run };
}

/** Has a run attended. @param client - who asks @param folder - the run @param platformUrl - where its records go @param fields - further ones */
export function attach(
  client: AgentClient,
  { workspace, instance, run }: RunFolder,
  platformUrl: string,
  fields: Record<string, unknown> = {},
): Promise<Message> {
  const environment = { AVA_PLATFORM_URL: platformUrl };
  return client.call("attach", { run, workspace, instance, training: "tests", environment, systemMetricsIntervalMs: 0, ...fields });
}

/** A process of `agent-client.mjs`. */
export interface WriterProcess {
  child: ChildProcess;
  /** Settles when it has written everything; it lives on. */
  written: Promise<unknown>;
  /** Lets it end, and waits for that. */
  end(): Promise<void>;
}

/** Starts `agent-client.mjs`; it is killed after the test. @param args - its arguments */
export function startWriter(...args: (string | number)[]): WriterProcess {
  const child = spawn(process.execPath, [repositoryPath("tests/programs/agent-client.mjs"), ...args.map(String)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  return {
    child,
    written: Promise.race([once(child.stdout, "data"), exited]),
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
