import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { transformWithOxc } from "vite";
import { type Block, root } from "./blocks.js";
import { programs } from "./commands.js";

const COMMANDS: Record<string, [program: string, args: string[]]> = {
  python: ["python3", ["-"]],
  sh: ["sh", ["-eu"]],
  ts: [process.execPath, ["--input-type=module", "-"]],
};

/**
 * Runs a block in an empty folder, with our programs on the PATH and no platform to talk to.
 *
 * @param block - a sh, python or ts block
 * @returns exit code and everything that was printed
 */
export async function runBlock({ language, code }: Block): Promise<{ exitCode: number | null; output: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-docs-"));
  try {
    const bin = path.join(folder, "bin");
    const work = path.join(folder, "work");
    mkdirSync(bin);
    mkdirSync(work);
    for (const [name, file] of Object.entries(programs)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\nexec "${process.execPath}" "${path.join(root, file)}" "$@"\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    const ours = Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_"));
    const env = {
      ...Object.fromEntries(ours),
      PATH: `${bin}${path.delimiter}${process.env.PATH}`,
      PYTHONPATH: path.join(root, "python"),
      AVA_WORKSPACE: path.join(work, "ava-workspace"),
      // Port 9 (discard) refuses at once on a machine without that service.
      AVA_PLATFORM_URL: "http://127.0.0.1:9",
    };
    const input = language === "ts" ? (await transformWithOxc(code, "block.ts")).code : code;
    const [command, args] = COMMANDS[language] as [string, string[]];
    // Code from standard input resolves packages from the working folder: what a user would have installed there.
    symlinkSync(path.join(root, "node_modules"), path.join(work, "node_modules"));
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: work, env, input, encoding: "utf8", timeout: 100_000 });
    return { exitCode: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
