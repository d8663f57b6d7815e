import { type Labels, LIMITS, whyNotLabels, whyNotSeriesName } from "ava-protocol";
import type { JournalWriter } from "./journal/journal-writer.js";
import { SeriesIds, type SeriesName } from "./series-ids.js";

/** Numbers of the series of one journal, which has the record that defines each. */
export class DefinedSeries {
  private readonly writer: Pick<JournalWriter, "define" | "labels">;
  private readonly ids = new SeriesIds();
  private readonly bySeries = new WeakMap<SeriesName, number>();
  /** Why the last series that was refused has no number. */
  why = "";

  /** @param writer - the journal */
  constructor(writer: Pick<JournalWriter, "define" | "labels">) {
    this.writer = writer;
  }

  /** @param labels - of a set of metrics @returns ids by name of those that are known, for {@link DefinedSeries.define} */
  setOf(labels: Labels | undefined): Map<string, number> {
    return this.ids.setOf(labels);
  }

  /** @param series - found out once for each object @returns its number; `undefined` where it is refused, {@link why} says why */
  idOf(series: SeriesName): number | undefined {
    const known = this.bySeries.get(series);
    if (known !== undefined) return known;
    const ids = this.setOf(series.labels);
    const id = ids.get(series.name) ?? this.define(ids, series.name, series.labels);
    if (id !== undefined) this.bySeries.set(series, id);
    return id;
  }

  /**
   * Finds the number of a series, or defines the series in the journal.
   *
   * @param ids - of {@link DefinedSeries.setOf} for these labels, which does not have the name yet
   * @param name - of the series
   * @param labels - of the series
   * @returns its number; `undefined` where it is refused, {@link why} says why
   */
  define(ids: Map<string, number>, name: string, labels: Labels | undefined): number | undefined {
    const known = this.ids.find(ids, name, labels);
    if (known !== undefined) return known;
    const id = this.ids.size + 1;
    const why =
      id > LIMITS.seriesPerInstance
        ? `more than ${LIMITS.seriesPerInstance} series in one instance`
        : (whyNotSeriesName(name) ?? whyNotLabels({ ...this.writer.labels, ...labels }));
    if (why !== undefined) {
      this.why = why;
      return undefined;
    }
    this.writer.define({ type: "series", id, name, labels: labels ?? {} });
    this.ids.add(ids, name, labels);
    return id;
  }
}
