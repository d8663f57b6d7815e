import type { Labels } from "../series-key.js";
import type { WireNumber } from "./number.js";

/** A point with all that was recorded of it. */
export interface FoundPoint {
  step: WireNumber;
  /** Absent where none was recorded. */
  epoch?: WireNumber;
  /** Nanoseconds since 1970. */
  timeNs: string;
  value: WireNumber;
}

/** Answer of `GET /v1/instances/:id/points`. */
export interface PointsAnswer {
  name: string;
  labels: Labels;
  /** Points that the question is about. */
  total: number;
  /** The last of them, in order of arrival. */
  points: FoundPoint[];
  /** A sentence for each part of the series that is damaged in the platform's store: its points are missing here. Absent when all is there. */
  damage?: string[];
}
