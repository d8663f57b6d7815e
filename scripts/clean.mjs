// @ts-check
// `npm run clean`: removes what builds and tests write. Installed packages and recorded runs stay.
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { root } from "./paths.mjs";

const parts = readdirSync(path.join(root, "packages")).map((name) => path.join("packages", name));
const built = [...parts, "examples/digits", "bench", "tests"].flatMap((part) => [
  path.join(part, "dist"),
  path.join(part, "tsconfig.tsbuildinfo"),
]);
const python = ["ava/engine", "build", "dist", "ava_sdk.egg-info"].map((name) => path.join("python", name));
for (const target of [...built, ...python, "packages/sdk/lib", "packages/platform/portal", ".vitest", "coverage"]) {
  rmSync(path.join(root, target), { recursive: true, force: true });
}
