import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { repositoryPath } from "../processes/paths.js";

/**
 * @param version - such as 3.6
 * @returns the path of an interpreter of that version: on the PATH, or of pyenv; undefined where there is none
 */
export function findPython(version: string): string | undefined {
  const pyenv = spawnSync("sh", ["-c", `ls -d "${homedir()}"/.pyenv/versions/${version}.*/bin/python`], { encoding: "utf8" });
  const candidates = [`python${version}`, ...pyenv.stdout.split("\n").filter(Boolean)];
  const ask = "import sys; print(sys.executable + '|%d.%d' % sys.version_info[:2])";
  for (const candidate of candidates) {
    const [executable = "", found] = spawnSync(candidate, ["-c", ask], { encoding: "utf8" }).stdout?.trim().split("|") ?? [];
    if (found === version) return executable;
  }
  return undefined;
}

/**
 * Installs packages from PyPI into a virtual environment that later runs take as it is.
 *
 * @param name - of its folder in .venvs
 * @param packages - for pip
 * @returns folder of its programs
 */
export function keptEnvironment(name: string, packages: readonly string[]): string {
  mkdirSync(repositoryPath(".venvs"), { recursive: true });
  const folder = path.join(realpathSync(repositoryPath(".venvs")), name);
  const bin = path.join(folder, "bin");
  const stamp = path.join(folder, `installed ${packages.join(" ")}`.replaceAll("/", "_"));
  // Programs of one that was moved or copied begin with the path of its interpreter.
  if (existsSync(stamp) && readFileSync(path.join(bin, "pip"), "utf8").startsWith(`#!${bin}/`)) return bin;
  rmSync(folder, { recursive: true, force: true });
  run("python3", ["-m", "venv", folder]);
  run(path.join(bin, "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  mkdirSync(stamp);
  return bin;
}

/**
 * Makes a fresh virtual environment.
 *
 * @param python - interpreter
 * @param version - of the interpreter
 * @param folder - where it is made
 */
export function makeEnvironment(python: string, version: string, folder: string): void {
  if (version !== "2.7") return run(python, ["-m", "venv", folder]);
  // The last versions that make environments of Python 2.7.
  const bin = keptEnvironment("virtualenv", ["virtualenv<20.22"]);
  run(path.join(bin, "virtualenv"), ["--quiet", "--python", python, folder]);
}

/** Runs a program to its end; throws with its output where it fails. @param command - program @param args - its arguments */
export function run(command: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} ended with ${status}: ${error?.message ?? stdout + stderr}`);
}
