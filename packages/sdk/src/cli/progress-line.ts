/** Least time between two paints in milliseconds: more often cannot be read. */
const PAINT_MS = 100;

/** A line on a terminal that tells how far a transfer is. */
export interface ProgressLine {
  /** @param bytes - that are there @param totalBytes - all, where known */
  tell(bytes: number, totalBytes: number | undefined): void;
  /** Wipes the line. */
  clear(): void;
}

/**
 * @param terminal - stderr; where it is not a terminal, nothing is painted
 * @returns a line
 */
export function createProgressLine(terminal: NodeJS.WriteStream = process.stderr): ProgressLine {
  let startBytes: number | undefined;
  let startMs = 0;
  let paintedMs = 0;
  if (!terminal.isTTY) return { tell: () => undefined, clear: () => undefined };
  return {
    tell(bytes, totalBytes) {
      const nowMs = Date.now();
      if (startBytes === undefined) {
        startBytes = bytes;
        startMs = nowMs;
      }
      if (nowMs - paintedMs < PAINT_MS) return;
      paintedMs = nowMs;
      const speed = ((bytes - startBytes) / Math.max(1, nowMs - startMs)) * 1000;
      const part = totalBytes ? ` of ${formatBytes(totalBytes)} (${Math.floor((100 * bytes) / totalBytes)} %)` : "";
      terminal.write(`\r\u001b[2K${formatBytes(bytes)}${part}, ${formatBytes(speed)}/s`);
    },
    clear: () => void (paintedMs > 0 && terminal.write("\r\u001b[2K")),
  };
}

/** @param bytes - a length @returns it for people, in powers of 1024 */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
