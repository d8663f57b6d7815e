import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Block, root } from "./blocks.js";

/**
 * Type-checks blocks against the built packages, each as a module of its own; a block marked `continues` belongs to the one
 * before it. They lie in the repository for a moment, so that they resolve packages as its own code does.
 *
 * @param blocks - ts blocks
 * @returns what tsc says; empty when all is well
 */
export function checkTypes(blocks: Block[]): string {
  if (blocks.length === 0) return "";
  mkdirSync(path.join(root, ".vitest"), { recursive: true });
  const folder = mkdtempSync(path.join(root, ".vitest/docs-"));
  try {
    for (const [name, code] of toModules(blocks)) writeFileSync(path.join(folder, name), code);
    const compilerOptions = {
      target: "es2023",
      lib: ["es2023", "esnext.disposable", "dom"],
      module: "nodenext",
      moduleDetection: "force",
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ["node"],
    };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
    const tsc = path.join(root, "node_modules/.bin/tsc");
    return spawnSync(tsc, ["-p", "tsconfig.json", "--pretty", "false"], { cwd: folder, encoding: "utf8" }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One module for each chain of blocks; its name says where the chain begins, its line numbers count from there. */
function toModules(blocks: Block[]): Map<string, string> {
  const modules = new Map<string, string>();
  let name = "";
  for (const { page, line, marker, code } of blocks) {
    if (marker !== "continues") name = `${page.replaceAll(/[^\w.-]/g, "_")}-line-${line}.ts`;
    modules.set(name, (modules.get(name) ?? "") + code);
  }
  return modules;
}
