import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { asInherited, descriptorsOfChild, type Inherited, readInherited } from "./inherited.js";

const NOTHING: Inherited = { ignoredSignals: [], descriptors: [], openFiles: "", oddVariables: [] };

test("what the launcher noted is read: ignored signals, limit of files, descriptors, variables with names that a shell drops", () => {
  // SIGHUP (1), SIGINT (2), and SIGKILL (9), which cannot be ignored.
  const odd = Buffer.from("a.b=1\0not a variable\0c-d=x=y").toString("base64");
  expect(readInherited({ start: "7 0000000000000103 1024 0,3,5,300,x", odd }, 7)).toEqual({
    ignoredSignals: [1, 2],
    descriptors: [3, 5],
    openFiles: "1024",
    oddVariables: ["a.b=1", "c-d=x=y"],
  });
});

test.each([
  ["of another process", "8 3 1024 3"],
  ["that is missing", undefined],
  ["that is empty", ""],
])("a note %s is not believed", (_, start) => {
  expect(readInherited(start === undefined ? {} : { start }, 7)).toBeUndefined();
});

test("a note of garbage is nothing", () => {
  expect(readInherited({ start: "7 xyz many a,b" }, 7)).toEqual(NOTHING);
});

test("a command is started as it is where nothing differs", () => {
  const command = ["python", "train.py"];
  expect(asInherited(command, undefined)).toBe(command);
  expect(asInherited(command, { ...NOTHING, descriptors: [3], oddVariables: ["a.b=1"] })).toBe(command);
});

test("a command finds its arguments and the odd variables as they were", () => {
  const inherited = { ...NOTHING, openFiles: "200", oddVariables: ["odd.name=a b"] };
  // A shell would drop the odd variable itself.
  const script = 'console.log(process.argv.slice(1), process.env["odd.name"])';
  const [program, ...args] = asInherited([process.execPath, "-e", script, "two words", '"; exit 1'], inherited) as [string, ...string[]];
  expect(spawnSync(program, args, { encoding: "utf8" }).stdout).toBe("[ 'two words', '\"; exit 1' ] a b\n");
});

test("a command finds the limit of files, and goes on ignoring the signals that we were to ignore, and those alone", () => {
  const script = "ulimit -Sn; kill -HUP $$; kill -TERM $$; echo alive; kill -INT $$; echo no";
  const inherited = { ...NOTHING, openFiles: "200", ignoredSignals: [1, 15] };
  const [program, ...args] = asInherited(["sh", "-c", script], inherited) as [string, ...string[]];
  expect(spawnSync(program, args, { encoding: "utf8" })).toMatchObject({ stdout: "200\nalive\n", signal: "SIGINT" });
});

test("descriptors keep their numbers; between them nothing is open", () => {
  expect(descriptorsOfChild(undefined)).toEqual([]);
  expect(descriptorsOfChild({ ...NOTHING, descriptors: [3, 6] })).toEqual([3, "ignore", "ignore", 6]);
});
