import type { Field, ListQuery, MetricField, Term } from "../contract/list.js";

/** Facts that the light row of an instance has. */
const LIGHT_FACTS: ReadonlySet<string> = new Set(["id", "training", "state", "startTime", "stopTime", "heartbeatTime"]);

/** What a list looks at beside light rows. */
export interface ListNeeds {
  /** All facts, and not only those of the light rows. */
  hasFacts: boolean;
  /** Metrics whose figures it looks at; without labels, it is the one that is meant where none are named. */
  metrics: readonly MetricField[];
}

/** @param shown - fields that the caller looks at, beside those of the terms @returns what is to be read for it */
export function needsOf(terms: readonly Term[], shown: readonly Field[]): ListNeeds {
  const fields: Field[] = [...shown, ...terms.flatMap((term) => ("field" in term ? [term.field] : []))];
  const isLight = (field: Field): boolean => (field.kind === "fact" ? LIGHT_FACTS.has(field.name) : field.kind === "metric");
  return {
    hasFacts: terms.some((term) => "text" in term) || !fields.every(isLight),
    metrics: fields.filter((field) => field.kind === "metric"),
  };
}

/** @returns the ids or trainings that a term names: no others are let through; `undefined` where none does */
export function namedBy(terms: readonly Term[], fact: "id" | "training"): string[] | undefined {
  for (const term of terms) {
    if (!("field" in term) || term.field.kind !== "fact" || term.field.name !== fact) continue;
    if ("oneOf" in term) return term.oneOf.filter((value) => typeof value === "string");
    if (term.operator === "=") return [term.operand.text];
  }
  return undefined;
}

/** @returns the one training that the terms let through, if they name one */
export function trainingOf(terms: readonly Term[]): string | undefined {
  const trainings = namedBy(terms, "training");
  return trainings?.length === 1 ? trainings[0] : undefined;
}

/** @returns whether both drivers have an index that gives the first of a list: by start or a metric, of all instances or one training */
export function isIndexed({ terms, sort: { field } }: Pick<ListQuery, "terms" | "sort">): boolean {
  if (terms.length > (trainingOf(terms) === undefined ? 0 : 1)) return false;
  return field.kind === "metric" ? field.labels === undefined : field.kind === "fact" && field.name === "startTime";
}
