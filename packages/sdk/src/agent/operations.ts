import { append } from "./append.js";
import { attach } from "./attach.js";
import { downloadModel, uploadLogs, uploadModel } from "./models.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, textOf } from "./request.js";
import type { Session } from "./session.js";

/** Does what a request asks for. @returns fields of the answer @throws RequestError, AvaError: the answer then */
export type Operation = (request: AgentRequest, session: Session) => AnswerFields | Promise<AnswerFields>;

/** Longest wait of `finish` for records and for snapshots where the client names none. */
const FINISH_MS = 10_000;

/** What clients can ask for, but for `hello` and `bye`. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["attach", attach],
  ["append", append],
  ["finish", finish],
  // Only who transfers something loads what it takes.
  ["fetch", async (request, session) => (await import("./transfers.js")).fetchUrl(request, session)],
  ["download", async (request, session) => (await import("./transfers.js")).download(request, session)],
  ["upload", async (request, session) => (await import("./transfers.js")).upload(request, session)],
  ["uploadLogs", uploadLogs],
  ["uploadModel", uploadModel],
  ["downloadModel", downloadModel],
]);

async function finish(request: AgentRequest, session: Session): Promise<AnswerFields> {
  const timeoutMs = optionalNumberOf(request, "timeoutMs") ?? FINISH_MS;
  const snapshotTimeoutMs = optionalNumberOf(request, "snapshotTimeoutMs") ?? timeoutMs;
  const run = session.runNamed(textOf(request, "run"));
  return { ...(await run.finish(timeoutMs, snapshotTimeoutMs, optionalTextOf(request, "writer"))) };
}
