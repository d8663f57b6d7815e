// @ts-check
// Refuses an import between rooms that scripts/rooms.mjs does not allow, and files that import each other in a circle (types count, too).
// Usage: node scripts/check-rooms.mjs [FOLDER], the folder of a repository; default: this one.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";
import { ROOMS } from "./rooms.mjs";

const repository = path.resolve(process.argv[2] ?? root);
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g;

/** @param {string} source - of a package @returns {Map<string, string[]>} files it imports of its own package, by file */
function importsIn(source) {
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.d)\.tsx?$/.test(file));
  return new Map(files.sort().map((file) => [file, importsOf(source, file)]));
}

/** @param {string} source - of a package @param {string} file - in it @returns {string[]} paths from `source` */
function importsOf(source, file) {
  const text = readFileSync(path.join(source, file), "utf8");
  return [...text.matchAll(IMPORT)].flatMap(([, target = ""]) => {
    const base = path.join(path.dirname(file), target).replace(/\.jsx?$/, "");
    if (base.startsWith("..")) return [];
    return [`${base}.ts`, `${base}.tsx`].find((name) => existsSync(path.join(source, name))) ?? [];
  });
}

/** @param {string} file - path from `src` @returns {string} its room */
const roomOf = (file) => (file.split(path.sep)[0] ?? "").replace(/\.tsx?$/, "");
/** @param {string} file - path from `src` @returns {boolean} whether it may import every room */
const isTest = (file) => /\.test\.tsx?$/.test(file) || roomOf(file) === "testing";

/** @param {Record<string, string[]>} rooms - allowed edges @param {Map<string, string[]>} imports - by file @returns {string[]} refusals */
function refusedEdges(rooms, imports) {
  const order = Object.keys(rooms);
  const upward = order.flatMap((room, index) =>
    (rooms[room] ?? [])
      .filter((to) => order.indexOf(to) >= index)
      .map((to) => `${room} may import ${to}, which is not below it in the list`),
  );
  const edges = [...imports].filter(([file]) => !isTest(file)).flatMap(([file, targets]) => targets.map((target) => ({ file, target })));
  const refused = edges.filter(({ file, target }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    return rooms[from] === undefined || (from !== to && !rooms[from].includes(to));
  });
  return [...upward, ...refused.map(({ file, target }) => `${file} may not import ${target}`)];
}

/** @param {Map<string, string[]>} imports - by file @returns {string[]} a refusal for each circle that was found */
function circles(imports) {
  /** @type {Map<string, "open" | "done">} */
  const seen = new Map();
  /** @type {string[]} */
  const found = [];
  /** @param {string} file @param {string[]} trail */
  const visit = (file, trail) => {
    if (seen.get(file) === "done") return;
    if (seen.get(file) === "open") {
      found.push(`files import each other: ${[...trail.slice(trail.indexOf(file)), file].join(" -> ")}`);
      return;
    }
    seen.set(file, "open");
    for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
    seen.set(file, "done");
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}

const packages = readdirSync(path.join(repository, "packages")).map((name) => `packages/${name}/src`);
const refusals = [...new Set([...packages, ...Object.keys(ROOMS)])].flatMap((folder) => {
  const source = path.join(repository, folder);
  if (!existsSync(source)) return [];
  const imports = importsIn(source);
  const rooms = ROOMS[folder];
  const found = [...(rooms ? refusedEdges(rooms, imports) : []), ...(packages.includes(folder) ? circles(imports) : [])];
  return found.map((refusal) => `${folder}: ${refusal}`);
});
for (const refusal of refusals) console.error(refusal);
if (refusals.length > 0) console.error("Rooms and their edges are in scripts/rooms.mjs.");
process.exitCode = refusals.length > 0 ? 1 : 0;
