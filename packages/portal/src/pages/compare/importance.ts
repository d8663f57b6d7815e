import { type ComparedFacts, figureOf } from "./compared-run.js";

/** How much a param alone tells of a figure. */
export interface Importance {
  path: string;
  /** Share of the spread of the figure's ranks, from 0 to 1. */
  share: number;
}

/** Fewer runs say too little. */
const FEWEST_RUNS = 5;
/** Runs of one value, on average, from which on the values of a param are groups. */
const LEAST_PER_VALUE = 2;

/**
 * Estimates what each param alone explains of a figure. The runs are ranked by the figure, so that one that went astray counts no more than any other. A param whose values
 * several runs share is measured by ε² of Kruskal and Wallis: the part of the spread of the ranks that lies between its values, without what chance would give. A number that
 * nearly each run has of its own is measured by the square of Spearman's rank correlation. Params that work only together, or that changed together, are not told apart.
 *
 * @param runs - those that are compared
 * @param paths - params that differ
 * @param target - figure of a series
 * @returns the params, the most telling first; none where too few runs have the figure
 */
export function importances(runs: readonly ComparedFacts[], paths: readonly string[], target: string): Importance[] {
  const known = runs.filter((run) => Number.isFinite(figureOf(run, target)));
  if (known.length < FEWEST_RUNS) return [];
  const ranks = ranksOf(known.map((run) => figureOf(run, target)!));
  return paths
    .flatMap((path) => {
      const share = shareOf(
        known.map(({ params }) => params.get(path)),
        ranks,
      );
      return share === undefined ? [] : [{ path, share }];
    })
    .sort((a, b) => b.share - a.share);
}

function shareOf(values: readonly (string | undefined)[], ranks: readonly number[]): number | undefined {
  const groups = new Map<string | undefined, number[]>();
  values.forEach((value, i) => groups.set(value, [...(groups.get(value) ?? []), ranks[i]!]));
  if (groups.size < 2) return undefined;
  if (values.length / groups.size < LEAST_PER_VALUE) {
    const numbers = values.map((value) => (value === undefined || value.trim() === "" ? Number.NaN : Number(value)));
    // Texts of which each run has its own, as names have, say nothing.
    return numbers.every(Number.isFinite) ? correlation(ranksOf(numbers), ranks) ** 2 : undefined;
  }
  const mean = meanOf(ranks);
  const total = sum(ranks.map((rank) => (rank - mean) ** 2));
  if (total === 0) return 0;
  const between = sum([...groups.values()].map((own) => own.length * (meanOf(own) - mean) ** 2));
  const byChance = ((groups.size - 1) * (total - between)) / (values.length - groups.size);
  return Math.max(0, (between - byChance) / total);
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const ordered = values.toSorted((a, b) => a - b);
  return values.map((value) => (ordered.indexOf(value) + ordered.lastIndexOf(value)) / 2 + 1);
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const spread = Math.sqrt(sum(a.map((one) => (one - meanA) ** 2)) * sum(b.map((one) => (one - meanB) ** 2)));
  return spread === 0 ? 0 : sum(a.map((one, i) => (one - meanA) * (b[i]! - meanB))) / spread;
}

function meanOf(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
