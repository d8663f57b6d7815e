// Writes numbered lines to a log as process, worker thread, fork or cluster worker; says on stdout (not as a thread) how many calls have returned.
// Arguments: log file, name of the writer, lines, maxBytes, lines between two of these words.
import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { Logger, MultiProcessingLogHandler } from "ava-sdk/log";

const [file, writer, lines, maxBytes = 0, ackEvery = 100] = workerData ?? process.argv.slice(2);
const handler = new MultiProcessingLogHandler(file, "w", Number(maxBytes), 1000);
handler.setFormatter({ format: ({ message }) => message });
const logger = new Logger();
logger.addHandler(handler);
for (let line = 1; line <= Number(lines); line++) {
  if (line % 1000 === 0) logger.info("%s %d two\n%s %d lines", writer, line, writer, line);
  else logger.info("%s %d .", writer, line);
  if (!workerData && line % Number(ackEvery) === 0) writeSync(1, `${line}\n`);
}
