import { type ChildProcess, spawn } from "node:child_process";
import { GPU_FIELDS, type GpuReading, parseGpuLine } from "./gpu-line.js";

/** How NVIDIA GPUs are read. */
export interface NvidiaSmiOptions {
  intervalMs: number;
  /** Time without a line after which it counts as hanging. Default: two intervals, and time for a driver that wakes many GPUs up. */
  silenceMs?: number;
  /** Told once, when GPUs are given up. */
  onTrouble: (reason: string) => void;
}

const WAKE_UP_MS = 20_000;
/** Runs in a row without a single line before GPUs are given up. */
const MOST_FAILURES = 3;
/** No line of it is as long; bounds what a program that is something else may fill our memory with. */
const MOST_LINE_CHARS = 10_000;

/**
 * Reads NVIDIA GPUs with one `nvidia-smi` that prints in a loop: starting it for every sample would cost more than all the rest. A machine
 * without it has no GPUs to read; one that fails or hangs is started again a few times and then given up. It ends with the run: we kill it,
 * and where we are killed, its next line meets a closed pipe.
 */
export class NvidiaSmi {
  private readonly options: NvidiaSmiOptions;
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isClosed = false;
  private fresh = new Map<string, GpuReading>();

  /** @param options - how to read */
  constructor(options: NvidiaSmiOptions) {
    this.options = options;
    this.start();
  }

  /** Pid of the program while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** @returns the newest reading of each GPU, of those that came since the last call */
  take(): GpuReading[] {
    const taken = [...this.fresh.values()];
    this.fresh.clear();
    return taken;
  }

  /** Ends the program. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.child?.kill("SIGKILL");
  }

  private start(): void {
    const { intervalMs } = this.options;
    const child = spawn(
      "nvidia-smi",
      [`--query-gpu=${GPU_FIELDS.join(",")}`, "--format=csv,noheader,nounits", `--loop-ms=${Math.round(intervalMs)}`],
      { stdio: ["ignore", "pipe", "ignore"], windowsHide: true },
    );
    this.child = child;
    child.unref();
    let rest = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (child !== this.child) return;
      const lines = (rest + text).split("\n");
      rest = lines.pop()?.slice(0, MOST_LINE_CHARS) ?? "";
      for (const line of lines) this.receive(parseGpuLine(line));
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      // Not there: a machine without NVIDIA GPUs.
      if (error.code === "ENOENT") this.close();
      else this.fail(child, error.message);
    });
    child.once("exit", (code, signal) => this.fail(child, `it ended with ${signal ?? `exit code ${code}`}`));
    this.expectLine();
  }

  private receive(reading: GpuReading | undefined): void {
    if (!reading) return;
    this.fresh.set(reading.index, reading);
    this.failures = 0;
    this.expectLine();
  }

  private expectLine(): void {
    const child = this.child as ChildProcess;
    const silenceMs = this.options.silenceMs ?? 2 * this.options.intervalMs + WAKE_UP_MS;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fail(child, `it said nothing for ${silenceMs / 1000} s`), silenceMs).unref();
  }

  private fail(child: ChildProcess, reason: string): void {
    if (this.isClosed || child !== this.child) return;
    clearTimeout(this.timer);
    this.child = undefined;
    child.kill("SIGKILL");
    this.failures += 1;
    if (this.failures < MOST_FAILURES) this.timer = setTimeout(() => this.restart(), this.options.intervalMs).unref();
    else this.giveUp(reason);
  }

  private restart(): void {
    try {
      this.start();
    } catch (error) {
      // Not one of the failures that Node reports by an event: no memory, say. The thread that ships must survive it.
      this.giveUp((error as Error).message);
    }
  }

  private giveUp(reason: string): void {
    this.options.onTrouble(`nvidia-smi gives no values (${reason}); this run has no GPU metrics from here on.`);
  }
}
