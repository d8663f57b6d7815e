// `ava-sdk run` as a process among others: signals, descriptors, terminals, kills. Each situation is tried with the shell's own means.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const AVA = repositoryPath("packages/sdk/bin/ava-sdk.js");
let platform: PlatformProcess;
let workspace: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  workspace = newWorkspace();
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AVA_")));
  env = { ...inherited, AVA, AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
});

afterAll(() => platform.stop());

/** Runs a script of bash in which `$AVA` is the command. */
function bash(script: string, more: NodeJS.ProcessEnv = {}): { exitCode: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script], { env: { ...env, ...more }, encoding: "utf8", timeout: 60_000 });
  return { exitCode: status, stdout, stderr };
}

/** Starts a script and gives a place for its files. */
function start(script: string): { pid: number; file: (name: string) => string; exited: Promise<number | null> } {
  const folder = newWorkspace();
  const child = spawn("bash", ["-c", script], { env: { ...env, HERE: folder }, cwd: folder, stdio: "ignore" });
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", resolve);
  });
  return { pid: child.pid as number, file: (name) => path.join(folder, name), exited };
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

interface Facts {
  state: string;
  end?: { exitCode?: number; signal?: string; message?: string };
  logBytes: number;
}

test.each([
  ["nohup: SIGHUP", "HUP", ["HUP"]],
  ["a background job of a script: SIGINT, SIGQUIT", "INT QUIT", ["INT", "QUIT"]],
  ["SIGTERM, SIGUSR1, SIGPIPE", "TERM USR1 PIPE", ["TERM", "USR1"]],
])("what was ignored stays ignored, in us and in the command: %s", async (_, ignored, sent) => {
  const wrapped = `trap '' ${ignored}; grep SigIgn /proc/self/status; exec "$AVA" run --quiet --grace 0.3 -- sh -c 'grep SigIgn /proc/self/status; echo ready; sleep 0.8; echo finished'`;
  const child = spawn("bash", ["-c", wrapped], { env, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  await waitFor(() => stdout.includes("ready"), "the command runs");
  for (const signal of sent) child.kill(`SIG${signal}` as NodeJS.Signals);
  const exitCode = await new Promise((resolve) => {
    child.once("close", resolve);
  });
  // It goes on for longer than the grace: a signal that is ignored does not lead to a kill.
  expect([exitCode, stdout.endsWith("finished\n")]).toEqual([0, true]);
  const [native, own] = stdout.split("\n");
  expect(own).toBe(native);
});

test("descriptors, limit of open files and odd variables are what the command finds without us", () => {
  const script = (command: string) =>
    `exec 3</etc/hostname 9<<<nine 17<<<seventeen; ulimit -Sn 333; ${command} bash -c 'cat <&3; cat <&9; cat <&17; ulimit -Sn; env | grep -a odd.name; f; [ -e /dev/fd/4 ] || echo closed'`;
  const more = { "odd.name": "kept", "BASH_FUNC_f%%": "() { echo exported; }" };
  const native = bash(script(""), more);
  expect(native.stdout).toMatch(/nine\nseventeen\n333\nodd.name=kept\nexported\nclosed\n$/);
  expect(bash(script('"$AVA" run --quiet --'), more)).toEqual(native);
});

test("a pipe above 2 ends with the command's copy of it, not with ours", () => {
  const wait = 'for i in {1..200}; do [ -e "$D/ended" ] && break; sleep 0.1; done';
  // A named pipe: of a process substitution the shell itself gives the command a second copy.
  const { stdout } = bash(
    `export D=$(mktemp -d); mkfifo "$D/pipe"; (cat "$D/pipe"; echo ended; touch "$D/ended") &
    "$AVA" run --quiet -- bash -c 'echo through >&7; exec 7>&-; ${wait}; echo out' 7> "$D/pipe"; wait`,
  );
  expect(stdout).toBe("through\nended\nout\n");
});

test("a full disk behind stdout: the command ends by itself and is recorded", async () => {
  const { exitCode, stderr } = bash(
    `"$AVA" run --id full --quiet -- sh -c 'for i in 1 2 3 4 5; do echo line $i; sleep 0.05; done; exit 4' > /dev/full`,
  );
  expect([exitCode, stderr]).toEqual([4, "ava-sdk: stdout could not be written (ENOSPC): 35 bytes are missing there; they are recorded\n"]);
  const { state, end } = await platform.get<Facts>("/v1/instances/full");
  expect([state, end?.exitCode]).toEqual(["failed", 4]);
  expect(await platform.logOf("full")).toBe("line 1\nline 2\nline 3\nline 4\nline 5\n");
  expect(bash(`"$AVA" run -- sh -c 'echo err >&2; exit 5' 2> /dev/full`).exitCode).toBe(5);
});

test("a reader that went away is noticed by the command as without us", () => {
  expect(bash(`"$AVA" run --quiet -- yes | head -1; echo "\${PIPESTATUS[0]}"`).stdout).toBe("y\n141\n");
});

test("a terminal that is closed: a command that ignores SIGHUP ends by itself, and so do we", () => {
  const program = `
import os, pty, signal, sys
pid, master = pty.fork()
if pid == 0:
    os.execvp(os.environ["AVA"], [os.environ["AVA"], "run", "--id", "closed", "--", "sh", "-c", "trap '' HUP; echo ready; sleep 1; echo more; echo more >&2; sleep 0.3; exit 6"])
seen = b""
while b"ready" not in seen:
    seen += os.read(master, 1000)
os.close(master)
_, status = os.waitpid(pid, 0)
print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))
`;
  expect(execFileSync("python3", ["-c", program], { env, encoding: "utf8", timeout: 60_000 })).toBe("6\n");
});

test("what the command leaves in the background goes on, and prints where the command did; we end with the command", async () => {
  const run = start(
    `"$AVA" run --quiet -- sh -c '(sleep 2; echo late; echo late >&2; echo alive > "$HERE/alive") & echo started; exit 3' > out 2> err`,
  );
  expect(await run.exited).toBe(3);
  expect(existsSync(run.file("alive"))).toBe(false);
  await waitFor(() => existsSync(run.file("alive")), "the background process ends by itself");
  await waitFor(() => read(run.file("out")) === "started\nlate\n" && read(run.file("err")) === "late\n", "its output");
});

test("a talkative background process does not hold us", async () => {
  const run = start(
    `"$AVA" run --quiet -- sh -c '(i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); sleep 0.02; done; echo end) & exit 5' > out`,
  );
  expect(await run.exited).toBe(5);
  expect(read(run.file("out"))).not.toContain("end");
  await waitFor(() => read(run.file("out")).includes("end\n"), "its output goes on");
  const lines = Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join("");
  expect(read(run.file("out"))).toBe(`${lines}end\n`);
});

test("killed -9: the command goes on, its output arrives whole, and sync tells what is known of the end", async () => {
  const run = start(
    `exec "$AVA" run --quiet --id watched -- sh -c 'for i in 1 2 3; do echo line $i; done; until [ -e "$HERE/go" ]; do sleep 0.05; done; echo survived; echo err >&2' > out 2> err`,
  );
  await waitFor(() => read(run.file("out")).includes("line 3"), "the command works");
  process.kill(run.pid, "SIGKILL");
  await run.exited;
  const sync = () => runAva(["sync", "--json"], { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url });
  expect(
    JSON.parse(
      (await sync()).stdout
        .toString()
        .split("\n")
        .find((line) => line.includes('"watched"')) ?? "{}",
    ),
  ).toMatchObject({ isLive: true });
  execFileSync("touch", [run.file("go")]);
  await waitFor(() => read(run.file("out")) === "line 1\nline 2\nline 3\nsurvived\n" && read(run.file("err")) === "err\n", "the output");
  await waitFor(async () => {
    await sync();
    return (await platform.get<Facts>("/v1/instances/watched")).end?.message !== undefined;
  }, "what is known of the end is recorded");
  const { state, end } = await platform.get<Facts>("/v1/instances/watched");
  expect(end?.message).toMatch(/ava-sdk was killed .* not known/);
  // Lost once its heartbeat is old enough: the command may have ended well.
  expect(["running", "lost"]).toContain(state);
  expect(await platform.logOf("watched")).toBe("line 1\nline 2\nline 3\n");
});

test("a relay that is killed is replaced, and takes over when we are killed, too", async () => {
  const relays = (pid: number) => {
    const { stdout } = spawnSync("pgrep", ["-P", String(pid), "-f", "ava-relay"], { encoding: "utf8" });
    return stdout.split("\n").filter(Boolean).map(Number);
  };
  const run = start(`exec "$AVA" run --quiet -- sh -c 'echo ready; until [ -e "$HERE/go" ]; do sleep 0.05; done; echo survived' > out`);
  await waitFor(() => read(run.file("out")) !== "" && relays(run.pid).length === 2, "two relays");
  const first = relays(run.pid);
  for (const pid of first) process.kill(pid, "SIGKILL");
  await waitFor(() => relays(run.pid).filter((pid) => !first.includes(pid)).length === 2, "two others");
  process.kill(run.pid, "SIGKILL");
  execFileSync("touch", [run.file("go")]);
  await waitFor(() => read(run.file("out")) === "ready\nsurvived\n", "the output");
});

/** For Python programs that hold the other end of a terminal: waits for what it shows. */
const UNTIL = `seen = b""
def until(pattern):
    global seen
    deadline = time.time() + 20
    while not re.search(pattern, seen):
        assert time.time() < deadline, seen
        if select.select([master], [], [], 0.1)[0]: seen += os.read(master, 1000)
    found = re.search(pattern, seen)
    seen = seen[found.end():]
    return found
`;

test("Ctrl-Z stops the command and us, fg resumes both", () => {
  const program = `
import os, pty, re, select, time
pid, master = pty.fork()
if pid == 0:
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
${UNTIL}os.write(master, b"$AVA run --quiet -- sh -c 'echo pid-$$-; i=0; while [ $i -lt 30 ]; do i=$((i+1)); sleep 0.1; done; echo finis''hed'\\n")
command = int(until(rb"pid-(\\d+)-").group(1))
os.write(master, b"\\x1a")
until(rb"Stopped")
deadline = time.time() + 20
while open("/proc/%d/stat" % command).read().split(") ")[1][0] != "T":
    assert time.time() < deadline
    time.sleep(0.02)
print("stopped")
os.write(master, b"fg; echo code-$?-\\n")
until(rb"finished")
until(rb"code-0-")
`;
  expect(execFileSync("python3", ["-c", program], { env, encoding: "utf8", timeout: 60_000 })).toBe("stopped\n");
});

test("--tty: the command has a terminal that follows ours", () => {
  const program = `
import fcntl, os, pty, re, select, struct, termios, time
pid, master = pty.fork()
if pid == 0:
    os.execvp(os.environ["AVA"], [os.environ["AVA"], "run", "--id", "on-terminal", "--quiet", "--tty", "--", "sh", "-c",
        "tty -s && stty size; read x; echo got-$x; trap 'stty size; exit 9' WINCH; echo waiting; while :; do sleep 0.1; done"])
${UNTIL}until(rb"^\\d+ \\d+\\r\\n")
os.write(master, b"hello\\r")
until(rb"got-hello\\r\\nwaiting\\r\\n")
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 132, 0, 0))
until(rb"50 132\\r\\n")
print(os.waitpid(pid, 0)[1] >> 8)
`;
  expect(execFileSync("python3", ["-c", program], { env, encoding: "utf8", timeout: 60_000 })).toBe("9\n");
  expect(bash('"$AVA" run --quiet --tty -- sh -c "tty -s || echo none"').stdout).toBe("none\n");
});

test.each([
  [
    "few descriptors",
    `ulimit -n 20; exec "$AVA" run -- sh -c 'echo ran; exit 7'`,
    /^ava-sdk: the command runs, but is not recorded: [^\n]*ulimit -n[^\n]*\n$/,
  ],
  [
    "a user without a name, an unwritable folder and TMPDIR",
    `cd /; unset AVA_WORKSPACE HOME; export TMPDIR=/proc; as_nobody "$AVA" run -- sh -c 'echo ran; exit 7'`,
    /^ava-sdk: the command runs, but is not recorded: [^\n]*AVA_WORKSPACE[^\n]*\n$/,
  ],
  [
    "a user without a name who may write",
    `export AVA_WORKSPACE=$(mktemp -d); chmod 777 $AVA_WORKSPACE; unset HOME; as_nobody "$AVA" run -- sh -c 'echo ran; exit 7'`,
    /^ava-sdk: instance [^\n]*\n$/,
  ],
  [
    "no Node.js on the PATH",
    `mkdir -p $AVA_WORKSPACE/bin; for f in sh grep base64; do ln -sf $(command -v $f) $AVA_WORKSPACE/bin; done; PATH=$AVA_WORKSPACE/bin exec "$AVA" run --quiet -- sh -c 'echo ran; exit 7'`,
    /Node\.js 20\.19 or newer is needed[^\n]*\nava-sdk: the command runs, but is not recorded\n$/,
  ],
  [
    "little address space",
    `ulimit -v 1500000; exec "$AVA" run -- sh -c 'echo ran; exit 7'`,
    /^ava-sdk: the command runs, but is not recorded: [^\n]*ulimit -v[^\n]*\n$/,
  ],
  [
    "a folder that was deleted",
    `mkdir $AVA_WORKSPACE/gone; cd $AVA_WORKSPACE/gone; rmdir ../gone; exec "$AVA" run -- sh -c 'echo ran; exit 7'`,
    /ava-sdk: /,
  ],
])("the command runs whatever it finds: %s", (_, script, words) => {
  const asNobody = `as_nobody() { if [ "$(id -u)" = 0 ]; then exec setpriv --reuid 12345 --clear-groups "$@"; else exec "$@"; fi; };`;
  const { exitCode, stdout, stderr } = bash(asNobody + script);
  expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "ran\n" });
  expect(stderr).toMatch(words);
});

test("a batch job says once on stderr where its run is seen, and that the platform wants a token; --quiet silences both", async () => {
  const closed = new PlatformProcess(await freePort(), { token: "0123456789abcdef0123456789abcdef01234567" });
  await closed.start();
  const script = (flags: string) => `"$AVA" run ${flags} -- sleep 1.5`;
  const { stdout, stderr } = bash(script("--id batch"), { AVA_PLATFORM_URL: closed.url });
  expect(stdout).toBe("");
  expect(stderr.split("\n")).toEqual([
    `ava-sdk: instance batch, ${closed.url}/instances/batch`,
    expect.stringMatching(/^ava-sdk: platform .* \(401 .*AVA_TOKEN/),
    "",
  ]);
  expect(bash(script("--quiet"), { AVA_PLATFORM_URL: closed.url }).stderr).toBe("");
  await closed.stop();
});
