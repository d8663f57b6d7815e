import { asObject, readObject } from "../body.js";
import type { DialectRequest } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { nsOfMs } from "../seconds.js";
import { toInstanceId } from "./names.js";

/** Times of MLflow are integers of 64 bits. */
const MOST_INTEGER = 2 ** 63;

/** A tag, a param: texts by key. */
export interface KeyValue {
  key: string;
  value: string;
}

/** The fields of a request, from its query or its body. */
export class Fields {
  private readonly values: Readonly<Record<string, unknown>>;

  private constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values;
  }

  /** @param request - of a client @returns its fields @throws RefusedError */
  static async of(request: DialectRequest): Promise<Fields> {
    if (request.method !== "GET") return new Fields(await readObject(request.body));
    return new Fields(Object.fromEntries([...request.query.keys()].map((key) => [key, request.query.getAll(key)])));
  }

  /** @param values - members of a JSON object @returns them as fields */
  static in(values: unknown): Fields {
    return new Fields(asObject(values) ?? {});
  }

  /** @param name - of a field that may be absent @returns its text */
  text(name: string): string | undefined {
    const value = this.values[name];
    const first = Array.isArray(value) ? (value as unknown[])[0] : value;
    if (first === undefined || first === null) return undefined;
    if (typeof first === "object") throw invalid(name, "a text");
    return typeof first === "string" ? first : String(first as number);
  }

  /** @param name - of a field @returns its text @throws RefusedError when it is absent or empty */
  requiredText(name: string): string {
    const text = this.text(name);
    if (text === undefined || text === "") throw new RefusedError("invalid", `Missing value for required parameter '${name}'.`);
    return text;
  }

  /** @returns the id of the instance that the request is about */
  instanceId(): string {
    return toInstanceId(this.text("run_id") || this.requiredText("run_uuid"));
  }

  /** @param name - of an integer that may be absent; text of digits is one, too @returns the integer */
  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    const value = Number(text);
    if (!Number.isInteger(value)) throw invalid(name, "an integer");
    return value;
  }

  /** @param name - of a time @returns it, in ms since 1970; a time that records do not hold (a program told nanoseconds) becomes the nearest that they do */
  timeMs(name: string): number | undefined {
    const timeMs = this.integer(name);
    if (timeMs === undefined) return undefined;
    if (Math.abs(timeMs) > MOST_INTEGER) throw invalid(name, "a time in ms since 1970");
    return Number(nsOfMs(timeMs) / 1_000_000n);
  }

  /** @param name - of a float64 that must be there; what is not finite is text @returns its value */
  number(name: string): number {
    const given = this.values[name];
    if (typeof given === "number") return given;
    const text = this.requiredText(name);
    const value = Number(text.trim());
    if (text.trim() === "" || (Number.isNaN(value) && text !== "NaN")) throw invalid(name, "a number");
    return value;
  }

  /** @param name - of a list that may be absent @returns its items */
  list(name: string): readonly unknown[] {
    const value = this.values[name] ?? [];
    if (!Array.isArray(value)) throw invalid(name, "a list");
    return value;
  }

  /** @param name - of a list of keys and values @returns them */
  pairs(name: string): KeyValue[] {
    return this.list(name).map((item) => {
      const pair = Fields.in(item);
      return { key: pair.requiredText("key"), value: pair.text("value") ?? "" };
    });
  }
}

function invalid(name: string, expected: string): RefusedError {
  return new RefusedError("invalid", `Invalid value for parameter '${name}': it must be ${expected}.`);
}
