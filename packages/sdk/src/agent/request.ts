/** Version of the protocol; see docs/formats/agent.md. */
export const PROTOCOL_VERSION = 1;

/** One request of a client. */
export type AgentRequest = Readonly<Record<string, unknown>>;

/** Fields of an answer. */
export type AnswerFields = Record<string, unknown>;

/** A request that cannot be fulfilled; its code and message are the answer. */
export class RequestError extends Error {
  readonly code: string;

  /** @param code - stable code @param message - what is wrong and what to do */
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** @returns a field that has to be a text @throws RequestError bad_request */
export function textOf(request: AgentRequest, field: string): string {
  return optionalTextOf(request, field) ?? fail(field, "a text");
}

/** @returns a field that is a text, where it is given @throws RequestError bad_request */
export function optionalTextOf(request: AgentRequest, field: string): string | undefined {
  const value = request[field] ?? undefined;
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  return value === "" ? undefined : fail(field, "a text");
}

/** @returns a field that is a number, where it is given @throws RequestError bad_request */
export function optionalNumberOf(request: AgentRequest, field: string): number | undefined {
  const value = request[field] ?? undefined;
  return value === undefined || (typeof value === "number" && Number.isFinite(value)) ? value : fail(field, "a number");
}

/** @returns a field that is an object of texts; empty where it is not given @throws RequestError bad_request */
export function textsOf(request: AgentRequest, field: string): Record<string, string> {
  const value = request[field] ?? {};
  const isTexts = typeof value === "object" && !Array.isArray(value) && Object.values(value).every((one) => typeof one === "string");
  return isTexts ? (value as Record<string, string>) : fail(field, "an object of texts");
}

/** @returns a field that is a list of texts; empty where it is not given @throws RequestError bad_request */
export function listOf(request: AgentRequest, field: string): string[] {
  const value = request[field] ?? [];
  return Array.isArray(value) && value.every((one) => typeof one === "string") ? (value as string[]) : fail(field, "a list of texts");
}

function fail(field: string, what: string): never {
  throw new RequestError("bad_request", `'${field}' has to be ${what}`);
}
