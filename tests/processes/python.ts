import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { repositoryPath } from "./paths.js";

/** What a Python process gave. */
export interface PythonResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A running Python process. */
export interface PythonProcess {
  child: ChildProcess;
  stdout(): string;
  result: Promise<PythonResult>;
}

/** Python 3 itself, not a launcher in front of it, which a signal would hit instead. */
export const PYTHON: string = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();

/**
 * The variables of a Python process that uses the package of this checkout. It has a temporary folder of its own in the workspace, and so an
 * agent that no other test knows.
 *
 * @param workspace - path of the workspace
 * @param env - further variables
 */
export function pythonEnvironment(workspace: string, env: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_") && name !== "RANK");
  const temporary = path.join(workspace, "tmp");
  mkdirSync(temporary, { recursive: true });
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    PYTHONPATH: repositoryPath("python"),
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    AVA_WORKSPACE: workspace,
    TMPDIR: temporary,
    ...env,
  };
}

/** Starts Python. @param args - program and arguments @param env - all variables @param python - path of the interpreter */
export function startPython(args: readonly string[], env: Record<string, string>, python: string = PYTHON): PythonProcess {
  const child = spawn(python, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const result = once(child, "close").then(() => ({ exitCode: child.exitCode, signal: child.signalCode, stdout, stderr }));
  return { child, stdout: () => stdout, result };
}

/** Process ids of the agents that listen below a workspace's temporary folder. @param workspace - path of the workspace */
export function agentsOf(workspace: string): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).split("\n");
  const agents = lines
    .filter((line) => line.includes(" agent --listen ") && line.includes(path.join(workspace, "tmp")))
    .map((line) => line.trim().split(/\s+/))
    // Neither a dead one that its parent has not waited for, nor the shell that starts it.
    .filter(([, , state, ...args]) => !state?.startsWith("Z") && !args.includes("-c"));
  const pids = new Set(agents.map(([pid]) => pid));
  // Nor what one starts, before it becomes another program.
  return agents.filter(([, parent]) => !pids.has(parent)).map(([pid]) => Number(pid));
}
