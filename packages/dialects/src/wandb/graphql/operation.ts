import type { RouteContext } from "../../ports.js";

/** Variables of a GraphQL request. */
export type Variables = Readonly<Record<string, unknown>>;

/** Answers one operation: the value of `data`. */
export type Operation = (variables: Variables, context: RouteContext) => Promise<object> | object;

/** The client's project of a request without one. @param value - of the variable @returns the project */
export function projectOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
