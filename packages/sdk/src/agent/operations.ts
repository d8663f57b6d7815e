import { attach } from "./attach.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, textOf } from "./request.js";
import type { Session } from "./session.js";

/** Does what a request asks for. @returns fields of the answer; `after` is called when the answer was sent */
export type Operation = (request: AgentRequest, session: Session) => AnswerFields | Promise<AnswerFields>;

/** Longest wait of `finish` for records and for snapshots where the client names none. */
const FINISH_MS = 10_000;

/** What clients can ask for, but for `hello` and `bye`. */
export const OPERATIONS: Readonly<Record<string, Operation | undefined>> = {
  __proto__: null as never,
  attach,
  finish: (request, session) => {
    const timeoutMs = optionalNumberOf(request, "timeoutMs") ?? FINISH_MS;
    const snapshotTimeoutMs = optionalNumberOf(request, "snapshotTimeoutMs") ?? timeoutMs;
    return session
      .runNamed(textOf(request, "run"))
      .finish(timeoutMs, snapshotTimeoutMs, optionalTextOf(request, "writer")) as Promise<never>;
  },
};
