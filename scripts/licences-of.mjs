// @ts-check
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * @param {string[]} modules - paths of modules that were joined into one file
 * @returns {string} the licences of the packages from elsewhere that they belong to, and of what those depend on and may have joined in themselves
 */
export function licencesOf(modules) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @param {string} folder - of a package */
  function add(folder) {
    const { name, version, license, dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
    if (texts.has(name)) return;
    const file = readdirSync(folder).find((candidate) => /^licen[cs]e(\.\w+)?$/i.test(candidate));
    if (!file) throw new Error(`${folder} is joined in, but has no file with its licence.`);
    texts.set(name, `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), "utf8").trim()}\n`);
    for (const dependency of Object.keys(dependencies)) add(findPackage(dependency, folder));
  }
  for (const file of modules) {
    const [folder] = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (folder) add(folder);
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return ["The files in this folder contain code of these packages.\n", ...sorted].join(`\n${"-".repeat(80)}\n\n`);
}

/**
 * @param {string} name - of a package
 * @param {string} folder - of the package that depends on it
 * @returns {string} the folder that Node.js would take
 */
function findPackage(name, folder) {
  for (let place = folder; place !== path.dirname(place); place = path.dirname(place)) {
    const candidate = path.join(place, "node_modules", name);
    if (existsSync(candidate)) return candidate;
  }
  throw new Error(`${name}, on which ${folder} depends, is not installed.`);
}
