import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { repositoryPath } from "../processes/paths.js";
import { type PythonProcess, pythonEnvironment, startPython } from "../processes/python.js";
import { findPython, run } from "./interpreters.js";

/** Interpreters that a set of packages is for; `debian`: the one of Debian, with its PyTorch. */
const INTERPRETERS = {
  mxnet: ["3.11", "3.10", "3.9", "3.8"],
  "mxnet-python2": ["2.7"],
  "client-2018": ["2.7"],
  boosting: ["3.11", "3.12", "3.13"],
  catboost: ["3.11", "3.12", "3.13"],
  keras: ["3.11", "3.12", "3.10"],
  pyarrow: ["3.11", "3.12", "3.13", "3.10", "3.9"],
  mlflow: ["3.11", "3.12", "3.10"],
  "mlflow-2": ["3.11", "3.12", "3.10"],
  "mlflow-autolog": ["3.11", "3.12", "3.10"],
  wandb: ["3.11", "3.12", "3.10"],
  "wandb-0.19": ["3.11", "3.12", "3.10"],
  tensorboard: "debian",
  trackio: ["3.11", "3.12", "3.10"],
  pytorch: "debian",
  postgres: ["3.11", "3.12", "3.13", "3.10", "3.9"],
  seaweedfs: ["3.11", "3.12", "3.13", "3.10", "3.9"],
  patroni: ["3.11", "3.12", "3.13", "3.10"],
  ultralytics: "debian",
} as const;

/** Python of Debian. */
export const DEBIAN_PYTHON = "/usr/bin/python3";
const PIP = "python3-pip";
const TORCH = "python3-torch";
/** Of Debian, beside those of PyPI. */
const OF_DEBIAN: Readonly<Record<string, readonly string[]>> = { ultralytics: ["python3-torchvision"] };

/** A framework on this machine. */
export interface Framework {
  /** To be put behind the name of what it tests: empty, or why that is skipped. */
  note: string;
  isMissing: boolean;
  /** Its interpreter, and the folder of its packages, for programs that are started in another way. */
  python: string;
  folder: string;
  /** Installs its packages, where no earlier run has: takes up to some minutes. */
  install(): void;
  /** Starts a program of tests/python/programs. @param program - name of the file @param args - arguments @param workspace - path @param env - further variables */
  start(program: string, args: readonly string[], workspace: string, env: Record<string, string>): PythonProcess;
}

/** @param name - a file of tests/python/requirements @returns the framework; nothing is installed yet */
export function findFramework(name: keyof typeof INTERPRETERS): Framework {
  const wanted = INTERPRETERS[name];
  const packages = wanted === "debian" ? [TORCH, PIP, ...(OF_DEBIAN[name] ?? [])] : [];
  const python = wanted === "debian" ? DEBIAN_PYTHON : interpreterOf(wanted);
  const reason = python === undefined ? `no Python ${wanted} with pip` : whyNoDebian(packages);
  const isMissing = reason !== undefined;
  const requirements = repositoryPath(`tests/python/requirements/${name}.txt`);
  const folder = folderOf(name, requirements, python ?? "");
  return {
    note: isMissing ? ` (SKIPPED: ${reason})` : "",
    isMissing,
    python: python ?? "",
    folder,
    install() {
      installDebian(packages);
      installPackages(python ?? "", requirements, folder, name);
    },
    start(program, args, workspace, env) {
      const variables = pythonEnvironment(workspace, env);
      variables["PYTHONPATH"] += path.delimiter + folder;
      return startPython([repositoryPath(`tests/python/programs/${program}`), ...args], variables, python);
    },
  };
}

/**
 * Installs programs that PyPI has; says so loudly where that cannot be, so that their tests are skipped.
 *
 * @param name - a file of tests/python/requirements
 * @returns their folder; `undefined` where they cannot be had
 * @throws on CI, instead of skipping tests
 */
export function programsOf(name: "postgres" | "seaweedfs" | "patroni"): string | undefined {
  const framework = findFramework(name);
  try {
    if (framework.isMissing) throw new Error(framework.note);
    framework.install();
    return framework.folder;
  } catch (error) {
    if (process.env["CI"]) throw error;
    console.error(`\n!!! THE TESTS ON ${name} DO NOT RUN: ${error instanceof Error ? error.message : String(error)} !!!\n`);
    return undefined;
  }
}

/** What is installed never changes: other requirements or another interpreter have another folder. */
function folderOf(name: string, requirements: string, python: string): string {
  const hash = createHash("sha1").update(python).update(readFileSync(requirements)).digest("hex").slice(0, 12);
  return repositoryPath(`.venvs/${name}@${hash}`);
}

/** Installs into a plain folder: this works for every interpreter, also for 2.7, which has no `venv`. */
function installPackages(python: string, requirements: string, folder: string, name: string): void {
  const venvs = path.dirname(folder);
  mkdirSync(venvs, { recursive: true });
  const pip = `"$1" -m pip install --quiet --no-deps --target "$2.part" -r "$3" && mv "$2.part" "$2"`;
  locked(`${folder}.lock`, `[ -d "$2" ] || { rm -rf "$2.part"; ${pip}; }`, python, folder, requirements);
  const older = readdirSync(venvs).filter((entry) => entry.startsWith(`${name}@`) && !entry.startsWith(path.basename(folder)));
  for (const entry of older) rmSync(path.join(venvs, entry), { recursive: true, force: true });
}

/** A clean machine has none: it gets that of Debian, which costs no time, since PyTorch needs it anyway. */
function interpreterOf(versions: readonly string[]): string | undefined {
  const find = () => versions.map(findPython).find((python) => python !== undefined && hasModules(python, "pip"));
  const found = find();
  if (found !== undefined || whyNoDebian([PIP]) !== undefined) return found;
  installDebian([PIP]);
  return find();
}

function hasModules(python: string, modules: string): boolean {
  return spawnSync(python, ["-c", `import ${modules}`]).status === 0;
}

function areInstalled(packages: readonly string[]): boolean {
  const modules = packages.map((name) => name.replace("python3-", "")).join(", ");
  return packages.length === 0 || (existsSync(DEBIAN_PYTHON) && hasModules(DEBIAN_PYTHON, modules));
}

function whyNoDebian(packages: readonly string[]): string | undefined {
  if (areInstalled(packages)) return undefined;
  if (!existsSync("/usr/bin/apt-get")) return "there is no apt-get";
  return process.getuid?.() === 0 ? undefined : `only root may install them: apt-get install ${packages.join(" ")}`;
}

function installDebian(packages: readonly string[]): void {
  if (areInstalled(packages)) return;
  mkdirSync(repositoryPath(".venvs"), { recursive: true });
  const install = `apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends ${packages.join(" ")}`;
  // Lists may be there already, and another test may be reading new ones, which gives no lock to wait for.
  locked(repositoryPath(".venvs/apt.lock"), `export DEBIAN_FRONTEND=noninteractive; ${install} || { apt-get update -qq && ${install}; }`);
}

/** Runs shell text while no other process runs any with this lock. @param lock - path @param script - text @param args - `$1` and on */
function locked(lock: string, script: string, ...args: string[]): void {
  run("flock", [lock, "sh", "-c", script, "sh", ...args]);
}
