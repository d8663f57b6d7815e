import { closeSync, openSync } from "node:fs";

/** Descriptors that a recording takes beside those of Node.js: journals, thread, pipes, relays, connections. */
const DESCRIPTORS = 40;

/**
 * Looks whether there is room to record: Node.js aborts where a thread finds none.
 *
 * @throws Error when there is none
 */
export function checkRoom(): void {
  const opened: number[] = [];
  try {
    for (let count = 0; count < DESCRIPTORS; count++) opened.push(openSync("/dev/null", "r"));
  } catch (cause) {
    throw new Error(`fewer than ${DESCRIPTORS} files may be opened beside those that are (ulimit -n)`, { cause });
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
