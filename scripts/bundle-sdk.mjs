// @ts-check
// Joins the compiled modules of ava-sdk to few files in packages/sdk/lib: a hundred small ones take twice the time to import.
// Programs may import them at the same time: each file is replaced by a rename, and only where it changed.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";
import { licencesOf } from "./licences-of.mjs";
import { root } from "./paths.mjs";

const packageFolder = path.join(root, "packages/sdk");
const libFolder = path.join(packageFolder, "lib");
const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));

/**
 * @param {import("rolldown").InputOptions} input - what to join
 * @param {import("rolldown").OutputOptions} output - how
 * @returns {Promise<string[]>} paths of the modules that were joined
 */
async function join(input, output) {
  const bundle = await rolldown({ cwd: packageFolder, platform: "node", ...input });
  const made = await bundle.generate({
    dir: libFolder,
    format: "esm",
    // The types have them.
    comments: false,
    paths: { undici: "./undici.js" },
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    ...output,
  });
  await bundle.close();
  for (const file of made.output) put(file.fileName, file.type === "chunk" ? file.code : file.source);
  return made.output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}

/** What no file has in itself. */
const EXTERNAL = [/^node:/, "undici", ...Object.keys(peerDependencies)];

/** Files that belong to the library now. */
const current = new Set();

/**
 * @param {string} name - of a file in the folder
 * @param {string | Uint8Array} content - of it
 */
function put(name, content) {
  const file = path.join(libFolder, name);
  current.add(name);
  if (contentOf(file)?.equals(Buffer.from(content))) return;
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, file);
}

/** @param {string} file @returns {Buffer | undefined} */
function contentOf(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

mkdirSync(libFolder, { recursive: true });

// The library: entry points by the name of their file in lib.
/** @type {Record<string, string>} */
const input = {};
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target !== "object") continue;
  input[entry === "." ? "index" : entry.slice(2)] = target.types.replace(/\.d\.ts$/, ".js");
}
await join({ input, external: [...EXTERNAL, ...Object.keys(dependencies)] }, { sourcemap: true });

// The HTTP client's connections: loaded when the first request needs them, and the same for all.
const modules = await join({ input: { undici: path.join(root, "scripts/undici-part.mjs") }, external: [/^node:/] }, { minify: true });

// The command line, the background thread and the tap, which lie beside the code that starts them: a file each with all that it depends on, since Node.js opens many
// modules at a time and `ulimit -n` may be small.
const wholes = [
  { cli: "dist/cli/main.js" },
  { "background-thread": "dist/agent/background/background-thread.js" },
  { "tap-process": "dist/tap/tap-process.js" },
];
for (const whole of wholes) {
  modules.push(...(await join({ input: whole, external: EXTERNAL }, { codeSplitting: false })));
}
put("THIRD-PARTY-LICENSES.txt", licencesOf(modules));
for (const name of readdirSync(libFolder)) if (!current.has(name)) rmSync(path.join(libFolder, name), { recursive: true });
