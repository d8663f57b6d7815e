// @ts-check
// Joins the compiled modules of ava-sdk to few files in packages/sdk/lib: a hundred small ones take twice the time to import.
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";
import { root } from "./paths.mjs";

const packageFolder = path.join(root, "packages/sdk");
const libFolder = path.join(packageFolder, "lib");
const { exports, dependencies, peerDependencies } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));

// Entry points by the name of their file in lib; the thread lies beside the code that starts it, as in dist.
/** @type {Record<string, string>} */
const input = { cli: "dist/cli/main.js", thread: "dist/shipper/thread.js" };
for (const [entry, target] of Object.entries(exports)) {
  if (typeof target !== "object") continue;
  input[entry === "." ? "index" : entry.slice(2)] = target.types.replace(/\.d\.ts$/, ".js");
}

rmSync(libFolder, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: packageFolder,
  input,
  external: [/^node:/, ...Object.keys({ ...dependencies, ...peerDependencies })],
  platform: "node",
});
await bundle.write({ dir: libFolder, format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", sourcemap: true });
await bundle.close();
