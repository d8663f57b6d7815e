import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { waitFor } from "../processes/ava.js";
import { caffeLog, repositoryPath } from "../processes/paths.js";

interface Program {
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  exitCode: Promise<number | null>;
}

/** A user's program: it has `cmd`, and `node` to start one of our children with a line of code; what it tells goes to stderr as JSON. */
function startProgram(code: string): Program {
  const head = `
    import { cmd, compress } from "ava-sdk/utils";
    import { caffe } from "ava-sdk/monitor";
    const node = (code) => [process.execPath, "-e", code];
    const tell = (fact) => process.stderr.write("TOLD" + JSON.stringify(fact) + "\\n");
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", head + code], {
    cwd: repositoryPath("packages/sdk"),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  return {
    stdout: () => Buffer.concat(out).toString("latin1"),
    stderr: () => Buffer.concat(err).toString(),
    kill: (signal) => child.kill(signal),
    exitCode: once(child, "close").then(() => child.exitCode),
  };
}

async function run(code: string): Promise<{ exitCode: number | null; stdout: string; stderr: string; told: unknown[] }> {
  const program = startProgram(code);
  const exitCode = await program.exitCode;
  const lines = program.stderr().split("\n");
  const told = lines.filter((line) => line.startsWith("TOLD")).map((line) => JSON.parse(line.slice(4)) as unknown);
  return { exitCode, stdout: program.stdout(), stderr: lines.filter((line) => !line.startsWith("TOLD")).join("\n"), told };
}

describe("output of a subprocess", () => {
  const SPEAK =
    "process.stdout.write(Buffer.from([255, 0, 13, 10])); process.stdout.write('a\\\\rb\\\\n'); process.stderr.write('e\\\\n'); process.stdout.write('last'); process.exitCode = 7";

  test("reaches hooks as lines of both streams in the order in which they were written, and our stdout", async () => {
    const { stdout, stderr, told } = await run(`
      const lines = [];
      const exitCode = await cmd.runproc(node("${SPEAK}"), (line) => { lines.push(line); });
      tell({ exitCode, lines });
    `);
    expect(stdout).toBe("\xff\0\r\na\rb\ne\nlast");
    expect(stderr).toBe("");
    expect(told).toEqual([{ exitCode: 7, lines: ["\ufffd", "a", "b", "e", "last"] }]);
  });

  test("ends in a line without a line end: hooks get its text, and a hook that wants to know learns of it", async () => {
    const { told } = await run(`
      const hook = Object.assign((line) => tell({ line }), { onCutLine: (cut) => tell({ cut }) });
      const late = cmd.startproc(["printf", "a\\\\nloss 0.2"]);
      await late.wait();
      await cmd.logproc(late, [hook, (line) => tell({ plain: line })]);
    `);
    expect(told).toEqual(expect.arrayContaining([{ line: "a" }, { cut: "loss 0.2" }, { plain: "a" }, { plain: "loss 0.2" }]));
    expect(told).toHaveLength(4);
  });

  test("keeps its order for hooks of startproc, too, where our own outputs lead to one place", async () => {
    const loop = "for i in 1 2 3 4 5 6 7 8 9; do echo out$i; echo err$i >&2; done";
    const script = `
      import { cmd } from "ava-sdk/utils";
      const lines = [];
      await cmd.logproc(cmd.startproc(["sh", "-c", ${JSON.stringify(loop)}]), (line) => lines.push(line));
      console.log("TOLD" + JSON.stringify(lines));
    `;
    const command = 'exec "$0" --input-type=module -e "$1" 2>&1';
    const output = execFileSync("sh", ["-c", command, process.execPath, script], { encoding: "utf8", cwd: repositoryPath("tests") });
    const expected = Array.from({ length: 9 }, (_, index) => [`out${index + 1}`, `err${index + 1}`]).flat();
    expect(output).toBe(`${expected.join("\n")}\nTOLD${JSON.stringify(expected)}\n`);
  });

  test("without hooks passes through unchanged, each output to its own", async () => {
    const { stdout, stderr, told } = await run(`tell(await cmd.runproc(node("${SPEAK}"), [undefined]));`);
    expect([stdout, stderr, told]).toEqual(["\xff\0\r\na\rb\nlast", "e\n", [7]]);
  });

  test("passes through without hooks, and hooks that come late get what was printed before", async () => {
    const { stdout, told } = await run(`
      const proc = cmd.startproc(node("console.log('one'); console.log('two')"));
      const exitCode = await proc.wait();
      const lines = [];
      const result = await cmd.logproc(proc, [undefined, (line) => lines.push(line)]);
      tell({ exitCode, lines, result, killed: proc.kill() });
    `);
    expect(stdout).toBe("one\ntwo\n");
    expect(told).toEqual([{ exitCode: 0, lines: ["one", "two"], result: { failures: 0, dropped: 0 }, killed: false }]);
  });

  test("a hook that throws and one that waits neither end nor stall the child, nor other hooks", async () => {
    const { exitCode, stdout, told } = await run(`
      process.on("warning", ({ message }) => tell(message));
      let release;
      const lastLine = new Promise((resolve) => { release = resolve; });
      let waited = 0;
      const proc = cmd.startproc(node("for (let i = 0; i < 20000; i++) console.log(String(i).padEnd(99, '.'))"));
      const { failures, dropped } = await cmd.logproc(proc, [
        function broken() { throw new Error("oops"); },
        async () => { await lastLine; waited += 1; },
        (line) => { if (line.startsWith("19999.")) release(); },
      ]);
      tell({ failures, dropped, waited });
      process.exitCode = await proc.wait();
    `);
    expect(exitCode).toBe(0);
    expect(stdout).toHaveLength(2_000_000);
    const warnings = told.filter((fact) => typeof fact === "string");
    expect(warnings).toEqual([
      expect.stringMatching(/^log hook 'broken' failed at the line "0\.+"; it is still called: Error: oops$/),
      "log hook 'broken' failed at 20000 lines",
    ]);
    expect(told).toContainEqual({ failures: 20_000, dropped: 0, waited: 20_000 });
  });
});

describe("end of a subprocess", () => {
  const forever = "console.log('up'); setInterval(() => {}, 1000)";
  const stubborn = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";

  test("kill reaches the whole group, and wait gives 128 + n", async () => {
    const { told } = await run(`
      const proc = cmd.startproc(["sh", "-c", "sleep 1000 & echo up; wait"]);
      await new Promise((resolve) => { void cmd.logproc(proc, resolve); });
      const isRunning = proc.kill("SIGKILL");
      tell([isRunning, await proc.wait(), proc.kill()]);
    `);
    expect(told).toEqual([[true, 137, false]]);
  });

  test("await using ends a child, the hard way when it does not listen", async () => {
    const { told } = await run(`
      for (const code of [${JSON.stringify(forever)}, ${JSON.stringify(stubborn)}]) {
        const proc = cmd.startproc(node(code), { graceMs: 200 });
        await new Promise((resolve) => { void cmd.logproc(proc, resolve); });
        await proc[Symbol.asyncDispose]();
        tell(await proc.wait());
      }
    `);
    expect(told).toEqual([143, 137]);
  });

  test("a signal to us goes to the child; the program learns of it and goes on", async () => {
    const program = startProgram(`
      const exitCode = await cmd.runproc(node(${JSON.stringify(forever)}));
      tell({ exitCode });
      process.exitCode = exitCode;
    `);
    await waitFor(() => program.stdout() === "up\n", "the child's line");
    program.kill("SIGTERM");
    expect(await program.exitCode).toBe(143);
    expect(program.stderr()).toBe('TOLD{"exitCode":143}\n');
  });

  test("many at once do not make Node warn", async () => {
    const { stderr, told } = await run(`
      const codes = await Promise.all(Array.from({ length: 16 }, (_, index) => cmd.runproc(["sh", "-c", "exit " + index])));
      tell([codes, process.getMaxListeners()]);
    `);
    expect(told).toEqual([[Array.from({ length: 16 }, (_, index) => index), 10]]);
    expect(stderr).toBe("");
  });

  test.each([
    ["[]", "COMMAND_NOT_FOUND"],
    ['["ava-no-such-program"]', "COMMAND_NOT_FOUND"],
    ['["./no/such/program"]', "COMMAND_NOT_FOUND"],
    ['["./package.json"]', "COMMAND_NOT_EXECUTABLE"],
    ['["true", "x".repeat(3e6)]', "COMMAND_NOT_EXECUTABLE"],
    ['["true"], { cwd: "/no/such/folder" }', "COMMAND_NOT_FOUND"],
  ])("startproc(%s) throws %s and leaves nothing behind", async (args, code) => {
    const { exitCode, told } = await run(`
      try { cmd.startproc(${args}); } catch (error) { tell([error.code, error.message.length > 10]); }
      tell(process.listenerCount("SIGINT"));
    `);
    expect(told).toEqual([[code, true], 0]);
    expect(exitCode).toBe(0);
  });
});

test("the seed's Caffe example records and tells of snapshots", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-caffe-"));
  const program = path.join(folder, "caffe");
  writeFileSync(program, `#!/bin/sh\ncat "${caffeLog("lenet-plain")}" >&2\n`, { mode: 0o755 });
  const { exitCode, told } = await run(`
    const points = new Map();
    const events = [];
    const snapshots = [];
    const sink = {
      values(series, values, start, end, at) {
        for (let index = start; index < end; index += 1) points.set(series[index].name + (series[index].labels?.output ?? "") + " " + at.step, [values[index], at.epoch]);
        return true;
      },
      event({ event, step }) { events.push([event, step ?? -1]); return true; },
    };
    const proc = cmd.startproc([${JSON.stringify(program)}, "train", "-solver", "s.prototxt"]);
    await cmd.logproc(proc, [
      caffe.getLogCallback(sink, { batchOfEpoch: 125 }),
      caffe.getEpochEndLogCallback((snapshot) => snapshots.push(snapshot), { batchOfEpoch: 300, otherFiles: ["net.prototxt"] }),
    ]);
    tell({ events, snapshots, loss: points.get("loss 1000"), rate: points.has("lr 950"), count: [...points.keys()].filter((key) => key.startsWith("loss ")).length });
    process.exitCode = await proc.wait();
  `);
  const file = (step: number, kind: string) => `snapshots/lenet-plain_iter_${step}.${kind}`;
  const snapshot = (step: number, epoch: number) => ({
    step,
    epoch,
    files: [file(step, "caffemodel"), file(step, "solverstate")],
    otherFiles: ["net.prototxt"],
  });
  expect(exitCode).toBe(0);
  expect(told).toEqual([
    {
      events: [...[500, 500, 1000, 1000].map((step) => ["snapshot", step]), ["end", -1]],
      snapshots: [snapshot(500, 2), snapshot(1000, 4)],
      loss: [0.00954242, 8],
      rate: true,
      count: 21,
    },
  ]);
});
