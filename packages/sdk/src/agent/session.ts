import { timingSafeEqual } from "node:crypto";
import type { Duplex } from "node:stream";
import { AvaError } from "../place/error.js";
import type { TransferError } from "../storage/transfer/transfer-error.js";
import type { AttendedRun } from "./attended-run.js";
import type { AgentClient, Attendance } from "./client.js";
import { Connection } from "./connection.js";
import { OPERATIONS } from "./operations.js";
import { type AgentRequest, type AnswerFields, optionalTextOf, PROTOCOL_VERSION, RequestError } from "./request.js";
import { describeResponse } from "./response.js";

/** The agent, with what a hello has to give and is told. */
export interface GreetingAgent extends Attendance {
  readonly options: { readonly version: string; readonly token?: string };
}

/** One client of the agent, from its hello to its end. */
export class Session implements AgentClient {
  readonly agent: GreetingAgent;
  /** Host of the client. */
  host: string;
  private readonly connection: Connection;
  private readonly runs = new Map<string, AttendedRun>();
  private readonly shared = new Set<AttendedRun>();
  private readonly ending = new AbortController();
  private hasGreeted = false;

  /** @param agent - whose client it is @param stream - to and from it @param onEnd - told when it is gone */
  constructor(agent: GreetingAgent, stream: Duplex, onEnd: () => void) {
    this.agent = agent;
    this.host = agent.host;
    this.connection = new Connection(stream, {
      onRequest: (request) => void this.answer(request),
      onBroken: (reason) => this.send({ error: { code: "bad_request", message: `this is not a request: ${reason}` } }),
      onClosed: () => {
        this.ending.abort();
        for (const run of this.runs.values()) run.audience.remove(this);
        onEnd();
      },
    });
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  keep(name: string, run: AttendedRun, isShared: boolean): void {
    this.runs.set(name, run);
    if (isShared) this.shared.add(run);
  }

  sharesWith(run: AttendedRun): boolean {
    return this.shared.has(run);
  }

  runNamed(name: string): AttendedRun {
    const run = this.runs.get(name);
    if (run) return run;
    throw new RequestError("not_attached", `attach the run ${name} first`);
  }

  /** @param event - to tell */
  tell(event: AnswerFields): void {
    this.send(event);
  }

  /** Says no more. */
  close(): void {
    this.connection.close();
  }

  private send(message: AnswerFields): void {
    this.connection.send(message);
  }

  private async answer(request: AgentRequest): Promise<void> {
    const id = request["id"];
    try {
      if (request["op"] === "hello") return this.greet(request);
      if (!this.hasGreeted) throw new RequestError("hello_missing", "say hello first");
      if (request["op"] === "bye") {
        this.send({ id, ok: true });
        return this.close();
      }
      const operation = OPERATIONS.get(request["op"] as string);
      if (!operation) throw new RequestError("unknown_op", `there is no operation '${String(request["op"]).slice(0, 100)}'`);
      this.send({ id, ok: true, ...(await operation(request, this)) });
    } catch (error) {
      this.send({ id, error: describe(error) });
      if (!this.hasGreeted) this.close();
    }
  }

  private greet(request: AgentRequest): void {
    const { token, version } = this.agent.options;
    if (request["protocol"] !== PROTOCOL_VERSION) {
      throw new RequestError(
        "protocol_unsupported",
        `this agent speaks protocol ${PROTOCOL_VERSION}; install the same version on both sides`,
      );
    }
    if (token !== undefined && !isSame(token, optionalTextOf(request, "token") ?? "")) {
      throw new RequestError("token_refused", "the agent asks for a token, AVA_TOKEN, and this is not it");
    }
    this.host = optionalTextOf(request, "host") ?? this.host;
    this.hasGreeted = true;
    this.send({ id: request["id"], ok: true, protocol: PROTOCOL_VERSION, version, pid: process.pid, host: this.agent.host });
  }
}

function describe(error: unknown): AnswerFields {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestError) return { code: error.code, message };
  if (!(error instanceof AvaError)) return { code: "failed", message };
  const { code } = error;
  // Facts of a failed transfer.
  const { status, url, response } = error as Partial<TransferError>;
  return {
    code,
    message,
    ...(status === undefined ? {} : { status }),
    ...(url === undefined ? {} : { url }),
    ...(response === undefined ? {} : { response: describeResponse(response, url ?? "") }),
  };
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
