import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { readKernelUnits } from "./kernel-units.js";
import { ProcessTree } from "./process-tree.js";

const WAIT = { timeout: 20_000, interval: 50 };

/** Starts a shell in a session of its own that says "ready", as `ava-sdk run` starts a command; all of it ends with the test. */
async function shell(script: string): Promise<ChildProcess> {
  const child = spawn("sh", ["-c", `${script}`], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => {
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child;
}

describe.runIf(process.platform === "linux")("a process tree", () => {
  test("a process, its child and its grandchild are a tree; strangers are not", async () => {
    const child = await shell(`sh -c 'sleep 60 & echo ready; wait' & wait`);
    await shell("echo ready; read line");
    const tree = new ProcessTree({ rootPid: child.pid as number, isRootIncluded: true });
    expect(tree.read()?.processes).toBe(3);
    expect(tree.read()?.residentPages).toBeGreaterThan(100);
  });

  test("a root that only watches, and our helper, are left out", async () => {
    const helper = await shell("echo ready; read line");
    const child = await shell("echo ready; read line");
    const tree = (exceptPid?: number) =>
      new ProcessTree({ rootPid: process.pid, isRootIncluded: false, exceptPids: () => [exceptPid] }).read()?.processes as number;
    const all = tree();
    expect(all).toBeGreaterThanOrEqual(2);
    expect([tree(helper.pid), tree(child.pid)]).toEqual([all - 1, all - 1]);
  });

  test("a process whose parent died stays in the tree by its session", async () => {
    const child = await shell(`sh -c 'sleep 60 & echo ready'; read line`);
    const tree = new ProcessTree({ rootPid: child.pid as number, isRootIncluded: true });
    tree.read();
    await vi.waitFor(() => expect(tree.read()?.processes).toBe(2), WAIT);
  });

  test("CPU time of a child stays counted when it has ended", async () => {
    const burn = "const end = Date.now() + 300; while (Date.now() < end);";
    const child = await shell(`"${process.execPath}" -e '${burn}'; echo ready; read line`);
    const reading = new ProcessTree({ rootPid: child.pid as number, isRootIncluded: true }).read();
    expect(reading?.processes).toBe(1);
    // On a busy machine it gets less of a core than the 0.3 s for which it loops, and its own start-up adds some.
    expect((reading?.cpuTicks as number) / readKernelUnits().ticksPerSecond).toBeGreaterThan(0.02);
  });

  test("a root that has ended gives no reading", async () => {
    const child = await shell("echo ready; read line");
    const tree = new ProcessTree({ rootPid: child.pid as number, isRootIncluded: true });
    expect(tree.read()).toBeDefined();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(tree.read()).toBeUndefined();
  });
});
