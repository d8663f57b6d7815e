const barColumns = 24;

/** Shows how far a training is. */
export interface ProgressBar {
  /** @param line - what goes right of the bar; @param share - from 0 to 1 */
  show(share: number, line: string): void;
  /** Leaves `line` on the terminal for good; the bar goes on below. */
  print(line: string): void;
}

/**
 * A bar that is drawn over itself on a terminal; elsewhere (a log file, a pipe) only the printed lines appear.
 *
 * @param stream - the terminal
 */
export function createProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  const eraseLine = stream.isTTY ? "\r\u001B[K" : "";
  return {
    show(share, line) {
      if (!stream.isTTY) return;
      const filled = Math.round(share * barColumns);
      const text = `[${"#".repeat(filled)}${".".repeat(barColumns - filled)}] ${line}`;
      stream.write(eraseLine + text.slice(0, (stream.columns || 80) - 1));
    },
    print(line) {
      stream.write(`${eraseLine}${line}\n`);
    },
  };
}
