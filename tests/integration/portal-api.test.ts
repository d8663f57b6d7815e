import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startPlatform } from "ava-platform";
import { expect, onTestFinished, test } from "vitest";
import { portalApiText } from "../../scripts/portal-api-text.mjs";
import { repositoryPath } from "../processes/paths.js";

test("the portal's client is made of the platform's OpenAPI document as it is now: else run node scripts/portal-api.mjs", async () => {
  const platform = await startPlatform({ port: 0, dataDir: mkdtempSync(path.join(tmpdir(), "ava-openapi-")) });
  onTestFinished(() => platform.close());
  const document = (await (await fetch(`${platform.url}/openapi.json`)).json()) as Parameters<typeof portalApiText>[0];
  const file = "packages/portal/src/api/routes.ts";
  const args = ["biome", "format", `--stdin-file-path=${file}`];
  const made = execFileSync("npx", args, { cwd: repositoryPath("."), input: portalApiText(document), encoding: "utf8" });
  expect(readFileSync(repositoryPath(file), "utf8")).toBe(made);
});
