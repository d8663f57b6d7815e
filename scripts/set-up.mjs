// @ts-check
// Puts in place what the repository needs and does not contain. Each step is skipped quickly when it has nothing to do.
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { newestChangeMs } from "./newest-change.mjs";
import { root } from "./paths.mjs";
import { runCommand } from "./run-command.mjs";

/** Installs the npm packages when `node_modules` is missing or older than the lock file. */
export async function ensurePackages() {
  const installed = path.join(root, "node_modules/.package-lock.json");
  const wanted = path.join(root, "package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  await step("Installing the npm packages", "npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Installs Chromium and a font with Chinese characters, for the tests of the portal, where the machine lets us. */
export async function ensureChromium() {
  const chromium = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  if (existsSync(chromium)) return;
  if (process.env.CHROMIUM_PATH) throw new Error(`CHROMIUM_PATH names ${chromium}, which does not exist.`);
  await installOfDebian(
    "Chromium",
    ["chromium", "fonts-noto-cjk"],
    "The tests of the portal need Chromium",
    ", or set CHROMIUM_PATH to yours",
  );
}

/** Installs Python 3 with pip and virtual environments, for the tests of the Python package, where the machine lets us. */
export async function ensurePython() {
  if ((await runCommand("sh", ["-c", "python3 -c 'import ensurepip, pip, venv' 2> /dev/null"])) === 0) return;
  await installOfDebian(
    "Python",
    ["python3", "python3-pip", "python3-venv"],
    "The tests of the Python package need Python 3 with pip and venv",
  );
}

/** Builds what the demo runs, where a source is newer than what was built from it. */
export async function ensureDemoBuilt() {
  await step("", path.join(root, "node_modules/.bin/tsc"), ["-b", "packages/platform", "examples/digits"]);
  await step("", process.execPath, [path.join(root, "scripts/bundle-sdk.mjs")]);
  const page = path.join(root, "packages/platform/portal/index.html");
  const sources = ["packages/portal", "packages/protocol/src"].map((folder) => path.join(root, folder));
  if (existsSync(page) && statSync(page).mtimeMs >= newestChangeMs(sources)) return;
  await step("Building the portal", "npm", ["run", "build", "--silent", "--workspace", "packages/portal"]);
}

/**
 * @param {string} title - of what is installed
 * @param {string[]} packages - of Debian
 * @param {string} need - what needs it, for a user who may not install it
 * @param {string} [orElse] - what they can do instead
 */
async function installOfDebian(title, packages, need, orElse = "") {
  const asRoot = await commandAsRoot();
  if (asRoot === undefined) throw new Error(`${need}. Install it as root (apt-get install ${packages.join(" ")})${orElse}.`);
  await step("Reading the package lists", "env", [...asRoot, "apt-get", "update", "-qq"]);
  const install = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"];
  await step(`Installing ${title}`, "env", [...asRoot, "env", ...install, ...packages]);
}

/** @returns {Promise<string[] | undefined>} what goes before a command to run it as root; undefined where we may not */
async function commandAsRoot() {
  if (!existsSync("/usr/bin/apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return existsSync("/usr/bin/sudo") && (await runCommand("sudo", ["-n", "true"])) === 0 ? ["sudo", "-n"] : undefined;
}

/**
 * @param {string} title - shown to the person who waits; empty for a step too short to mention
 * @param {string} command
 * @param {string[]} args
 */
async function step(title, command, args) {
  if (title) console.error(`${title} ...`);
  const exitCode = await runCommand(command, args);
  if (exitCode !== 0)
    throw new Error(`${title || "Building"} failed: \`${[path.basename(command), ...args].join(" ")}\` ended with ${exitCode}.`);
}
