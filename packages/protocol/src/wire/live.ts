/** Data of one server-sent event of `GET /v1/live`; says what changed, the client asks for what it shows. */
export interface LiveChange {
  instance: string;
  training: string;
  /** The instance's facts, state, events or drops changed, or it is new. */
  facts?: true;
  /** Keys (see `seriesKey`) of the series that grew. */
  series?: string[];
  /** The version of each of them now: its number of points. */
  versions?: number[];
  /** The log's size in bytes, when it grew. */
  logBytes?: number;
}
