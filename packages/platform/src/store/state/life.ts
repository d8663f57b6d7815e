import type { EndCause, InstanceFacts, Labels } from "ava-protocol";

/** How a writer ended. */
interface PartEnd {
  state: "done" | "failed";
  atMs: number;
  stopTime?: string;
  cause: EndCause | undefined;
}

/** What one writer told of its own life. */
export interface Part {
  isCompanion?: boolean;
  startMs?: number;
  end?: PartEnd;
}

/** What all writers of an instance told of their lives, by writer. */
export type Life = Map<string, Part>;

/** State, and what belongs to it, of an instance as a whole. */
export type Verdict = Required<Pick<InstanceFacts, "state">> & Pick<InstanceFacts, "stopTime" | "end">;

/** The part of those who say `PUT`: they speak for the whole instance. No writer has this id. */
const CLIENT = "";

/** @param labels - of a writer @returns whether it is one of many, for whom rank 0 speaks */
export function isCompanion(labels: Labels | undefined): boolean {
  return labels?.["rank"] !== undefined && labels["rank"] !== "0";
}

/**
 * Takes over what a writer told of its start or end; the rule is in docs/formats/instance-state.md.
 *
 * @param life - changed in place
 * @param writer - id
 * @param facts - with a state
 * @param atMs - when they came, for times that are not told
 * @param asCompanion - whether it is one of many
 */
export function tellLife(life: Life, writer: string, facts: InstanceFacts, atMs: number, asCompanion: boolean): void {
  const part = life.get(writer) ?? (asCompanion ? { isCompanion: true } : {});
  life.set(writer, part);
  if (facts.state === "running") {
    part.startMs = timeOf(facts.startTime) ?? atMs;
    delete part.end;
  } else if (facts.state !== undefined) {
    const end = endOf(facts, timeOf(facts.stopTime) ?? atMs);
    part.end = part.end?.state === "failed" ? { ...end, state: "failed", cause: mergeCauses([part.end, end]) } : end;
  }
}

/**
 * Takes over the state that a client put.
 *
 * @param life - changed in place
 * @param facts - with a state
 * @param atMs - when they came
 */
export function putLife(life: Life, facts: InstanceFacts, atMs: number): void {
  const isRunning = facts.state === "running";
  if (isRunning && life.size > 0 && verdictOf(life).state === "running") return;
  // After all that was told before, whatever the clocks say.
  const startMs = Math.max(atMs, ...[...life.values()].map((part) => Math.max(startOf(part), part.end?.atMs ?? 0)));
  life.set(CLIENT, isRunning ? { startMs } : { startMs, end: endOf(facts, startMs) });
}

/**
 * @param facts - of an instance that was stored when only its state was
 * @param heartbeatMs - when it was last heard of
 * @returns a life from which that state follows
 */
export function lifeOf(facts: InstanceFacts, heartbeatMs: number): Life {
  const life: Life = new Map();
  if (facts.state !== undefined && facts.state !== "running") putLife(life, facts, timeOf(facts.stopTime) ?? heartbeatMs);
  return life;
}

/**
 * @param life - what was told, in whatever order
 * @returns the one state that follows
 */
export function verdictOf(life: Life): Verdict {
  const writers = [...life.keys()].sort();
  const parts = writers.map((writer) => life.get(writer) as Part);
  const hasSpeaker = parts.some((part) => !part.isCompanion);
  const speakers = parts.filter((part) => !hasSpeaker || !part.isCompanion);
  const last = hasSpeaker ? speakers.reduce((latest, part) => (isLater(part, latest) ? part : latest)) : undefined;
  const isOfLastPass = (part: Part) => part.end !== undefined && (part === last || part.end.atMs > startOf(last));
  const ends = parts
    .filter(isOfLastPass)
    .map(({ end }) => end as PartEnd)
    .sort((a, b) => a.atMs - b.atMs);
  const hasFailed = ends.some(({ state }) => state === "failed");
  const isClients = last !== undefined && last === life.get(CLIENT);
  const isOver = last
    ? speakers.some((part) => isOfLastPass(part) && (part === last || part.startMs === undefined || isClients))
    : speakers.length > 0 && speakers.every(({ end }) => end !== undefined);
  if (!hasFailed && !isOver) return { state: "running" };
  const end = mergeCauses(ends);
  const stopTime = ends.findLast((one) => one.stopTime !== undefined)?.stopTime;
  return { state: hasFailed ? "failed" : "done", ...(stopTime === undefined ? {} : { stopTime }), ...(end === undefined ? {} : { end }) };
}

/** Of two that started at the same moment the one that has not ended is taken for the later one. */
function isLater(part: Part, other: Part): boolean {
  const differenceMs = startOf(part) - startOf(other);
  return differenceMs > 0 || (differenceMs === 0 && part.end === undefined && other.end !== undefined);
}

/** Later ends replace what earlier ones said, failures what successes said; the first failure's message is the cause. */
function mergeCauses(ends: readonly PartEnd[]): EndCause | undefined {
  const causes = [...ends.filter(({ state }) => state === "done"), ...ends.filter(({ state }) => state === "failed")];
  const message = ends.find(({ state, cause }) => state === "failed" && cause?.message !== undefined)?.cause?.message;
  const merged = Object.assign({}, ...causes.map(({ cause }) => cause), message === undefined ? {} : { message });
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function endOf({ state, stopTime, end }: InstanceFacts, atMs: number): PartEnd {
  return {
    state: state as PartEnd["state"],
    atMs,
    ...(stopTime === undefined ? {} : { stopTime }),
    cause: end,
  };
}

function startOf(part: Part | undefined): number {
  return part?.startMs ?? Number.NEGATIVE_INFINITY;
}

function timeOf(text: string | undefined): number | undefined {
  const timeMs = Date.parse(text ?? "");
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
