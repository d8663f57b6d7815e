import type { ChartAxis } from "ava-protocol";

/** A moment of a run that the charts mark, as a place on each axis; absent where it has none. */
export type Mark = Readonly<Partial<Record<ChartAxis, number>>>;
