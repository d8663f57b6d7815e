import type { RunEvent } from "../parser.js";

const SNAPSHOT = /^Snapshotting (?:solver state )?to (?:(?:binary proto|HDF5) file )?(\S.*?)\s*$/s;
/** py-faster-rcnn, in its own words. */
const WROTE = /^Wrote snapshot to: (\S.*?)\s*$/s;
const RESUME = /^(?:Resuming from|Restoring previous solver status from) (\S.*?)\s*$/s;
const FILE_ITERATION = /_iter_(\d+)(?!.*_iter_\d)/s;
/** `*** SIGSEGV (@0x8) received by PID 12 (TID 0x7f) from PID 8; stack trace: ***` */
const SIGNAL = /^\*\*\* (SIG[A-Z]+ .*?)(?:; stack trace)?:? \*\*\*\s*$/s;

/**
 * Reads what Caffe says of the run itself.
 *
 * @param body - a message
 * @returns the event; `undefined` for other messages
 */
export function eventOf(body: string): Omit<RunEvent, "line"> | undefined {
  switch (body[0]) {
    case "S":
      return fileEvent("snapshot", SNAPSHOT.exec(body));
    case "W":
      return fileEvent("snapshot", WROTE.exec(body));
    case "R":
      return fileEvent("resume", RESUME.exec(body));
    case "O":
      // NVCaffe adds the time: `Optimization Done in 2m 3s`.
      if (body.startsWith("Optimization Done")) return { event: "end" };
      return body.startsWith("Optimization stopped early") ? { event: "stop" } : undefined;
    case "*": {
      const message = SIGNAL.exec(body)?.[1];
      return message === undefined ? undefined : { event: "fatal", message };
    }
    default:
      return undefined;
  }
}

/** @param event - of {@link eventOf} @returns whether it is the signal that ended the program */
export function isSignal({ event, message }: Omit<RunEvent, "line">): boolean {
  return event === "fatal" && message?.startsWith("SIG") === true;
}

function fileEvent(event: "snapshot" | "resume", found: RegExpExecArray | null): Omit<RunEvent, "line"> | undefined {
  const file = found?.[1];
  if (file === undefined) return undefined;
  const step = FILE_ITERATION.exec(file)?.[1];
  return step === undefined ? { event, file } : { event, step: Number(step), file };
}
