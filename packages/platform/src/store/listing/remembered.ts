import type { MetricField } from "../contract/list.js";

/** Instances up to which their rows are remembered: some 300 to 400 bytes each. */
export const MAX_ROWS = 250_000;

/** Rows, or figures of them, that are read before a list is answered which an index can answer, too: one block. Where there are more, it answers. */
export const MANY_ROWS = 4000;

/** Metrics of which figures are remembered with the rows: some 200 bytes each. More at once are not put to them. */
const MAX_METRICS = 6;

/** Characters of facts, as JSON, that are remembered: those of 100,000 instances with 100 params each. A person who looks at a list asks again. */
const MAX_CHARACTERS = 300_000_000;

/** @returns names of the metrics of a question, where their figures may stay with the rows: they are few, and mean no labels */
export function rememberedNames(metrics: readonly MetricField[]): ReadonlySet<string> | undefined {
  const names = new Set(metrics.map(({ name }) => name));
  return names.size <= MAX_METRICS && metrics.every(({ labels }) => labels === undefined) ? names : undefined;
}

/** Metrics of which rows may have figures. */
export class RememberedMetrics {
  private readonly names = new Set<string>();

  /** @param names - of those whose figures will be put to the rows @returns whether they become too many: all rows are to be read again */
  add(names: Iterable<string>): boolean {
    const more = [...names].filter((name) => !this.names.has(name));
    const areTooMany = this.names.size + more.length > MAX_METRICS;
    if (areTooMany) this.names.clear();
    for (const name of more) this.names.add(name);
    return areTooMany;
  }
}

/** Facts of instances, up to a size of all together. */
export class RememberedFacts<Id, Facts> {
  private readonly known = new Map<Id, { facts: Facts; characters: number }>();
  private readonly maxCharacters: number;
  private characters = 0;

  constructor(maxCharacters: number = MAX_CHARACTERS) {
    this.maxCharacters = maxCharacters;
  }

  get(id: Id): Facts | undefined {
    return this.known.get(id)?.facts;
  }

  /** Puts facts in the place of others, unless all would be too many. @param characters - of their JSON @returns whether they are remembered */
  put(id: Id, facts: Facts, characters: number): boolean {
    this.forget(id);
    if (this.characters + characters > this.maxCharacters) return false;
    this.known.set(id, { facts, characters });
    this.characters += characters;
    return true;
  }

  forget(id: Id): void {
    this.characters -= this.known.get(id)?.characters ?? 0;
    this.known.delete(id);
  }

  clear(): void {
    this.known.clear();
    this.characters = 0;
  }
}
