import { once } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type ChildOptions, launchChild, launchUnwatched, type PipedChild } from "./child.js";
import { Outlet } from "./outlet.js";
import { passThrough } from "./pass-through.js";
import { SignalForwarder } from "./signals.js";

const OPTIONS: ChildOptions = { env: { PATH: process.env["PATH"] } };

async function sh(script: string, options: ChildOptions = OPTIONS): Promise<PipedChild> {
  const child = await launchChild(["sh", "-c", script], options).started;
  onTestFinished(() => {
    child.signalGroup("SIGKILL");
    child.stdout.close();
    child.stderr?.close();
  });
  return child;
}

/** What a child writes to a stream, as its bytes are recorded and as they are passed on. */
async function outputOf(script: string): Promise<{ recorded: string[]; exitCode: number; ends: string[] }> {
  const child = await sh(script);
  const recorded = ["", ""];
  const sink = new Outlet(-1);
  vi.spyOn(sink, "write").mockImplementation(() => undefined);
  const streams = [child.stdout, child.stderr!];
  const ends = await Promise.all(
    streams.map((stream, index) =>
      passThrough(stream, sink, (chunk) => void (recorded[index] = recorded[index] + Buffer.from(chunk).toString()), child.exited),
    ),
  );
  return { recorded, exitCode: (await child.exited).exitCode, ends };
}

describe("starting", () => {
  test.each([
    ["COMMAND_NOT_FOUND", "a path that leads nowhere", ["/no/such/program"]],
    ["COMMAND_NOT_FOUND", "a name that is nowhere", ["no-such-program-at-all"]],
    ["COMMAND_NOT_EXECUTABLE", "a file that is not a program", [new URL(import.meta.url).pathname]],
    ["COMMAND_NOT_EXECUTABLE", "arguments that are too long", ["sh", "-c", "x".repeat(3_000_000)]],
    ["COMMAND_NOT_EXECUTABLE", "arguments that the system has no form for", ["sh", "a\0b"]],
  ])("%s: %s, whether it is recorded or not", async (code, _, command) => {
    await expect((async () => launchChild(command, OPTIONS).started)()).rejects.toMatchObject({ code });
    await expect((async () => launchUnwatched(command, OPTIONS).started)()).rejects.toMatchObject({ code });
  });

  test("stdout and stderr are told apart, to the last byte, and can be opened anew by their names", async () => {
    expect(await outputOf("echo out; echo err >/dev/stderr; printf end")).toEqual({
      recorded: ["out\nend", "err\n"],
      exitCode: 0,
      ends: ["ended", "ended"],
    });
  });

  test("both in one pipe come in the order in which they are written", async () => {
    const child = await sh("for i in 1 2 3; do echo out $i; echo err $i >&2; done", { ...OPTIONS, isMerged: true });
    const taken = new PassThrough();
    child.stdout.reader.pipe(taken);
    let text = "";
    for await (const chunk of taken) text += String(chunk);
    expect(text).toBe("out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\n");
    expect(child.stderr).toBeUndefined();
  });
});

describe("ending", () => {
  test.each([
    ["exit 0", { exitCode: 0 }],
    ["exit 255", { exitCode: 255 }],
    ["kill -KILL $$", { exitCode: 137, signal: "SIGKILL" }],
    ["kill -TERM $$", { exitCode: 143, signal: "SIGTERM" }],
  ])("%s is told as a shell tells it", async (script, expected) => {
    expect(await (await sh(script)).exited).toEqual(expected);
  });

  test("a signal goes to every process of the group", async () => {
    const child = await sh("sleep 1000 & sleep 1000 & wait");
    // Each of them holds the pipe.
    const closed = once(child.stdout.reader.resume(), "close");
    expect(child.signalGroup("SIGKILL")).toBe(true);
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
    await closed;
  });

  test("a process that is left behind does not hold the end back", async () => {
    const { recorded, ends } = await outputOf("echo before; sleep 1000 >/dev/null & sleep 1000 2>/dev/null & echo $!; exit 3");
    expect(recorded[0]).toMatch(/^before\n\d+\n$/);
    expect(ends).toContain("held");
    process.kill(Number(recorded[0]!.split("\n")[1]), "SIGKILL");
  });
});

describe("signals", () => {
  test("before the child runs wait for it; one that asks to end is a stop, and others are not", async () => {
    const signals = new SignalForwarder(60_000);
    process.emit("SIGUSR1");
    const child = await sh('trap "echo one" USR1; trap "echo two; exit 5" TERM; echo ready; while :; do sleep 0.02; done');
    let text = "";
    child.stdout.reader.on("data", (chunk) => void (text += String(chunk)));
    await vi.waitFor(() => expect(text).toBe("ready\n"));
    signals.attach(child);
    await vi.waitFor(() => expect(text).toContain("one"));
    expect(signals.stoppedBy).toBeUndefined();
    process.emit("SIGTERM");
    expect(await child.exited).toEqual({ exitCode: 5 });
    expect(signals.stoppedBy).toBe("signal");
    signals.close();
  });

  test("a child that does not end is killed when its grace is over, and that is told", async () => {
    const signals = new SignalForwarder(50);
    const child = await sh('trap "" TERM; echo ready; while :; do sleep 0.02; done');
    await new Promise((resolve) => child.stdout.reader.once("data", resolve));
    signals.attach(child);
    signals.stopForPlatform("SIGTERM");
    expect(signals.stoppedBy).toBe("platform");
    expect(await child.exited).toMatchObject({ signal: "SIGKILL" });
    expect(signals.stoppedBy).toBe("grace");
    signals.close();
  });

  test("after the child's end they ask us to end, but for those that were ignored when we started", async () => {
    const signals = new SignalForwarder(60_000, [2]);
    signals.attach(await sh("exit 0"));
    let asked = 0;
    signals.childEnded(() => void (asked += 1));
    for (const signal of ["SIGINT", "SIGUSR1", "SIGWINCH"] as const) process.emit(signal);
    expect(asked).toBe(0);
    process.emit("SIGTERM");
    expect(asked).toBe(1);
    signals.close();
  });

  test("have their usual effect again afterwards", () => {
    const before = process.listenerCount("SIGTERM");
    const signals = new SignalForwarder(1);
    expect(process.listenerCount("SIGTERM")).toBe(before + 1);
    signals.close();
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });
});
