import type { DropCounts, InstanceEvent } from "../wire/instance.js";
import { whyTooDeep } from "./json.js";
import { whyNotName } from "./text.js";

/** Most characters of the kind of an event. */
const EVENT_KIND_CHARS = 64;

/**
 * Says why an event cannot be recorded. Kinds that are not known, and fields of newer writers, are not a reason.
 *
 * @param value - the JSON object of an event record
 * @returns the reason, as a sentence without its end; `undefined` when it can
 */
export function whyNotEvent(value: Readonly<Record<string, unknown>>): string | undefined {
  const { event, timeNs, step, file, message } = value;
  const whyKind = whyNotName(event, EVENT_KIND_CHARS);
  if (whyKind !== undefined) return `the kind of an event ${whyKind}`;
  if (isGiven(timeNs) && !(typeof timeNs === "string" && /^-?\d{1,19}$/.test(timeNs)))
    return "timeNs of an event must be nanoseconds since 1970, as text";
  if (isGiven(step) && !Number.isFinite(step)) return "step of an event must be a number";
  if (isGiven(file) && typeof file !== "string") return "file of an event must be text";
  if (isGiven(message) && typeof message !== "string") return "message of an event must be text";
  return whyTooDeep(value);
}

/**
 * @param value - the JSON object of an event record that {@link whyNotEvent} finds right
 * @returns the event without what is `null`
 */
export function pickEvent(value: Readonly<Record<string, unknown>>): InstanceEvent {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => isGiven(field))) as unknown as InstanceEvent;
}

/**
 * Takes the counts out of a drops record. What is not a count counts as 0: an unreadable count must not hide the others.
 *
 * @param value - the JSON object of a drops record
 */
export function pickDrops(value: Readonly<Record<string, unknown>>): DropCounts {
  const { points, logBytes, events, reason } = value;
  const text = typeof reason === "string" ? { reason } : {};
  return { points: count(points), logBytes: count(logBytes), events: count(events), ...text };
}

function count(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
