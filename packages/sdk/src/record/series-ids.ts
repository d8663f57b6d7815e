import { type Labels, seriesKey } from "ava-protocol";

/** Sets of labels that are found without sorting and quoting them; a run has a few, and what has more pays for it. */
const MOST_KEPT_SETS = 1_000;

/** A series as parsers tell it: one object for all its values. */
export interface SeriesName {
  readonly name: string;
  readonly labels?: Labels;
}

/** Number of each series in one journal, from 1 in the order in which they were met. */
export class SeriesIds {
  private readonly byKey = new Map<string, number>();
  /** The same by the labels as they are written, then by name: the order of labels makes another entry, of the same ids. */
  private readonly byLabels = new Map<string, Map<string, number>>();
  private readonly unlabelled = new Map<string, number>();

  /** How many series have a number. */
  get size(): number {
    return this.byKey.size;
  }

  /** @param labels - of a set of metrics @returns ids by name, for {@link SeriesIds.find} and {@link SeriesIds.add} */
  setOf(labels: Labels | undefined): Map<string, number> {
    if (labels === undefined) return this.unlabelled;
    const written = writtenOut(labels);
    const known = this.byLabels.get(written);
    if (known) return known;
    if (this.byLabels.size === MOST_KEPT_SETS) this.byLabels.clear();
    const ids = new Map<string, number>();
    this.byLabels.set(written, ids);
    return ids;
  }

  /**
   * Finds the number of a series that was met under labels in another order, or in a set that is no longer kept.
   *
   * @param ids - of {@link SeriesIds.setOf} for these labels, which does not have the name yet
   * @param name - of the series
   * @param labels - of the series
   * @returns its number; `undefined` for a new series
   */
  find(ids: Map<string, number>, name: string, labels: Labels | undefined): number | undefined {
    const id = this.byKey.get(keyOf(name, labels));
    if (id !== undefined) ids.set(name, id);
    return id;
  }

  /** Gives a new series the next number. Parameters as of {@link SeriesIds.find}. */
  add(ids: Map<string, number>, name: string, labels: Labels | undefined): void {
    const id = this.size + 1;
    this.byKey.set(keyOf(name, labels), id);
    ids.set(name, id);
  }
}

function keyOf(name: string, labels: Labels | undefined): string {
  return labels === undefined ? name : seriesKey(name, labels);
}

/** Labels as one text, different for different labels: lengths stand before the texts, so that no label can look like two. */
function writtenOut(labels: Labels): string {
  let text = "";
  for (const key in labels) {
    const value = labels[key];
    // Of another type it is refused under its own key, and met again each time.
    text += typeof value === "string" ? `${key.length} ${key}${value.length} ${value}` : `${key.length} ${key}? ${typeof value}`;
  }
  return text;
}
