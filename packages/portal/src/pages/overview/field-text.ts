/** Figures of a series that a column can show. */
export const FIGURES = ["last", "min", "max", "count"] as const;

/** Figure of a series. */
export type Figure = (typeof FIGURES)[number];

/** What a column shows, as it is written in filters, sorts and columns. */
export type FieldParts =
  | { kind: "param"; path: string }
  | { kind: "metric"; figure: Figure; name: string }
  /** What a run had, `step` or the name of a series, where another one was at its best. */
  | { kind: "atBest"; what: string; figure: "min" | "max"; name: string }
  | { kind: "fact"; name: string };

const ODD = /[\s,{}"=<>~`!]/;

/**
 * @param path - of a param, levels separated by dots
 * @returns the field: `params.lr`
 */
export function paramField(path: string): string {
  return `params.${path.split(".").map(quoted).join(".")}`;
}

/**
 * @param figure - which figure
 * @param name - of the series
 * @returns the field: `min:val/loss`
 */
export function metricField(figure: Figure, name: string): string {
  return `${figure}:${quoted(name)}`;
}

/**
 * @param what - `step`, or the name of a series
 * @param best - figure of the series that is at its best there: `min:val/loss`
 * @returns the column: `at:train/loss@min:val/loss`
 */
export function atBestField(what: string, best: string): string {
  return `at:${what === "step" ? what : quoted(what)}@${best}`;
}

/**
 * @param field - as in a column
 * @returns what it names
 */
export function fieldParts(field: string): FieldParts {
  if (field.startsWith("params.")) return { kind: "param", path: unquoted(field.slice("params.".length)) };
  const figure = FIGURES.find((name) => field.startsWith(`${name}:`));
  if (figure !== undefined) return { kind: "metric", figure, name: unquoted(field.slice(figure.length + 1)) };
  const [, what, best, name] = /^at:(.+)@(min|max):(.+)$/s.exec(unquoted(field)) ?? [];
  if (what !== undefined) return { kind: "atBest", what, figure: best as "min" | "max", name: name! };
  return { kind: "fact", name: field };
}

/**
 * @param field - as in a column
 * @returns its name without what it is
 */
export function fieldTitle(field: string): string {
  const parts = fieldParts(field);
  if (parts.kind === "atBest") return `${parts.what} @ ${parts.figure} ${parts.name}`;
  return parts.kind === "param" ? parts.path : parts.name;
}

function quoted(name: string): string {
  return ODD.test(name) || name === "" ? `\`${name.replaceAll("`", "``")}\`` : name;
}

/**
 * @param text - a name, or some of its levels, in backquotes or not
 * @returns the name
 */
export function unquoted(text: string): string {
  return text.replaceAll(/`((?:[^`]|``)*)`/g, (_, name: string) => name.replaceAll("``", "`"));
}
