/** Answer of `GET /v1/fields`: what instances have, for completion and for the choice of columns. */
export interface FieldsAnswer {
  /** Instances that were looked at: the newest 10,000 at most. */
  instances: number;
  /** Params by path, those that most instances have first. */
  params: FieldParam[];
  /** Names of series of the newest instances. */
  metrics: string[];
}

/** A param of some instances. */
export interface FieldParam {
  /** Levels separated by dots. */
  path: string;
  /** Instances that have it. */
  instances: number;
  /** Values as they were written, the most frequent first: up to 50. */
  values: string[];
}
