import { LIMITS } from "ava-protocol";

/** Metrics as they were said, in the form in which they are recorded. */
export interface LoggedMetrics {
  values: Readonly<Record<string, number>>;
  /** Values of names that are there already: `{ "a/b": 2 }` of `{ a: { b: 1 }, "a/b": 2 }`. */
  again?: Readonly<Record<string, number>>;
}

/** Where and when, as it was said. */
export interface LoggedAt {
  step?: number;
  epoch?: number;
  timeMs?: number;
}

/** Told what is passed over. @param topic - said once for each */
export type LogWarning = (message: string, topic?: string) => void;

/** Later and earlier moments do not fit nanoseconds of 64 bits. */
const MOST_TIME_MS = 9e12;
const MOST_NAMED = 10;

/**
 * Passes numbers on and leaves the rest out, so that a wrong value never throws inside a training loop.
 *
 * @param metrics - what the caller logged, of any type; objects in it are named by their path
 * @param warn - told which names were left out
 * @returns the same object when all values are numbers
 */
export function toMetrics(metrics: unknown, warn: LogWarning): LoggedMetrics {
  if (typeof metrics !== "object" || metrics === null || Array.isArray(metrics)) {
    warn(`log() takes an object of numbers, like { loss: 0.3 }; passed over: ${nameOf(metrics)}`, "log metrics");
    return { values: {} };
  }
  return hasOnlyNumbers(metrics) ? { values: metrics } : onlyNumbers(metrics, warn);
}

function hasOnlyNumbers(metrics: object): metrics is Readonly<Record<string, number>> {
  try {
    for (const name in metrics) if (typeof (metrics as Record<string, unknown>)[name] !== "number") return false;
    return true;
  } catch {
    // A getter that throws: the others are taken one by one.
    return false;
  }
}

/**
 * Takes what is right of step, epoch and time, and tells of the rest.
 *
 * @param at - what the caller said, of any type
 * @param warn - told what was passed over
 */
export function toPlace(at: unknown, warn: LogWarning): LoggedAt {
  if (at === undefined) return {};
  if (typeof at !== "object" || at === null) {
    warn(`log() takes { step, epoch, time } behind the metrics; passed over: ${nameOf(at)}`, "log options");
    return {};
  }
  const place: LoggedAt = {};
  const stepNumber = finite(memberOf(at, "step"), "step", "the next step is counted", warn);
  const epochNumber = finite(memberOf(at, "epoch"), "epoch", "it is recorded without", warn);
  const timeMs = finite(msOf(memberOf(at, "time")), "time", "it is recorded now", warn, MOST_TIME_MS);
  if (stepNumber !== undefined) place.step = stepNumber;
  if (epochNumber !== undefined) place.epoch = epochNumber;
  if (timeMs !== undefined) place.timeMs = timeMs;
  return place;
}

function finite(value: unknown, what: string, instead: string, warn: LogWarning, most = Infinity): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "bigint" ? Number(value) : value;
  if (typeof number === "number" && Number.isFinite(number) && Math.abs(number) <= most) return number;
  const kind = Number.isFinite(value) ? typeof value : nameOf(value);
  warn(`log(): ${nameOf(value)} is not a valid ${what}; ${instead}`, `log ${what} ${kind}`);
  return undefined;
}

/** @returns milliseconds since 1970 of a date; everything else as it is */
function msOf(value: unknown): unknown {
  return attempt(() => (typeof (value as Date | null)?.getTime === "function" ? (value as Date).getTime() : value));
}

function onlyNumbers(metrics: object, warn: LogWarning): LoggedMetrics {
  const values: Record<string, number> = {};
  const again: Record<string, number> = {};
  const others: string[] = [];
  let found = 0;
  const isWhole = take(metrics, "", [], (name, value) => {
    found += 1;
    const number = attempt(() => toNumber(value));
    if (typeof number !== "number") others.push(`${name} (${nameOf(value)})`);
    else if (!Object.hasOwn(values, name)) define(values, name, number);
    else if (!Object.hasOwn(again, name)) define(again, name, number);
    else others.push(`${name} (a third value of this name)`);
    return found < LIMITS.valuesPerRecord;
  });
  if (!isWhole) others.push(`what is behind the first ${LIMITS.valuesPerRecord}`);
  if (others.length > 0) {
    const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : "";
    warn(`log() takes numbers; left out: ${others.slice(0, MOST_NAMED).join(", ")}${more}`);
  }
  return { values, ...(Object.keys(again).length > 0 ? { again } : {}) };
}

/** Also a name like `__proto__` is one. */
function define(values: Record<string, number>, name: string, value: number): void {
  Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Tells of all values in their order. A few objects that hold each other can mean more names than there are atoms: the listener says when it is enough.
 *
 * @returns whether all were told
 */
function take(metrics: object, prefix: string, within: readonly object[], found: (name: string, value: unknown) => boolean): boolean {
  const inside = [...within, metrics];
  for (const key of Object.keys(metrics)) {
    const name = prefix + key;
    const value = memberOf(metrics, key);
    const isLevel = isPlainObject(value) && !inside.includes(value) && inside.length < LIMITS.jsonDepth;
    if (!(isLevel ? take(value, `${name}/`, inside, found) : found(name, value))) return false;
  }
  return true;
}

/** @returns the member's value; the error of one that cannot be read */
function memberOf(object: object, name: string): unknown {
  return attempt(() => (object as Readonly<Record<string, unknown>>)[name]);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = attempt(() => Object.getPrototypeOf(value) as unknown);
  return prototype === null || prototype === Object.prototype;
}

/** Numbers, and what holds exactly one, like an array of one number or a `Number`. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "bigint") return Number.isFinite(Number(value)) ? Number(value) : undefined;
  if (Object.prototype.toString.call(value) === "[object Number]") return Number(value);
  if (!(Array.isArray(value) || ArrayBuffer.isView(value))) return undefined;
  const [only, second] = value as unknown as ArrayLike<unknown> & Iterable<unknown>;
  return second === undefined && (typeof only === "number" || typeof only === "bigint") ? toNumber(only) : undefined;
}

function nameOf(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === null) return "null";
  const kind = attempt(() => (value instanceof Date ? "an invalid Date" : Array.isArray(value) ? "array" : typeof value));
  return typeof kind === "string" ? kind : typeof value;
}

/** What a program passes may throw whenever it is looked at. @returns what `look` gives, or what it throws */
function attempt<Seen>(look: () => Seen): Seen | Error {
  try {
    return look();
  } catch (error) {
    return new Error("it cannot be read", { cause: error });
  }
}
