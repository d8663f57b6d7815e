import { existsSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { dataFolder, modelPath } from "../workspace/layout.js";
import { makeFolder } from "../workspace/make-folder.js";

/**
 * Makes a folder and those above it; one that exists stays as it is.
 *
 * @param folder - path
 * @throws the file system's error
 */
export function mkdirP(folder: string): void {
  makeFolder(resolve(folder));
}

/**
 * Removes a file, or a folder with all that is in it. What does not exist is removed already; of a link, only the link goes.
 *
 * @param path - what to remove
 * @throws the file system's error
 */
export function rmPath(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** Found in `model/` by the end of their names. */
const MODEL_FILES: readonly string[] = [
  "train.prototxt",
  "deploy.prototxt",
  "weight.caffemodel",
  "train.symbol.json",
  "deploy.symbol.json",
  "weight.params",
];
/** Made from the model for a run. */
const PREPARED_FILES: readonly string[] = ["fixed_train.prototxt", "solver.prototxt", "fixed_train.symbol.json", "solver.json"];
/** Below a data set's `cache/`. */
const CACHED_FILES: Readonly<Record<string, string>> = { rec: "data.rec", lmdb: "", roidb: "gt_roidb.pkl" };

/**
 * Where the container's conventions put a file.
 *
 * Written files, whose folder is made: `snapshot`, `upload.run` (in `run/output`), `*.log` (`run/logs`), solver and fixed nets
 * (`run/prepared`), `config*` (the workspace). Read files, which must exist: models by the end of their name (`weight.caffemodel`),
 * `mean.*` (of the model, else of the training data), `train.rec`, `val.lmdb`, `val.roidb`, ... (`cache/` of the data set).
 *
 * @param workspace - path of the workspace
 * @param fileType - name of the file, or its end
 * @returns its path, or `undefined` when a file to read does not exist or the name is not one of these
 * @throws the file system's error when a folder cannot be made
 */
export function fileLocation(workspace: string, fileType: string): string | undefined {
  const folder = writtenTo(workspace, fileType);
  if (folder !== undefined) {
    mkdirP(folder);
    return join(folder, fileType);
  }
  return readFrom(workspace, fileType).find((file) => existsSync(file));
}

function writtenTo(workspace: string, fileType: string): string | undefined {
  if (fileType.startsWith("config")) return workspace;
  if (PREPARED_FILES.includes(fileType)) return join(workspace, "run", "prepared");
  if (fileType.endsWith(".log")) return join(workspace, "run", "logs");
  return fileType === "snapshot" || fileType === "upload.run" ? join(workspace, "run", "output") : undefined;
}

function readFrom(workspace: string, fileType: string): string[] {
  const models = modelPath(workspace);
  const data = dataFolder(workspace);
  if (fileType.startsWith("mean.")) return [join(models, fileType), join(data, "train", fileType)];
  if (MODEL_FILES.includes(fileType)) {
    const names = existsSync(models) ? readdirSync(models).sort() : [];
    return names.filter((name) => name.endsWith(fileType)).map((name) => join(models, name));
  }
  const [, dataset, kind = ""] = /^(train|val)\.(\w+)$/.exec(fileType) ?? [];
  const cached = Object.hasOwn(CACHED_FILES, kind) ? CACHED_FILES[kind] : undefined;
  return dataset === undefined || cached === undefined ? [] : [join(data, dataset, "cache", cached)];
}
