import type { LastWords } from "../record/background.js";
import { append } from "./append.js";
import { attach } from "./attach.js";
import type { AgentClient } from "./client.js";
import { downloadModel, uploadLogs, uploadModel } from "./models.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, RequestError, textOf, textsOf } from "./request.js";

/** Does what a request asks for. @returns fields of the answer @throws RequestError, AvaError: the answer then */
export type Operation = (request: AgentRequest, client: AgentClient) => AnswerFields | Promise<AnswerFields>;

/** Longest wait of `finish` for records and for snapshots where the client names none. */
const FINISH_MS = 10_000;

/** What clients can ask for, but for `hello` and `bye`. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ["attach", attach],
  ["append", append],
  ["finish", finish],
  // Only who transfers something loads what it takes.
  ["fetch", async (request, client) => (await import("./transfers.js")).fetchUrl(request, client)],
  ["download", async (request, client) => (await import("./transfers.js")).download(request, client)],
  ["upload", async (request, client) => (await import("./transfers.js")).upload(request, client)],
  ["uploadLogs", uploadLogs],
  ["uploadModel", uploadModel],
  ["downloadModel", downloadModel],
]);

async function finish(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const timeoutMs = optionalNumberOf(request, "timeoutMs") ?? FINISH_MS;
  const snapshotTimeoutMs = optionalNumberOf(request, "snapshotTimeoutMs") ?? timeoutMs;
  const run = client.runNamed(textOf(request, "run"));
  return { ...(await run.finish(timeoutMs, snapshotTimeoutMs, optionalTextOf(request, "writer"), lastWordsOf(request))) };
}

/** The platform checks the records, as those of any journal. */
function lastWordsOf(request: AgentRequest): LastWords | undefined {
  const words = request["lastWords"] as Partial<LastWords> | null | undefined;
  if (words === undefined || words === null) return undefined;
  const { writer, training, afterSeq, records } = words;
  const isWhole = typeof writer === "string" && typeof training === "string" && Number.isSafeInteger(afterSeq) && Array.isArray(records);
  if (!isWhole) throw new RequestError("bad_request", "'lastWords' has to have writer, training, afterSeq and records");
  return { writer, training, afterSeq: afterSeq as number, records, labels: textsOf(words as AgentRequest, "labels") };
}
