// @ts-check
// `node scripts/portal-api.mjs`: writes packages/portal/src/api/routes.ts from the OpenAPI document of the built platform.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPlatform } from "../packages/platform/dist/index.js";
import { root } from "./paths.mjs";
import { portalApiText } from "./portal-api-text.mjs";

const dataDir = mkdtempSync(path.join(tmpdir(), "ava-openapi-"));
const platform = await startPlatform({ port: 0, dataDir });
try {
  const file = path.join(root, "packages/portal/src/api/routes.ts");
  writeFileSync(file, portalApiText(await (await fetch(`${platform.url}/openapi.json`)).json()));
  execFileSync("npx", ["biome", "format", "--write", file], { cwd: root, stdio: "inherit" });
} finally {
  await platform.close();
  rmSync(dataDir, { recursive: true, force: true });
}
