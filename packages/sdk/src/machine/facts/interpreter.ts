import { basename } from "node:path";
import { askProgram } from "./ask-program.js";

/** Interpreters that tell their version and packages. */
export type Interpreter = "python" | "node";

const TIMEOUT_MS = 2_000;

/**
 * @param program - first word of a command
 * @returns which interpreter it is; `undefined` for every other program
 */
export function interpreterOf(program: string): Interpreter | undefined {
  const name = basename(program).replace(/\.exe$/i, "");
  if (/^(python|pypy)[\d.]*$/.test(name)) return "python";
  return /^node(js)?$/.test(name) ? "node" : undefined;
}

/**
 * @param program - program of the training; `undefined` when the training runs in this process
 * @param folder - working folder of the run
 * @param signal - gives the question up
 * @returns version of the interpreter, by its name; empty when it is another program or does not tell
 */
export async function runtimeFacts(
  program: string | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<{ [name in Interpreter]?: string }> {
  if (program === undefined) return { node: process.versions.node };
  const interpreter = interpreterOf(program);
  if (!interpreter) return {};
  // Python without its site packages, which may take seconds; the line is good for 2.7, too.
  const question = interpreter === "python" ? ["-S", "-c", "import sys; print(sys.version.split()[0])"] : ["-p", "process.versions.node"];
  const answer = await askProgram([program, ...question], { folder, timeoutMs: TIMEOUT_MS, maxBytes: 1000, signal });
  const version = answer?.text.trim();
  return version ? { [interpreter]: version } : {};
}
