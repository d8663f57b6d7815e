// Preloaded: kills the process with SIGKILL at a call that changes the file system: AVA_TEST_DIE_AT=2n before the n-th, 2n-1 in the middle of it if it writes.
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");

const last = Math.ceil(Number(process.env.AVA_TEST_DIE_AT) / 2);
const isHalfDone = Number(process.env.AVA_TEST_DIE_AT) % 2 === 1;
let calls = 0;

function die() {
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

for (const name of [
  "openSync",
  "symlinkSync",
  "unlinkSync",
  "renameSync",
  "mkdirSync",
  "rmdirSync",
  "rmSync",
  "ftruncateSync",
  "truncateSync",
  "writeFileSync",
]) {
  const original = fs[name];
  fs[name] = (...args) => {
    if ((name !== "openSync" || args[1] !== "r") && ++calls === last) die();
    return original(...args);
  };
}
const { writeSync } = fs;
fs.writeSync = (fd, bytes, offset = 0, length = bytes.length - offset) => {
  // Text is what the program says on stdout.
  if (typeof bytes === "string") return writeSync(fd, bytes);
  if (++calls === last) {
    if (isHalfDone) writeSync(fd, bytes, offset, Math.ceil(length / 2));
    die();
  }
  return writeSync(fd, bytes, offset, length);
};
syncBuiltinESMExports();
