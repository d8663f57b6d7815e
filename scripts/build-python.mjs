// @ts-check
// `npm run build-python`: wheel and sdist of the Python package, with the engine that `npm run build` made, in python/dist or the folder named.
// The same files give the same bytes: their time is SOURCE_DATE_EPOCH, else that of the last commit.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { root } from "./paths.mjs";

/** What setuptools writes depends on its version. */
const SETUPTOOLS = "setuptools==80.9.0";
/** 1980-01-01, the earliest time that a zip archive can hold; taken where there is no git. */
const EARLIEST_S = 315_532_800;

const outFolder = path.resolve(process.argv[2] ?? path.join(root, "python/dist"));
const stage = mkdtempSync(path.join(tmpdir(), "ava-build-python-"));
try {
  checkVersions();
  stageFiles();
  mkdirSync(outFolder, { recursive: true });
  for (const name of readdirSync(outFolder)) if (isBuilt(name)) rmSync(path.join(outFolder, name));
  const epoch = process.env.SOURCE_DATE_EPOCH ?? (capture("git", ["log", "-1", "--format=%ct"]) || String(EARLIEST_S));
  const program = path.join(root, "scripts/build-python.py");
  run(findPython(), ["-W", "ignore", program, stage, outFolder], { ...process.env, SOURCE_DATE_EPOCH: epoch });
  for (const name of readdirSync(outFolder)) if (isBuilt(name)) console.log(path.join(outFolder, name));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}

/** @param {string} name - of a file in the folder for what is built */
function isBuilt(name) {
  return /^ava_sdk-.*\.(whl|tar\.gz)$/.test(name);
}

/** The packages for npm and for PyPI hold the same engine, and have one version. */
function checkVersions() {
  const manifest = path.join(root, "python/ava/engine/package.json");
  if (!existsSync(manifest)) throw new Error("python/ava/engine is missing: npm run build");
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  const [, ours] = /^__version__ = "(.*)"$/m.exec(readFileSync(path.join(root, "python/ava/__init__.py"), "utf8")) ?? [];
  if (ours !== version) throw new Error(`python/ava/__init__.py has version ${ours}, the engine ${version}.`);
}

/** Copies what belongs into the sdist, so that nothing that lies about gets in, and no build is mixed with an older one. */
function stageFiles() {
  for (const name of ["setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md"])
    cpSync(path.join(root, "python", name), path.join(stage, name));
  cpSync(path.join(root, "LICENSE"), path.join(stage, "LICENSE"));
  const isWanted = (/** @type {string} */ file) => !/(^|\/)__pycache__$|\.pyc$/.test(file);
  cpSync(path.join(root, "python/ava"), path.join(stage, "ava"), { recursive: true, filter: isWanted });
  for (const entry of readdirSync(stage, { recursive: true, withFileTypes: true }))
    chmodSync(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

/** @returns {string} a Python with the setuptools that we build with, in a virtual environment that is kept */
function findPython() {
  const venv = path.join(root, ".venvs/build-python");
  const python = path.join(venv, "bin/python");
  const stamp = path.join(venv, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === SETUPTOOLS) return python;
  rmSync(venv, { recursive: true, force: true });
  run("python3", ["-m", "venv", venv]);
  run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SETUPTOOLS]);
  writeFileSync(stamp, SETUPTOOLS);
  return python;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = process.env) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")} failed:\n${error?.message ?? (stdout + stderr).slice(-2000)}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {string} what it printed; nothing where it failed
 */
function capture(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}
