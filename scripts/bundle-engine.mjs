// @ts-check
// Makes the engine of the Python package, which runs without node_modules, of the command line that scripts/bundle-sdk.mjs has joined.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const packageFolder = path.join(root, "packages/sdk");
const engineFolder = path.join(root, "python/ava/engine");
const { name, version, license, engines } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));
const [, leastMajor, leastMinor] = /^>=(\d+)\.(\d+)$/.exec(engines.node) ?? [];
if (!leastMinor) throw new Error(`packages/sdk/package.json: "${engines.node}" of engines.node is not of the form >=20.19.`);

const entry = `// Starts the command line ava-sdk. Versions of Node.js from 8 on can read this file, to say that they are too old; some cannot read import().
var version = process.versions.node.split(".").map(Number);
if (version[0] < ${leastMajor} || (version[0] === ${leastMajor} && version[1] < ${leastMinor})) {
  console.error("ava-sdk: Node.js ${leastMajor}.${leastMinor} or newer is needed; " + process.execPath + " is " + process.version + ".");
  process.exit(1);
}
eval('import("./cli.js")').then(function (cli) {
  return cli.main(process.argv.slice(2));
});
`;

rmSync(engineFolder, { recursive: true, force: true });
mkdirSync(engineFolder, { recursive: true });
for (const file of ["cli.js", "background-thread.js", "tap-process.js", "undici.js", "THIRD-PARTY-LICENSES.txt"]) {
  copyFileSync(path.join(packageFolder, "lib", file), path.join(engineFolder, file));
}
writeFileSync(path.join(engineFolder, "ava-sdk.mjs"), entry);
// The modules ask for ava-sdk/package.json by that name, which a package finds in itself.
const manifest = { name, version, license, type: "module", engines, exports: { "./package.json": "./package.json" } };
writeFileSync(path.join(engineFolder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
