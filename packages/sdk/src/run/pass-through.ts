import { write } from "node:fs";
import type { Readable } from "node:stream";

/** Output that waits for a slow reader before the child is made to wait, as it would be without us. */
const HIGH_WATER_BYTES = 1_048_576;
/** Pause before a descriptor that somebody else set to non-blocking is tried again. */
const RETRY_MS = 5;
/** After the child's end: how long its output may stay silent while a grandchild still holds the pipe. */
const SILENCE_MS = 500;

/**
 * Copies a child's output to a file descriptor, byte for byte and at once. Each chunk is first given to `record`, so what was seen
 * was recorded. Writes never block our event loop: signals still arrive while a terminal is held by Ctrl-S.
 *
 * @param from - the child's output
 * @param fd - where it goes
 * @param record - takes each chunk; must not throw
 * @param childExit - the child's end
 * @returns when everything is written, or the reader of `fd` is gone
 */
export async function passThrough(
  from: Readable,
  fd: number,
  record: (chunk: Uint8Array) => void,
  childExit: Promise<unknown>,
): Promise<void> {
  const queue: Uint8Array[] = [];
  let queuedBytes = 0;
  let isWriting = false;
  let onIdle: (() => void) | undefined;

  const pump = async () => {
    isWriting = true;
    for (let chunk = queue[0]; chunk; chunk = queue[0]) {
      if (!(await writeAll(fd, chunk))) {
        // The reader is gone: the child is to notice it as it would without us (SIGPIPE or EPIPE).
        queue.length = 0;
        from.destroy();
        break;
      }
      queue.shift();
      queuedBytes -= chunk.length;
      if (queuedBytes < HIGH_WATER_BYTES && from.isPaused()) from.resume();
    }
    isWriting = false;
    onIdle?.();
  };

  from.on("data", (chunk: Uint8Array) => {
    record(chunk);
    queue.push(chunk);
    queuedBytes += chunk.length;
    if (queuedBytes >= HIGH_WATER_BYTES) from.pause();
    if (!isWriting) void pump();
  });
  await ended(from, childExit);
  if (isWriting) {
    await new Promise<void>((resolve) => {
      onIdle = resolve;
    });
  }
}

/** The stream's end, or silence after the child's end: a daemon that the child left behind must not keep us. */
function ended(from: Readable, childExit: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    from.once("close", resolve);
    // A read error means the same as the end: nothing more will come.
    from.once("error", () => resolve());
    void childExit.then(() => {
      const timer = setTimeout(() => {
        // Paused for a slow reader is not silence: there is more to come.
        if (from.isPaused()) timer.refresh();
        else from.destroy();
      }, SILENCE_MS);
      from.on("data", () => timer.refresh());
      from.once("close", () => clearTimeout(timer));
    });
  });
}

/** @returns false when nobody can read what is written */
function writeAll(fd: number, chunk: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const writeFrom = (offset: number) => {
      write(fd, chunk, offset, chunk.length - offset, null, (error, writtenBytes) => {
        if (error?.code === "EAGAIN") setTimeout(() => writeFrom(offset), RETRY_MS);
        else if (error) resolve(false);
        else if (offset + writtenBytes < chunk.length) writeFrom(offset + writtenBytes);
        else resolve(true);
      });
    };
    writeFrom(0);
  });
}
