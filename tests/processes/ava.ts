import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryPath } from "./paths.js";

/** What an `ava-sdk` process gave. */
export interface AvaResult {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: Buffer;
}

/** A running `ava-sdk` process. */
export interface AvaProcess {
  child: ChildProcess;
  /** Bytes seen on stdout and stderr so far. */
  stdout(): Buffer;
  stderr(): Buffer;
  result: Promise<AvaResult>;
}

/** @returns a workspace of its own */
export function newWorkspace(): string {
  return mkdtempSync(path.join(tmpdir(), "ava-workspace-test-"));
}

/** Starts `ava-sdk`. @param args - arguments @param env - variables to set; no AVA_ variable of the caller is inherited @param cwd - working folder */
export function startAva(args: readonly string[], env: Record<string, string>, cwd?: string): AvaProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_")));
  const child = spawn(process.execPath, [repositoryPath("packages/sdk/bin/ava-sdk.js"), ...args], {
    env: { ...inherited, ...env },
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  const stdout = () => Buffer.concat(out);
  const stderr = () => Buffer.concat(err);
  const result = once(child, "close").then(() => ({
    exitCode: child.exitCode,
    signal: child.signalCode,
    stdout: stdout(),
    stderr: stderr(),
  }));
  return { child, stdout, stderr, result };
}

/** Runs `ava-sdk` to its end; parameters as of {@link startAva}. */
export function runAva(args: readonly string[], env: Record<string, string>, cwd?: string): Promise<AvaResult> {
  return startAva(args, env, cwd).result;
}

/** Waits until a condition holds. @param isMet - the condition @param what - named when it never does */
export async function waitFor(isMet: () => boolean | Promise<boolean>, what: string, timeoutMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!(await isMet())) {
    if (Date.now() > deadlineMs) throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
