import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultParamsPath, fetchedLayout } from "../workspace/layout.js";
import { makePrivateFolder } from "../workspace/make-folder.js";
import { replaceFile } from "../workspace/replace-file.js";

/** Params of a training as the platform has them. */
export interface FetchedParams {
  training: string;
  revision: number;
  /** RFC 3339, when the revision was made. */
  createdTime: string;
  /** Text of a JSON object. */
  paramsText: string;
}

/**
 * Puts params of a training into `params/default.json`, and keeps them as a revision of their own. What stands there and was not fetched is kept, too.
 *
 * @param workspace - prepared
 * @param fetched - from the platform
 * @returns path of the copy of what was replaced, where something was
 * @throws the file system's error
 */
export function keepFetched(workspace: string, fetched: FetchedParams): string | undefined {
  const { training, revision, createdTime, paramsText } = fetched;
  const { written, revisions, newest, kept } = fetchedLayout(workspace, training);
  makePrivateFolder(revisions);
  replaceFile(join(revisions, `${revision}.json`), paramsText);
  replaceFile(newest, `${JSON.stringify({ training, revision, createdTime })}\n`);
  const file = defaultParamsPath(workspace);
  const before = readText(file);
  if (before === paramsText) return undefined;
  let copy: string | undefined;
  if (before !== undefined && before.trim() !== "" && before !== readText(written)) {
    makePrivateFolder(kept);
    copy = join(kept, `${new Date().toISOString().replaceAll(":", "-")}.json`);
    replaceFile(copy, before);
  }
  replaceFile(file, paramsText);
  replaceFile(written, paramsText);
  return copy;
}

/**
 * @param workspace - of the run
 * @param training - name
 * @returns its params as they were fetched last; `undefined` where they never were, or cannot be read
 */
export function lastFetched(workspace: string, training: string): FetchedParams | undefined {
  const { newest, revisions } = fetchedLayout(workspace, training);
  try {
    const facts = JSON.parse(readText(newest) ?? "{}") as Partial<FetchedParams>;
    const paramsText = readText(join(revisions, `${facts.revision}.json`));
    return facts.training === training && paramsText !== undefined ? ({ ...facts, paramsText } as FetchedParams) : undefined;
  } catch {
    // Damaged by hand: the same as never fetched.
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // Not there, or not to be read: the write that follows says why.
    return undefined;
  }
}
