// Two writers, a and b, spool lines that are not moved, because their process holds the lock; it dies with it. Arguments: log file, lines of each.
import { MultiProcessingLogHandler } from "ava-sdk/log";

const [, , file, lines] = process.argv;
const [a, b] = [new MultiProcessingLogHandler(file, "a"), new MultiProcessingLogHandler(file, "a")];
if (!a.acquire()) throw new Error("the lock is taken");
for (let line = 1; line <= Number(lines); line++) {
  a.send(`a ${line} .`);
  b.send(`b ${line} .`);
}
process.kill(process.pid, "SIGKILL");
