import type { JsonNode } from "./node.js";

/** What stands for a number of a JSON text. */
type NumberReader = (source: string) => unknown;

/**
 * The value of a node, for programs: integers that a float64 does not hold exactly are bigints, all other numbers are numbers
 * (`2.0` is 2, `1e400` is Infinity).
 *
 * @param text - the text that was parsed
 * @param node - one of its nodes
 * @returns the value
 */
export function jsonValue(text: string, node: JsonNode): unknown {
  return build(text, node, exactNumber);
}

/**
 * The value of a node as strict JSON can carry it: what is not finite becomes the string `"NaN"`, `"Infinity"` or `"-Infinity"`, every other number
 * the nearest float64.
 *
 * @param text - the text that was parsed
 * @param node - one of its nodes
 * @returns the value
 */
export function plainJsonValue(text: string, node: JsonNode): unknown {
  return build(text, node, plainNumber);
}

/**
 * A node as strict JSON on one line: every number with the digits it was written with, what is not finite as the string `"NaN"`, `"Infinity"` or `"-Infinity"`.
 *
 * @param text - the text that was parsed
 * @param node - one of its nodes
 * @returns JSON text that every reader of JSON takes
 */
export function strictJsonText(text: string, node: JsonNode): string {
  switch (node.kind) {
    case "object":
      return `{${node.members.map(({ key, value }) => `${JSON.stringify(key)}:${strictJsonText(text, value)}`).join(",")}}`;
    case "array":
      return `[${node.items.map((item) => strictJsonText(text, item)).join(",")}]`;
    case "number": {
      const source = text.slice(node.start, node.end);
      return Number.isFinite(Number(source)) ? source : `"${Number(source)}"`;
    }
    default:
      return JSON.stringify(node.value);
  }
}

function build(text: string, node: JsonNode, readNumber: NumberReader): unknown {
  switch (node.kind) {
    case "object": {
      const value: Record<string, unknown> = {};
      for (const member of node.members) {
        // An own property even for names like `__proto__`, which must not reach the prototype.
        const property = { value: build(text, member.value, readNumber), writable: true, enumerable: true, configurable: true };
        Object.defineProperty(value, member.key, property);
      }
      return value;
    }
    case "array":
      return node.items.map((item) => build(text, item, readNumber));
    case "number":
      return readNumber(text.slice(node.start, node.end));
    default:
      return node.value;
  }
}

function exactNumber(source: string): number | bigint {
  const value = Number(source);
  return /^-?\d+$/.test(source) && !Number.isSafeInteger(value) ? BigInt(source) : value;
}

function plainNumber(source: string): number | string {
  const value = Number(source);
  return Number.isFinite(value) ? value : String(value);
}
