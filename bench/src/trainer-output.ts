import { readdirSync, readFileSync } from "node:fs";

const PARSERS = new URL("../../packages/sdk/src/console/parsers/", import.meta.url);
const BAR_EPOCHS = 40;
const BAR_STEPS = 500;
const TRACEBACKS = 500;
const EIGHTHS = [..." ▏▎▍▌▋▊▉"];

/** What workers of a data loader leave behind, with other numbers each time. */
const TRACEBACK = `Traceback (most recent call last):
  File "/opt/python/lib/python3.11/site-packages/torch/utils/data/_utils/worker.py", line 308, in _worker_loop
    data = fetcher.fetch(index)
           ^^^^^^^^^^^^^^^^^^^^
  File "/home/user/train/images.py", line 87, in __getitem__
    image = Image.open(self.paths[index]).convert("RGB")
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/opt/python/lib/python3.11/site-packages/PIL/Image.py", line 3305, in open
    raise UnidentifiedImageError(message)
PIL.UnidentifiedImageError: cannot identify image file '/data/train/n01440764/img_@.jpg'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/home/user/train/main.py", line 97, in train_epoch
    loss = criterion(model(x), y) / 0.5
RuntimeError: DataLoader worker (pid @) is killed by signal: Killed.
`;

/** @returns frames of tqdm's bar, redrawn for each step, with two values behind it */
export function progressBars(): string {
  const frames: string[] = [];
  for (let epoch = 0; epoch < BAR_EPOCHS; epoch += 1) {
    for (let step = 0; step <= BAR_STEPS; step += 1) frames.push(`\r${barFrame(epoch, step)}`);
    frames.push("\n");
  }
  return frames.join("");
}

function barFrame(epoch: number, step: number): string {
  const done = step / BAR_STEPS;
  const full = Math.floor(done * 20);
  const bar = `${"█".repeat(full)}${EIGHTHS[Math.floor(done * 160) % 8]}`.slice(0, 20).padEnd(20);
  const rate = 28 + 5 * Math.sin(step / 7 + epoch);
  const times = `${clock(step / rate)}<${clock((BAR_STEPS - step) / rate)}, ${rate.toFixed(2).padStart(5)}it/s`;
  const values = `loss=${(2 / (1 + epoch + done)).toFixed(3)}, acc=${(1 - 1 / (2 + epoch + done)).toFixed(4)}`;
  return `Epoch ${epoch}: ${String(Math.floor(done * 100)).padStart(3)}%|${bar}| ${step}/${BAR_STEPS} [${times}, ${values}]`;
}

function clock(seconds: number): string {
  return [seconds / 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":");
}

/** @returns tracebacks of Python, one behind the other */
export function tracebacks(): string {
  return Array.from({ length: TRACEBACKS }, (_, at) => TRACEBACK.replaceAll("@", String(1000 + ((at * 7919) % 90_000)))).join("\n");
}

/** @returns the output of all trainers that are fixtures of the parsers, one run behind the other */
export function manyTrainers(): string {
  const files = readdirSync(PARSERS, { recursive: true, encoding: "utf8" }).filter((file) => /fixtures\/\w+\.txt$/.test(file));
  return files.map((file) => `${readFileSync(new URL(file, PARSERS), "utf8")}\n`).join("");
}
