import { DEFAULT_TRAINING } from "ava-protocol";
import type { Read, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { MLFLOW } from "./names.js";

/** A version of a registered model. */
export interface ModelVersion {
  version: number;
  source: string;
  runId: string;
  runLink: string;
  modelId: string;
  stage: string;
  description: string;
  tags: Record<string, string>;
  createdMs: number;
  changedMs: number;
}

/** A registered model with its versions. */
export interface RegisteredModel {
  name: string;
  description: string;
  tags: Record<string, string>;
  /** Versions by alias. */
  aliases: Record<string, number>;
  versions: readonly ModelVersion[];
  /** Of the version that was made last: a number is not given twice. */
  lastVersion: number;
  isDeleted: boolean;
  createdMs: number;
  changedMs: number;
}

/** Begins the keys of registered models among the texts of the dialect; each is a list of one model: objects are experiments. */
const KEY = "registered:";
/** Changes follow each other, so that no version is lost or has the number of another. */
let lastChange: Promise<unknown> = Promise.resolve();

/** @param read - of the request @returns all registered models, by name */
export async function registeredModels(read: Read): Promise<RegisteredModel[]> {
  const texts = [...(await read.kept(MLFLOW))].filter(([key]) => key.startsWith(KEY)).map(([, text]) => text);
  const models = texts.map((text) => (JSON.parse(text) as [RegisteredModel])[0]).filter(({ isDeleted }) => !isDeleted);
  return models.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @param read - of the request @param name - of a registered model @returns it @throws RefusedError `absent` */
export async function registeredModel(read: Read, name: string): Promise<RegisteredModel> {
  const found = (await registeredModels(read)).find((model) => model.name === name);
  if (!found) throw new RefusedError("absent", `Registered Model with name=${name} not found`);
  return found;
}

/** @param model - registered @param version - its number @returns the version @throws RefusedError `absent` */
export function versionOf({ name, versions }: RegisteredModel, version: number | undefined): ModelVersion {
  const found = versions.find((one) => one.version === version);
  if (!found) throw new RefusedError("absent", `Model Version (name=${name}, version=${version}) not found`);
  return found;
}

/**
 * Registers a model without a version.
 *
 * @param context - of the request
 * @param told - what the client says of it
 * @throws RefusedError `exists`
 */
export function register(
  { sink, read }: { sink: Sink; read: Read },
  told: Pick<RegisteredModel, "name" | "description" | "tags">,
): Promise<RegisteredModel> {
  return inTurn(async () => {
    await checkFree(read, told.name);
    const nowMs = Date.now();
    return keep(sink, { ...told, aliases: {}, versions: [], lastVersion: 0, isDeleted: false, createdMs: nowMs, changedMs: nowMs });
  });
}

/**
 * Changes a registered model.
 *
 * @param context - of the request
 * @param name - of the model
 * @param changed - the model as it is then
 * @throws RefusedError `absent`
 */
export function changeRegistered(
  { sink, read }: { sink: Sink; read: Read },
  name: string,
  changed: (model: RegisteredModel, nowMs: number) => RegisteredModel,
): Promise<RegisteredModel> {
  return inTurn(async () => {
    const nowMs = Date.now();
    return keep(sink, { ...changed(await registeredModel(read, name), nowMs), changedMs: nowMs });
  });
}

/**
 * Gives a registered model, with its versions, another name.
 *
 * @param context - of the request
 * @param name - of the model
 * @param newName - that no other has
 * @throws RefusedError `absent`, `exists`
 */
export function renameRegistered({ sink, read }: { sink: Sink; read: Read }, name: string, newName: string): Promise<RegisteredModel> {
  return inTurn(async () => {
    const [before, changedMs] = [await registeredModel(read, name), Date.now()];
    if (newName === name) return before;
    await checkFree(read, newName);
    const after = await keep(sink, { ...before, name: newName, changedMs });
    await keep(sink, { ...before, versions: [], aliases: {}, isDeleted: true, changedMs });
    return after;
  });
}

async function checkFree(read: Read, name: string): Promise<void> {
  const isTaken = (await registeredModels(read)).some((model) => model.name === name);
  if (isTaken) throw new RefusedError("exists", `Registered Model (name=${name}) already exists.`);
}

async function keep(sink: Sink, model: RegisteredModel): Promise<RegisteredModel> {
  await sink.keep(MLFLOW, KEY + model.name, JSON.stringify([model]), DEFAULT_TRAINING);
  return model;
}

function inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
  const turn = lastChange.then(change);
  lastChange = turn.catch(() => undefined);
  return turn;
}
