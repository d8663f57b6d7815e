import type { Readable } from "node:stream";
import type { Outlet } from "./outlet.js";
import type { OutputPipe } from "./pipes.js";

/** After the child's end: how long processes that it started may take to end as well before they count as left behind. */
const LEFT_BEHIND_MS = 500;
/** Most that a pipe holds (Linux, without privileges): when so much has come after the child's end, its own output is through. */
const PIPE_BYTES = 1_048_576;

/** How the copying of a child's output ended: the pipe did, or its reader went away, or a process that the child left behind holds the pipe. */
export type OutputEnd = "ended" | "gone" | "held";

/**
 * Copies a child's output to an outlet, byte for byte and at once. Each chunk is first given to `record`, so what was seen was recorded.
 *
 * @param pipe - the child's output
 * @param outlet - where it goes
 * @param record - takes each chunk; must not throw
 * @param childExit - the child's end
 * @returns when everything that the child wrote is written. Where another process holds the pipe then and a relay can read it, the relay does; else its end is waited for
 */
export async function passThrough(
  pipe: OutputPipe,
  outlet: Outlet,
  record: (chunk: Uint8Array) => void,
  childExit: Promise<unknown>,
): Promise<OutputEnd> {
  const { reader } = pipe;
  outlet.onChange = () => {
    // The reader is gone: the child is to notice it as it would without us (SIGPIPE or EPIPE).
    if (outlet.isGone) pipe.close();
    else reader.resume();
  };
  reader.on("data", (chunk: Uint8Array) => {
    record(chunk);
    outlet.write(chunk);
    if (outlet.isFull) reader.pause();
  });
  const isHeld = await Promise.race([ended(reader), childExit.then(() => leftBehind(pipe))]);
  await outlet.idle();
  if (isHeld) pipe.release();
  else pipe.close();
  return outlet.isGone ? "gone" : isHeld ? "held" : "ended";
}

function ended(reader: Readable): Promise<false> {
  return new Promise((resolve) => {
    reader.once("close", () => resolve(false));
    // A read error means the same as the end: nothing more will come.
    reader.once("error", () => resolve(false));
  });
}

/** The child has ended and another process holds its pipe. @returns when all that the child itself wrote has been read; never where no relay would read the rest */
function leftBehind({ reader, hasRelay }: OutputPipe): Promise<true> {
  return new Promise((resolve) => {
    // The pipe's end was first.
    if (reader.destroyed) return;
    let bytes = 0;
    let hasPaused = false;
    const timer = setInterval(() => {
      // Paused for a slow reader: what the child wrote may still be in the pipe.
      if (!reader.isPaused() && (!hasPaused || bytes >= PIPE_BYTES) && hasRelay()) {
        // At once: what a stream reads after this would be lost.
        reader.destroy();
        resolve(true);
      }
      hasPaused = reader.isPaused();
    }, LEFT_BEHIND_MS);
    reader.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
    });
    reader.on("pause", () => {
      hasPaused = true;
    });
    reader.once("close", () => clearInterval(timer));
  });
}
