import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { parseMeta, type RunRecord, type StoredRun, storedKey, storedPoint, storedRecords } from "ava-dialects";
import { AvaError } from "../../place/error.js";
import { findFiles } from "../../place/find-files.js";
import { fileChunks } from "../file-chunks.js";
import { linesOf } from "../lines-of.js";
import type { ImportSource, SourceFile, SourcePiece, SourceRun, SourceStream } from "../source.js";

const META = "meta.yaml";
/** Experiments that were deleted. */
const TRASH = ".trash";

/** What is imported of a file store. */
export interface MlflowSourceOptions {
  /** Training of all runs; absent: that of their experiment. */
  training?: string;
  /** Told why a run is left out. */
  warn(message: string): void;
}

/**
 * @param path - an `mlruns` folder, one of its experiments, or one run
 * @param options - what is imported
 * @returns its runs, but for those that were deleted
 * @throws AvaError FILE_UNREADABLE for a file
 */
export function mlflowSource(path: string, { training, warn }: MlflowSourceOptions): ImportSource {
  if (!statSync(path).isDirectory()) {
    throw new AvaError(
      "FILE_UNREADABLE",
      `${path} is not an mlruns folder; a database of MLflow is not read: log to a server with MLFLOW_TRACKING_URI instead`,
    );
  }
  const folders = runFolders(path);
  const runs = folders.flatMap((folder) => {
    try {
      return runOf(folder, training);
    } catch (error) {
      warn(`${folder} is left out: ${(error as Error).message}`);
      return [];
    }
  });
  const metrics = folders.flatMap((folder) => filesBelow(join(folder, "metrics")));
  return { totalBytes: metrics.reduce((sum, { path: file }) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0), runs };
}

/** A run has a `meta.yaml`, and its experiment above it another. */
function runFolders(path: string): string[] {
  if (isRun(path)) return [path];
  const below = folderNames(path)
    .filter((name) => name !== TRASH)
    .map((name) => join(path, name));
  const runs = below.filter(isRun);
  return runs.length > 0
    ? runs
    : below.flatMap((experiment) =>
        folderNames(experiment)
          .map((name) => join(experiment, name))
          .filter(isRun),
      );
}

function isRun(folder: string): boolean {
  return existsSync(join(folder, META)) && existsSync(join(dirname(folder), META));
}

function folderNames(folder: string): string[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

/** @returns the run; none when it was deleted */
function runOf(folder: string, training: string | undefined): SourceRun[] {
  const read = (file: string) => parseMeta(readFileSync(file, "utf8"));
  const [meta, experiment] = [read(join(folder, META)), read(join(dirname(folder), META))];
  if (meta.get("lifecycle_stage") === "deleted") return [];
  const key = storedKey({ meta, experiment });
  const named = { ...key, run: key.run || basename(folder), training: training ?? key.training };
  const streams = [...filesBelow(join(folder, "metrics")).map(metricStream), factsStream(folder, { meta, experiment })];
  return [{ key: named, streams, facts: () => ({ training: named.training }) }];
}

/** A file of one metric only grows. */
function metricStream({ name, path }: NamedFile): SourceStream {
  return {
    name: `metrics/${name}`,
    *pieces(): Generator<SourcePiece> {
      let damaged = 0;
      for (const lines of linesOf(fileChunks(path))) {
        const records = lines.texts.flatMap((line): RunRecord[] => {
          const point = storedPoint(name, line);
          if (!point && line.trim() !== "") damaged += 1;
          return point ? [point] : [];
        });
        yield { records, bytes: lines.bytes };
      }
      if (damaged > 0) yield { records: [], passedOver: new Map([["damaged lines", damaged]]), bytes: 0 };
    },
  };
}

function factsStream(folder: string, metas: Pick<StoredRun, "meta" | "experiment">): SourceStream {
  const texts = (of: string) => new Map(filesBelow(join(folder, of)).map(({ name, path }) => [name, readFileSync(path, "utf8")]));
  return {
    name: "facts",
    *pieces(): Generator<SourcePiece> {
      const files = filesBelow(join(folder, "artifacts")).map(({ name, path }): SourceFile => ({ path: name, copyFrom: path }));
      yield { records: storedRecords({ ...metas, params: texts("params"), tags: texts("tags") }), files, bytes: 0 };
    },
  };
}

/** A file, and its path below the folder with `/` between, which is the name of what it tells. */
interface NamedFile {
  name: string;
  path: string;
}

function filesBelow(folder: string): NamedFile[] {
  return findFiles(folder, () => true).map((path) => ({ name: relative(folder, path).split(sep).join("/"), path }));
}
