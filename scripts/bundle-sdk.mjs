// @ts-check
// Joins the compiled modules of ava-sdk to few files in packages/sdk/lib: a hundred small ones take twice the time to import.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
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
  const written = await bundle.write({
    dir: libFolder,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
    ...output,
  });
  await bundle.close();
  return written.output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
}

rmSync(libFolder, { recursive: true, force: true });

// The library: entry points by the name of their file in lib.
/** @type {Record<string, string>} */
const input = {};
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target !== "object") continue;
  input[entry === "." ? "index" : entry.slice(2)] = target.types.replace(/\.d\.ts$/, ".js");
}
await join({ input, external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies })] }, { sourcemap: true });

// The command line and the shipper's thread, which lies beside the code that starts it: a file each with all that it depends on, since Node.js opens many
// modules at a time and `ulimit -n` may be small.
const modules = [];
for (const whole of [{ cli: "dist/cli/main.js" }, { thread: "dist/shipper/thread.js" }]) {
  modules.push(...(await join({ input: whole, external: [/^node:/, ...Object.keys(peerDependencies)] }, { codeSplitting: false })));
}
writeFileSync(path.join(libFolder, "THIRD-PARTY-LICENSES.txt"), licencesOf(modules));
