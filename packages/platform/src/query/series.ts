import { type Labels, LIMITS, type SeriesAnswer, type SeriesAxis, seriesKey, toWireNumber } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Instance } from "../store/embedded/instance/instance.js";
import type { Series } from "../store/embedded/series/series.js";
import { axisExtent, type Buckets, eachPoint, fillBuckets, type Window } from "./buckets.js";

/** A question for one series; `from` and `to` default to its extent. */
export interface SeriesQuery {
  name: string;
  labels: Labels | undefined;
  axis: SeriesAxis;
  from: number | undefined;
  to: number | undefined;
  buckets: number;
}

/** Buckets where a query does not say. */
export const DEFAULT_BUCKETS = 1000;

/**
 * Finds the series that a name and some labels mean.
 *
 * @param labels - all labels (`{}` for the series without labels), or as many as single it out; absent when the name alone should do
 * @throws PlatformError `not_found`; `ambiguous_series`, which lists the candidates
 */
export function findSeries(instance: Instance, name: string, labels: Labels | undefined): Series {
  const exact = labels && instance.series.get(seriesKey(name, labels));
  if (exact !== undefined) return exact;
  const wanted = Object.entries(labels ?? {});
  const found = [...instance.series.values()].filter(
    (series) => series.name === name && series.totals.count > 0 && wanted.every(([key, value]) => series.labels[key] === value),
  );
  if (found.length === 1) return found[0]!;
  if (found.length === 0) throw new PlatformError("not_found", `Instance ${instance.id} has no series ${seriesKey(name, labels)}.`);
  const candidates = found.slice(0, 20).map((series) => series.key);
  const rest = found.length > 20 ? ` and ${found.length - 20} more` : "";
  throw new PlatformError(
    "ambiguous_series",
    `${found.length} series are named ${name}: ${candidates.join(", ")}${rest}. Give their labels.`,
  );
}

/**
 * Answers a series query: raw points where they are fewer than the buckets, else exact buckets.
 *
 * @throws PlatformError `not_found`, `ambiguous_series`, `bad_request`
 */
export function querySeries(instance: Instance, query: SeriesQuery): SeriesAnswer {
  if (query.buckets > LIMITS.bucketsPerQuery) {
    throw new PlatformError("limit_exceeded", `buckets is above the limit bucketsPerQuery = ${LIMITS.bucketsPerQuery}.`);
  }
  const series = findSeries(instance, query.name, query.labels);
  const extent = query.from !== undefined && query.to !== undefined ? undefined : axisExtent(series, query.axis);
  const from = query.from ?? extent?.from ?? query.to ?? 0;
  const to = query.to ?? extent?.to ?? from;
  if (query.from !== undefined && query.to !== undefined && from > to) throw new PlatformError("bad_request", "from must not be above to.");
  const window: Window = { axis: query.axis, from, to, buckets: query.buckets };
  const filled = fillBuckets(series, window);
  const isRaw = filled.total < query.buckets;
  const answer: SeriesAnswer = {
    name: series.name,
    labels: series.labels,
    axis: query.axis,
    raw: isRaw,
    from: toWireNumber(from),
    to: toWireNumber(to),
    bucketWidth: isRaw ? 0 : (to - from) / query.buckets,
    x: [],
    min: [],
    max: [],
    last: [],
    count: [],
    nan: [],
  };
  if (filled.damage.length > 0) answer.damage = filled.damage;
  if (isRaw) eachPoint(series, window, (x, value) => addRow(answer, x, value, value, value, 1, value === value ? 0 : 1));
  else addBuckets(answer, filled);
  return answer;
}

function addBuckets(answer: SeriesAnswer, { count, nan, min, max, x, last }: Buckets): void {
  for (let i = 0; i < count.length; i++) if (count[i] !== 0) addRow(answer, x[i]!, min[i]!, max[i]!, last[i]!, count[i]!, nan[i]!);
}

function addRow(answer: SeriesAnswer, x: number, min: number, max: number, last: number, count: number, nan: number): void {
  answer.x.push(toWireNumber(x));
  answer.min.push(toWireNumber(min));
  answer.max.push(toWireNumber(max));
  answer.last.push(toWireNumber(last));
  answer.count.push(count);
  answer.nan.push(nan);
}
