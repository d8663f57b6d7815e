import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { askProgram } from "./ask-program.js";
import { type Interpreter, interpreterOf } from "./interpreter.js";

/** Packages by name. */
export type Packages = Record<string, string>;

const TIMEOUT_MS = 20_000;
const ANSWER_BYTES = 4 * 1024 * 1024;
const MOST_PACKAGES = 5_000;
const MOST_CHARS = 200;

/** Python 3.8 and newer know their packages also where there is no pip; older ones have one. */
const PYTHON_QUESTIONS = [
  [
    "-c",
    "import json, importlib.metadata as m; print(json.dumps([{'name': d.metadata['Name'], 'version': d.version} for d in m.distributions()]))",
  ],
  ["-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
] as const;

/**
 * Lists the packages that a run can load.
 *
 * @param program - program of the training; `undefined` when the training runs in this process
 * @param folder - working folder of the run
 * @param signal - gives the question up
 * @returns `undefined` when they cannot be found out
 */
export async function listPackages(program: string | undefined, folder: string, signal: AbortSignal): Promise<Packages | undefined> {
  const interpreter: Interpreter | undefined = program === undefined ? "node" : interpreterOf(program);
  if (interpreter === "node") return readLockFile(folder);
  if (interpreter !== "python") return undefined;
  for (const question of PYTHON_QUESTIONS) {
    const answer = await askProgram([program as string, ...question], { folder, timeoutMs: TIMEOUT_MS, maxBytes: ANSWER_BYTES, signal });
    const packages = answer && parsePythonPackages(answer.text);
    if (packages) return packages;
  }
  return undefined;
}

/** @param text - JSON list of `name` and `version` @returns `undefined` when it is not such a list */
export function parsePythonPackages(text: string): Packages | undefined {
  try {
    return bound((JSON.parse(text) as { name: unknown; version: unknown }[]).map(({ name, version }) => [name, version]));
  } catch {
    // Words of a start-up file, or of a Python that fails.
    return undefined;
  }
}

/** @param text - text of a `package-lock.json` of version 2 or 3 @returns installed packages; those at the top win over nested ones */
export function parseLockFile(text: string): Packages {
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { version?: unknown }> };
  // Of one name the shortest path comes last, so that its version is the one that stays.
  const sorted = Object.entries(packages).sort(([a], [b]) => b.length - a.length);
  const entries = sorted.flatMap(([path, { version }]): [string, unknown][] => {
    const at = path.lastIndexOf("node_modules/");
    return at < 0 ? [] : [[path.slice(at + "node_modules/".length), version]];
  });
  return bound(entries);
}

function readLockFile(folder: string): Packages | undefined {
  for (let at = folder; ; at = dirname(at)) {
    try {
      return parseLockFile(readFileSync(join(at, "package-lock.json"), "utf8"));
    } catch {
      // None here, or one that is broken: perhaps further up.
      if (dirname(at) === at) return undefined;
    }
  }
}

function bound(entries: readonly (readonly [unknown, unknown])[]): Packages {
  const known = entries.filter((entry): entry is [string, string] =>
    entry.every((text) => typeof text === "string" && text.length <= MOST_CHARS),
  );
  return Object.fromEntries(known.slice(0, MOST_PACKAGES));
}
