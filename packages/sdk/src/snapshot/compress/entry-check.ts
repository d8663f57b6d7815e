import { isAbsolute, normalize } from "node:path";

/** What decides whether an entry of an archive may be unpacked. */
export interface EntryFacts {
  type: string;
  path: string;
  linkpath?: string;
}

/**
 * Makes a check of the entries of one archive, to be asked in their order: nothing may end up outside of the target folder, neither by
 * its name nor through a link that an earlier entry made.
 *
 * @returns the check; it gives the reason against an entry, or `undefined`
 */
export function createEntryCheck(): (entry: EntryFacts) => string | undefined {
  const files = new Set<string>();
  return ({ type, path, linkpath = "" }) => {
    const name = normalize(path).replace(/\/$/, "");
    if (isAbsolute(path)) return "its path is absolute";
    if (hasStepUp(path)) return "its path has '..'";
    if (type === "Link")
      return files.has(normalize(linkpath)) ? undefined : "it is a hard link to something that is not a file of the archive";
    files.delete(name);
    if (type === "SymbolicLink") return linkReason(name, linkpath);
    if (type === "File" || type === "OldFile" || type === "ContiguousFile") files.add(name);
    else if (type !== "Directory" && type !== "GNUDumpDir") return `it is a ${type}, not a file, folder or link`;
    return undefined;
  };
}

/**
 * A target may begin with '..' but have none behind a name: the name may be a link itself, and then '..' leads elsewhere than the text says.
 */
function linkReason(name: string, target: string): string | undefined {
  if (isAbsolute(target) || target === "") return "it is a link to an absolute path";
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const stepsUp = parts.findIndex((part) => part !== "..");
  const up = stepsUp === -1 ? parts.length : stepsUp;
  if (parts.slice(up).includes("..")) return "it is a link with '..' behind a name";
  return up < name.split("/").length ? undefined : "it is a link that leaves the folder";
}

function hasStepUp(path: string): boolean {
  return path.split(/[/\\]/).includes("..");
}
