import { asObject } from "../body.js";
import type { Read, RouteContext, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { DEFAULT_EXPERIMENT, experimentId, MLFLOW, trainingOf } from "./names.js";

/** An experiment; its runs are the instances of one training. */
export interface Experiment {
  id: string;
  name: string;
  tags: Record<string, string>;
  isDeleted: boolean;
  createdMs: number;
  changedMs: number;
}

const DEFAULT: Experiment = { ...DEFAULT_EXPERIMENT, tags: {}, isDeleted: false, createdMs: 0, changedMs: 0 };

/** @param read - of the request @returns all experiments, `Default` first */
export async function experiments(read: Read): Promise<Experiment[]> {
  const texts = await read.kept(MLFLOW);
  const kept = [...texts.values()].flatMap((text) => {
    const found = asObject(JSON.parse(text));
    return found ? [found as unknown as Experiment] : [];
  });
  const all = kept.some(({ id }) => id === DEFAULT.id) ? kept : [DEFAULT, ...kept];
  const tags = tagsIn(texts);
  return all.map((experiment) => ({ ...experiment, tags: { ...experiment.tags, ...Object.fromEntries(tags.get(experiment.id) ?? []) } }));
}

/** Key of a tag that was set alone. */
const TAG_KEY = /^(\S+) tag (.*)$/s;

/** @returns keys and values of tags that were set alone, by experiment */
function tagsIn(texts: ReadonlyMap<string, string>): Map<string, [key: string, value: string][]> {
  const tags = new Map<string, [string, string][]>();
  for (const [key, text] of texts) {
    const [, id, name] = TAG_KEY.exec(key) ?? [];
    if (id !== undefined && name !== undefined) tags.set(id, [...(tags.get(id) ?? []), [name, JSON.parse(text) as string]]);
  }
  return tags;
}

/** @param read - of the request @param id - of an experiment @returns it @throws RefusedError `absent` */
export async function experimentOf(read: Read, id: string): Promise<Experiment> {
  const found = (await experiments(read)).find((experiment) => experiment.id === id);
  if (!found) throw new RefusedError("absent", `Could not find experiment with ID ${id}`);
  return found;
}

/** @param sink - of the request @param experiment - as it is from now on */
export async function keepExperiment(sink: Sink, experiment: Experiment): Promise<void> {
  await sink.keep(MLFLOW, experiment.id, JSON.stringify(experiment), trainingOf(experiment.name));
}

/** Sets a tag as a text of its own: another replica may set another one at the same time. @param sink - of the request */
export async function keepTag(sink: Sink, { id, name }: Experiment, key: string, value: string): Promise<void> {
  await sink.keep(MLFLOW, `${id} tag ${key}`, JSON.stringify(value), trainingOf(name));
}

/**
 * Makes an experiment.
 *
 * @param context - of the request
 * @param name - that no other has
 * @param tags - of it
 * @throws RefusedError `exists`
 */
export async function createExperiment({ sink, read }: RouteContext, name: string, tags: Record<string, string>): Promise<Experiment> {
  const all = await experiments(read);
  if (all.some((other) => other.name === name)) throw new RefusedError("exists", `Experiment '${name}' already exists.`);
  // After a rename another experiment may have the id of this name.
  let id = experimentId(name);
  for (let number = 2; all.some((other) => other.id === id); number++) id = experimentId(`${name} ${number}`);
  const nowMs = Date.now();
  const experiment = { id, name, tags, isDeleted: false, createdMs: nowMs, changedMs: nowMs };
  await keepExperiment(sink, experiment);
  return experiment;
}
