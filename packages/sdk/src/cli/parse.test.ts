import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildParseCommand, type ParseOptions, parseCommand } from "./parse.js";

const FIXTURES = fileURLToPath(new URL("../console/parsers/caffe/fixtures/", import.meta.url));
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ava-parse-"));
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

async function parse(options: Partial<ParseOptions>, stdin: Iterable<Buffer> = []): Promise<Outcome> {
  const stdout = new PassThrough({ highWaterMark: 1_000_000_000 });
  const stderr = new PassThrough();
  const code = await parseCommand({ file: "-", format: "ndjson", ...options }, { stdin: Readable.from(stdin), stdout, stderr });
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

const LOG = Buffer.from(
  [
    "I20261122 10:00:00.500000  1 solver.cpp:1] Iteration 390, Testing net (#0)",
    'I20261122 10:00:01.000000  1 solver.cpp:1]     Test net output #2: A, "b" = -nan',
    "I20261122 10:00:02.000000  1 solver.cpp:1] Snapshotting to binary proto file x_iter_390.caffemodel",
    "Iteration 400, lr = 1e+23",
    "",
  ].join("\n"),
);

describe("output", () => {
  const time = (second: number) => new Date(2026, 10, 22, 10, 0, second).toISOString();

  it("is one JSON object a line with its fields in order", async () => {
    const { code, stdout, stderr } = await parse({ batchOfEpoch: 390 }, [LOG]);
    expect(stdout.split("\n")).toEqual([
      `{"name":"test/a,_\\"b\\"","value":"NaN","step":390,"epoch":1,"phase":"test","line":2,"time":"${time(1)}","labels":{"net":"0","output":"2"}}`,
      `{"event":"snapshot","step":390,"file":"x_iter_390.caffemodel","line":3,"time":"${time(2)}"}`,
      `{"name":"lr","value":1e+23,"step":400,"epoch":${400 / 390},"line":4}`,
      "",
    ]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  it("shows large values as the float64 that they are", async () => {
    const { stdout } = await parse({ parser: "caffe" }, [Buffer.from("Iteration 1, loss = 7.62755e+20\nIteration 2, loss = -inf\n")]);
    expect(stdout).toBe('{"name":"loss","value":7.62755e+20,"step":1,"line":1}\n{"name":"loss","value":"-Infinity","step":2,"line":2}\n');
  });

  it("is a table with the same columns for all with csv", async () => {
    const { stdout } = await parse({ format: "csv" }, [LOG]);
    expect(stdout.split("\n")).toEqual([
      "name,value,step,epoch,batch,total,phase,line,time,labels,event,file,message",
      `"test/a,_""b""",NaN,390,,,,test,2,${time(1)},"{""net"":""0"",""output"":""2""}",,,`,
      `,,390,,,,,3,${time(2)},,snapshot,x_iter_390.caffemodel,`,
      "lr,1e+23,400,,,,,4,,,,,",
      "",
    ]);
  });
});

describe("--explain", () => {
  const TEXT = "I0601 10:00:00.000000 1 solver.cpp:1] Iteration 5, loss = 2\nwords\u001b[31m only\nspeed=9 loss=1\nEpoch 3: loss 0.5";

  it("shows each line with what is read of it, by which parser, and what a rule of the user won over", async () => {
    const metric = ["speed=(?<speed>\\d)"];
    const { code, stdout, stderr } = await parse({ explain: true, parser: "caffe,generic", metric }, [Buffer.from(`${TEXT}\n`)]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")).toEqual([
      "     1  I0601 10:00:00.000000 1 solver.cpp:1] Iteration 5, loss = 2",
      "        caffe: loss = 2 (step 5)",
      "        generic: loss = 2 (step 5)  (left out: the line is read already)",
      "     2  words only",
      "     3  speed=9 loss=1",
      "        --metric speed=(?<speed>\\d): speed = 9",
      "        generic: speed = 9 (step 5)   loss = 1 (step 5)  (left out: the line is read already)",
      "     4  Epoch 3: loss 0.5",
      "        generic: loss = 0.5 (epoch 3)",
      "",
    ]);
  });

  it("names the trainer that auto has recognized, or the general forms", async () => {
    const { stdout } = await parse({ explain: true }, [Buffer.from(`${TEXT}\n`)]);
    expect(stdout).toContain("\n        caffe: loss = 2 (step 5)\n");
    expect(stdout).toContain("\n        generic: loss = 0.5 (epoch 3)\n");
  });

  it("shows the phase, and a last line without its end whole: only its last word is not read", async () => {
    const { stdout } = await parse({ explain: true }, [Buffer.from("Epoch 3: val_loss 0.5 val_acc 0.7")]);
    expect(stdout).toBe("     1  Epoch 3: val_loss 0.5 val_acc 0.7\n        generic: val_loss = 0.5 (epoch 3, phase val)\n");
  });

  it("is in colour on a terminal that shows colours", async () => {
    const stdout = Object.assign(new PassThrough(), { hasColors: () => true });
    const stdin = Readable.from([Buffer.from("Epoch 3: loss 0.5\n")]);
    await parseCommand({ file: "-", format: "ndjson", explain: true }, { stdin, stdout, stderr: new PassThrough() });
    expect(String(stdout.read())).toContain("\u001b[36mgeneric\u001b[39m: \u001b[32mloss = 0.5 (epoch 3)\u001b[39m\n");
  });

  it("reads the same as without it", async () => {
    for (const name of ["multiloss", "nan-euclidean"]) {
      const file = join(FIXTURES, `${name}.log`);
      const [plain, explained] = [await parse({ file }), await parse({ file, explain: true })];
      const told = plain.stdout.split("\n").length - 1;
      const rows = explained.stdout.split("\n").filter((line) => /^ {8}\w+: /.test(line));
      expect(rows.reduce((sum, row) => sum + row.split("   ").filter((one) => one.trim() !== "").length, 0)).toBe(told);
    }
  });
});

describe("the year of stamps without one", () => {
  const file = join(FIXTURES, "new-year-oldglog.log");
  const yearsOf = ({ stdout }: Outcome) => [...new Set(stdout.match(/"time":"\d{4}/g))].map((found) => Number(found.slice(-4)));

  it.each([2024, 1999])("is --year %i at the start of the log", async (year) => {
    const { stdout } = await parse({ file, year });
    const localYears = new Set(stdout.match(/"time":"[^"]*/g)?.map((found) => new Date(found.slice(8)).getFullYear()));
    expect([...localYears]).toEqual([year, year + 1]);
  });

  it("is the one nearest to the age of the file", async () => {
    const copy = join(folder, "old.log");
    await writeFile(copy, "I0615 10:00:00.000000 1 solver.cpp:1] Iteration 1, loss = 1\n");
    await utimes(copy, new Date(2018, 8, 1), new Date(2018, 8, 1));
    expect(yearsOf(await parse({ file: copy }))).toEqual([2018]);
  });
});

describe("what goes wrong", () => {
  it.each([
    [{ file: "no-such.log" }, 1, "there is no file no-such.log"],
    [{ file: "no-such.log", year: 2024, format: "csv" }, 1, "there is no file no-such.log"],
    [{ file: FIXTURES }, 1, "is a directory"],
    [{ parser: "cafe" }, 2, "did you mean caffe?"],
    [{ metric: ["("] }, 2, "is not a regex"],
  ] as [Partial<ParseOptions>, number, string][])("%j exits %i", async (options, expected, message) => {
    const { code, stderr } = await parse(options);
    expect(code).toBe(expected);
    expect(stderr).toMatch(/^ava-sdk parse: [^\n]*\n( {2}[^\n]*\n)*$/);
    expect(stderr).toContain(message);
  });

  it("tells of each regex that has read nothing, of --metric and of --rules", async () => {
    const rules = join(folder, "rules.json");
    await writeFile(rules, JSON.stringify(["lr = (?<rate>\\S+)", "acc=(?<acc>\\d)"]));
    const { code, stdout, stderr } = await parse({ parser: "none", metric: ["(?<speed>\\d+) images"], rules }, [LOG]);
    expect([code, stdout]).toEqual([0, '{"name":"rate","value":1e+23,"line":4}\n']);
    expect(stderr.split("\n")).toEqual([
      "ava-sdk parse: --metric (?<speed>\\d+) images has read nothing: no line matched it, or no match had a number",
      "ava-sdk parse: --metric acc=(?<acc>\\d) has read nothing: no line matched it, or no match had a number",
      "",
    ]);
    expect(await parse({ rules: join(folder, "none.json") })).toMatchObject({ code: 2, stderr: expect.stringContaining("no such file") });
  });

  it("ends quietly when its reader is gone", async () => {
    const stdout = new Writable({
      write(_, __, done) {
        done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
      },
    });
    const stderr = new PassThrough();
    const endless = Readable.from(
      (function* () {
        for (;;) yield LOG;
      })(),
    );
    expect(await parseCommand({ file: "-", format: "ndjson" }, { stdin: endless, stdout, stderr })).toBe(0);
    expect(stderr.read()).toBe(null);
  });

  it("reads no more than is written", async () => {
    let read = 0;
    let waiting: (() => void) | undefined;
    const stdout = new Writable({
      write(_, __, done) {
        waiting = done;
      },
    });
    const stdin = Readable.from(
      (function* () {
        for (; read < 5; read += 1) yield LOG;
      })(),
      { highWaterMark: 1 },
    );
    const ended = parseCommand({ file: "-", format: "ndjson" }, { stdin, stdout, stderr: new PassThrough() });
    for (let written = 1; written <= 5; written += 1) {
      await expect.poll(() => waiting).toBeDefined();
      expect(read).toBeLessThanOrEqual(written + 1);
      const done = waiting;
      waiting = undefined;
      done?.();
    }
    expect(await ended).toBe(0);
  });

  it.each([["--year", "24"], ["--batch-of-epoch", "0"], ["--batch-of-epoch", "1.5"], ["--format", "xml"], ["--bad"], ["a", "b"]])(
    "refuses %s %s",
    async (...flags) => {
      const command = buildParseCommand()
        .exitOverride()
        .configureOutput({ writeErr: () => {} });
      await expect(command.parseAsync(flags, { from: "user" })).rejects.toThrow(/error:/);
    },
  );
});
