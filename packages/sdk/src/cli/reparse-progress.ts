import type { ReparseReading } from "ava-protocol";
import { createProgressLine, formatBytes } from "./progress-line.js";

/** How often the platform is asked, in milliseconds. */
const ASK_MS = 500;
/** Where stderr is not a terminal: how often a line is written. */
const LINE_MS = 10_000;

/**
 * Tells on stderr how far a log is read: on a line of the terminal, else in a line every ten seconds.
 *
 * @param ask - what is being read of the log; what fails is asked again
 * @param work - the answer that is waited for
 * @returns that answer
 */
export async function tellProgress<T>(ask: () => Promise<ReparseReading | undefined>, work: Promise<T>): Promise<T> {
  const line = createProgressLine();
  let writtenMs = Date.now();
  let isAsking = false;
  let isDone = false;
  const tell = async (): Promise<void> => {
    if (isAsking) return;
    isAsking = true;
    // The progress is worth no error: the answer will tell one.
    const reading = await ask().catch(() => undefined);
    isAsking = false;
    if (isDone || reading === undefined || reading.logBytes === 0) return;
    const { readBytes, logBytes } = reading;
    line.tell(readBytes, logBytes);
    if (process.stderr.isTTY || Date.now() - writtenMs < LINE_MS) return;
    writtenMs = Date.now();
    const percent = Math.floor((100 * readBytes) / logBytes);
    process.stderr.write(`ava-sdk reparse: ${formatBytes(readBytes)} of ${formatBytes(logBytes)} read (${percent} %)\n`);
  };
  const timer = setInterval(tell, ASK_MS);
  try {
    return await work;
  } finally {
    isDone = true;
    clearInterval(timer);
    line.clear();
  }
}
