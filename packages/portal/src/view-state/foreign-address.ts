import { readChartView } from "./chart-view.js";
import { readOverviewView, writeOverviewView } from "./overview-view.js";
import { pickRuns } from "./picked-runs.js";

/** A run as wandb addresses it: the platform knows it by an id of its own. */
export interface WandbRun {
  training: string;
  run: string;
}

/**
 * Finds the page that an address of MLflow's portal means, one of an earlier portal of ours, or one that is guessed.
 *
 * @param path - of the page
 * @param search - its query string
 * @param hash - with its `#`, or empty
 * @returns path and query here; `undefined` for any other address
 */
export function ownAddress(path: string, search: string, hash: string): string | undefined {
  const [, experiment, run] = /^#\/experiments\/([^/?]+)(?:\/runs\/([^/?]+))?/.exec(hash) ?? [];
  if (run !== undefined) return `/instances/${encodeURIComponent(instanceOfMlflow(decoded(run)))}`;
  if (experiment !== undefined) return `/experiments/${encodeURIComponent(decoded(experiment))}`;
  if (hash.startsWith("#/compare-runs?"))
    return comparing(mlflowRuns(new URLSearchParams(hash.slice("#/compare-runs?".length)).get("runs")), "");
  if (path === "/compare") return comparing(new URLSearchParams(search).getAll("run"), search);
  // Guessed from the paths of the API.
  const [, training] = /^\/trainings(?:\/([^/]+))?\/?$/.exec(path) ?? [];
  if (training !== undefined) return `/?training=${encodeURIComponent(decoded(training))}`;
  return /^\/(trainings|instances)\/?$/.test(path) ? "/" : undefined;
}

/**
 * @param path - of a page: `/ENTITY/PROJECT/runs/ID`, as wandb prints it
 * @returns the run; `undefined` for any other path
 */
export function wandbRun(path: string): WandbRun | undefined {
  const [, training, run] = /^(?:\/wandb)?\/[^/]+\/([^/]+)\/runs\/([^/]+)(?:\/.*)?$/.exec(path) ?? [];
  return training === undefined || run === undefined ? undefined : { training: decoded(training), run: decoded(run) };
}

/**
 * @param path - of a page: `/experiments/ID`
 * @returns id of an experiment as MLflow's clients know it; `undefined` for any other path
 */
export function mlflowExperiment(path: string): string | undefined {
  const [, experiment] = /^\/experiments\/([^/]+)$/.exec(path) ?? [];
  return experiment === undefined ? undefined : decoded(experiment);
}

/**
 * @param runs - ids
 * @param search - query string that says how their charts are read
 * @returns address of the page that compares them
 */
function comparing(runs: readonly string[], search: string): string {
  return `/?${writeOverviewView({ ...readOverviewView(""), show: "charts", picked: pickRuns([], runs), chart: readChartView(new URLSearchParams(search)) })}`;
}

/** MLflow's clients take no other characters: the platform writes them as `_` and two hexadecimal digits. */
function instanceOfMlflow(run: string): string {
  return run.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function mlflowRuns(json: string | null): string[] {
  try {
    const ids: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(ids) ? ids.map((id) => instanceOfMlflow(String(id))) : [];
  } catch {
    // An address that was cut: the page says that no run is picked.
    return [];
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
