import { type ChartAxis, type Labels, type PointsAnswer, toWireNumber } from "ava-protocol";
import { findPointsOf } from "../store/contract/points.js";
import type { Store } from "../store/contract/store.js";
import { originOf } from "./chart.js";

/** A question for points of one series; see `GET /v1/instances/:id/points`. */
export interface PointsQuestion {
  name: string;
  labels: Labels | undefined;
  axis: ChartAxis;
  from: number | undefined;
  to: number | undefined;
  below: number | undefined;
  above: number | undefined;
  limit: number;
}

/**
 * Finds points with all that was recorded of them.
 *
 * @param instance - id
 * @throws PlatformError `not_found`, `ambiguous_series`, `store_damaged`
 */
export async function queryPoints(store: Store, instance: string, question: PointsQuestion): Promise<PointsAnswer> {
  const { name, labels, axis, from, to, below, above, limit } = question;
  const origin = axis === "relative" ? await originOf(store, instance) : 0;
  const { points, damage, ...found } = await findPointsOf(store, {
    instance,
    name,
    axis: axis === "relative" ? "time" : axis,
    most: limit,
    ...(labels === undefined ? {} : { labels }),
    ...(from === undefined ? {} : { from: from + origin }),
    ...(to === undefined ? {} : { to: to + origin }),
    ...(below === undefined ? {} : { below }),
    ...(above === undefined ? {} : { above }),
  });
  return {
    ...found,
    points: points.map(({ step, epoch, timeNs, value }) => ({
      step: toWireNumber(step),
      ...(Number.isNaN(epoch) ? {} : { epoch: toWireNumber(epoch) }),
      timeNs: timeNs.toString(),
      value: toWireNumber(value),
    })),
    ...(damage.length === 0 ? {} : { damage: [...damage] }),
  };
}
