import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Logger, MultiProcessingLogHandler } from "ava-sdk/log";
import pino from "pino";
import type { Trial, TrialResult } from "./trial.js";

const LINES = 50_000;
const PROCESSES = 4;

/** Writes lines to one log together with others. Arguments: file, lines. */
const WRITER = `
import { Logger, MultiProcessingLogHandler } from ${JSON.stringify(import.meta.resolve("ava-sdk/log"))};
const handler = new MultiProcessingLogHandler(process.argv[1], "a", 1_000_000, 1000);
const logger = new Logger();
logger.addHandler(handler);
for (let line = 0; line < Number(process.argv[2]); line++) logger.info("iteration %d, loss = %d", line, 1 / line);
handler.close();`;

/** @returns microseconds of this process's CPU time for a line, moving it to the log included */
function measureHandler(file: string): number {
  const handler = new MultiProcessingLogHandler(file, "a", 1_000_000, 1000);
  const logger = new Logger();
  logger.addHandler(handler);
  return measure(
    (line) => logger.info("iteration %d, loss = %d", line, 1 / line),
    () => handler.close(),
  );
}

/** The same with pino's destination that also has the line in the file when the call returns; one process only, no rotation. */
function measurePino(file: string): number {
  const logger = pino(pino.destination({ dest: file, sync: true }));
  return measure(
    (line) => logger.info("iteration %d, loss = %d", line, 1 / line),
    () => logger.flush(),
  );
}

function measure(log: (line: number) => void, end: () => void): number {
  const before = process.cpuUsage();
  for (let line = 0; line < LINES; line++) log(line);
  end();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / LINES;
}

/** @returns lines a second of several processes together, from start to the last exit */
async function measureTogether(folder: string): Promise<number> {
  const file = path.join(folder, "together.log");
  const start = performance.now();
  const args = ["--input-type=module", "-e", WRITER, file, String(LINES)];
  const writers = Array.from({ length: PROCESSES }, () => spawn(process.execPath, args, { stdio: "inherit" }));
  await Promise.all(writers.map((writer) => once(writer, "exit")));
  const seconds = (performance.now() - start) / 1000;
  const logs = readdirSync(folder).filter((name) => name.startsWith("together.log"));
  const lines = logs.reduce((sum, name) => sum + readFileSync(path.join(folder, name), "latin1").split("\n").length - 1, 0);
  if (lines !== PROCESSES * LINES) throw new Error(`${lines} lines of ${PROCESSES * LINES} are in the log`);
  return lines / seconds;
}

/** Lines into one rotating log from several processes, and what a line costs beside pino's. */
export const logHandler: Trial = {
  name: "log-handler",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    try {
      const handlerUs = measureHandler(path.join(folder, "alone.log"));
      const pinoUs = measurePino(path.join(folder, "pino.log"));
      const together = await measureTogether(folder);
      return {
        figures: [
          { label: "a line, one process", value: handlerUs, unit: "CPU us" },
          { label: "a line, pino with a sync destination", value: pinoUs, unit: "CPU us" },
          { label: `${PROCESSES} processes, one rotating log`, value: together, unit: "lines/s" },
        ],
        ratios: [{ label: "pino / handler", value: pinoUs / handlerUs, goal: 0.7 }],
      };
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
