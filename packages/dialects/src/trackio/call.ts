import type { JsonNode } from "ava-protocol";
import { asObject, jsonRoot, parseLenient } from "../body.js";
import { RefusedError } from "../refused-error.js";

/** A call of the client: names and values of its arguments. */
export interface Call {
  kwargs: Readonly<Record<string, unknown>>;
  /** @param index - of an item of `logs` @returns members of its config as JSON texts, digit for digit; none where it has none */
  configOf(index: number): ReadonlyMap<string, string>;
}

/** @param text - of the body: `{"args": [], "kwargs": {...}}` @returns the call @throws RefusedError `invalid` */
export function readCall(text: string): Call {
  const kwargs = asObject(asObject(parseLenient(text))?.["kwargs"]);
  if (!kwargs) throw new RefusedError("invalid", "the body has no kwargs");
  let logs: readonly JsonNode[] | undefined;
  return {
    kwargs,
    configOf(index) {
      logs ??= itemsOf(memberOf(memberOf(jsonRoot(text), "kwargs"), "logs"));
      const config = memberOf(logs[index], "config");
      if (config?.kind !== "object") return new Map();
      return new Map(config.members.map(({ key, value }) => [key, text.slice(value.start, value.end)]));
    },
  };
}

function memberOf(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.findLast(({ key }) => key === name)?.value : undefined;
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.kind === "array" ? node.items : [];
}
