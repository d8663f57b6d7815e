import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { transformWithOxc } from "vite";
import { type Block, root } from "./blocks.js";

const COMMANDS: Record<string, [program: string, args: string[]]> = {
  python: ["python3", ["-"]],
  sh: ["sh", ["-eu"]],
  js: [process.execPath, ["--input-type=module", "-"]],
  ts: [process.execPath, ["--input-type=module", "-"]],
};

/** A folder that stands for a clone of the repository: our packages are installed in it, and nothing else is there. */
export class DocsFolder {
  readonly path: string = mkdtempSync(path.join(tmpdir(), "ava-docs-"));
  private readonly platformUrl: string;

  /** @param platformUrl - default one that refuses at once: port 9 (discard), on a machine without that service */
  constructor(platformUrl = "http://127.0.0.1:9") {
    this.platformUrl = platformUrl;
    symlinkSync(path.join(root, "node_modules"), path.join(this.path, "node_modules"));
  }

  /**
   * @param block - a block marked `save`
   */
  save({ code, file }: Block): void {
    const target = path.join(this.path, file ?? "");
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, code);
  }

  /**
   * Runs a block as it is typed.
   *
   * @param block - a sh, python, js or ts block
   * @returns exit code and everything that was printed
   */
  async run({ language, code }: Block): Promise<{ exitCode: number | null; output: string }> {
    const ours = Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_"));
    const env = {
      ...Object.fromEntries(ours),
      // What npm test adds to the PATH is not there in a terminal.
      PATH: (process.env["PATH"] ?? "")
        .split(path.delimiter)
        .filter((folder) => !folder.endsWith("node_modules/.bin"))
        .join(path.delimiter),
      PYTHONPATH: path.join(root, "python"),
      AVA_WORKSPACE: path.join(this.path, "ava-workspace"),
      AVA_PLATFORM_URL: this.platformUrl,
    };
    const input = language === "ts" ? (await transformWithOxc(code, "block.ts")).code : code;
    const [command, args] = COMMANDS[language] as [string, string[]];
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: this.path, env, input, encoding: "utf8", timeout: 100_000 });
    return { exitCode: status, output: stdout + stderr };
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/**
 * Runs a block in a folder of its own.
 *
 * @param block - a sh, python, js or ts block
 * @returns exit code and everything that was printed
 */
export async function runBlock(block: Block): Promise<{ exitCode: number | null; output: string }> {
  const folder = new DocsFolder();
  try {
    return await folder.run(block);
  } finally {
    folder.remove();
  }
}
