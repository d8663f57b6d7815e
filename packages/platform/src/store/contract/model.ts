/** A model as it was registered: the old client's spec with at least a name; other fields are kept as they are. */
export type ModelSpec = Record<string, unknown> & { name: string };

/** One version of a registered model. */
export interface Model {
  name: string;
  version: string;
  createdMs: number;
  spec: ModelSpec;
}

/** Which models are asked for: all that both fields let through. */
export interface ModelQuery {
  name?: string;
  /** Only of this instance. */
  instance?: string;
}

/** @returns id of the instance that made a model or was evaluated, where the registration or the result names one */
export function instanceIdOf(spec: Record<string, unknown>): string | undefined {
  const id = (spec["trainingRef"] as { instanceID?: unknown } | null | undefined)?.instanceID;
  return typeof id === "string" ? id : undefined;
}

/** @returns whether a query lets a model through */
export function isAskedFor({ name, spec }: Model, query: ModelQuery): boolean {
  return (query.name ?? name) === name && (query.instance === undefined || instanceIdOf(spec) === query.instance);
}

/** Result of an evaluation, as the old client puts it. */
export interface Evaluation {
  name: string;
  createdMs: number;
  result: Record<string, unknown>;
}
