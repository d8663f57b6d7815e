// @ts-check
// Writes docs/api/<entry>.api.md, what each entry point of ava-sdk exports; `--check` compares instead and fails where they differ.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { root } from "./paths.mjs";

const packageFolder = path.join(root, "packages/sdk");
const reportFolder = path.join(root, "docs/api");
const temporaryFolder = path.join(root, ".vitest/api");
const isCheck = process.argv.includes("--check");

const { exports } = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));
mkdirSync(reportFolder, { recursive: true });
mkdirSync(temporaryFolder, { recursive: true });

const changed = Object.entries(exports).flatMap(([entry, target]) => {
  if (typeof target !== "object") return [];
  const name = entry === "." ? "ava-sdk" : `ava-sdk-${entry.slice(2)}`;
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: packageFolder,
      mainEntryPointFilePath: path.join(packageFolder, target.types),
      compiler: { tsconfigFilePath: path.join(packageFolder, "tsconfig.json") },
      apiReport: { enabled: true, reportFolder, reportTempFolder: temporaryFolder, reportFileName: `${name}.api.md` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      // What ava-sdk/kodo passes on is reported in full.
      bundledPackages: ["ava-kodo"],
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(packageFolder, "package.json"),
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: !isCheck,
    messageCallback: (message) => void (message.handled = true),
  });
  return apiReportChanged ? [name] : [];
});
rmSync(temporaryFolder, { recursive: true });
if (isCheck && changed.length > 0) {
  console.error(`The API of ${changed.join(", ")} changed. If that is meant: npm run api-report, and a line in CHANGELOG.md.`);
  process.exitCode = 1;
}
