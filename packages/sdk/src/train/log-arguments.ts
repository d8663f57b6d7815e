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
  const { step, epoch, time } = at as Readonly<Record<string, unknown>>;
  const place: LoggedAt = {};
  const stepNumber = finite(step, "step", "the next step is counted", warn);
  const epochNumber = finite(epoch, "epoch", "it is recorded without", warn);
  const timeMs = finite(isDate(time) ? time.getTime() : time, "time", "it is recorded now", warn, MOST_TIME_MS);
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
  warn(`log(): ${nameOf(value)} is no ${what}; ${instead}`, `log ${what} ${kind}`);
  return undefined;
}

function isDate(value: unknown): value is Date {
  return typeof value === "object" && value !== null && typeof (value as Date).getTime === "function";
}

function onlyNumbers(metrics: object, warn: LogWarning): LoggedMetrics {
  const values: Record<string, number> = {};
  const again: Record<string, number> = {};
  const others: string[] = [];
  take(metrics, "", [], (name, value) => {
    const number = typeof value === "function" ? undefined : toNumber(value);
    if (number === undefined) others.push(`${name} (${nameOf(value)})`);
    else if (!Object.hasOwn(values, name)) define(values, name, number);
    else if (!Object.hasOwn(again, name)) define(again, name, number);
    else others.push(`${name} (a third value of this name)`);
  });
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

function take(metrics: object, prefix: string, within: readonly object[], found: (name: string, value: unknown) => void): void {
  for (const key of Object.keys(metrics)) {
    const name = prefix + key;
    let value: unknown;
    try {
      value = (metrics as Record<string, unknown>)[key];
    } catch (error) {
      value = error;
    }
    if (isPlainObject(value) && value !== metrics && !within.includes(value)) take(value, `${name}/`, [...within, metrics], found);
    else found(name, value);
  }
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
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
  if (value instanceof Date) return "an invalid Date";
  return Array.isArray(value) ? "array" : typeof value;
}
