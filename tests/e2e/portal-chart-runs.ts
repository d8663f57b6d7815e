import type { Run } from "./portal-run.js";

/** 50 steps of which the first and three others have no finite loss; a validation every ten steps; two ranks; an epoch every ten steps. */
export async function feedSmall(run: Run): Promise<void> {
  run.facts();
  for (let step = 0; step < 50; step++) {
    const epoch = Math.floor(step / 10);
    run.points(step, [["train/loss", smallLoss(step)]], epoch);
    run.points(
      step,
      [
        ["signed", 25 - step],
        ["negative", -1 - step],
      ],
      epoch,
    );
    for (const rank of ["0", "1"]) run.points(step, [["speed", 10 + Number(rank) + step / 100, { rank }]], epoch);
    if (step % 10 === 9) run.points(step, [["val_loss", 2 / (step + 1)]], epoch);
  }
  run.points(0, [["no_epochs", 1]]);
  await run.send();
}

/** Training loss of "small" at a step. */
export function smallLoss(step: number): number {
  if (step === 0 || step === 20) return Number.NaN;
  return step === 30 ? Infinity : step === 31 ? -Infinity : 5 / (step + 1);
}

/** 40,000 steps with one spike that no picture may lose. */
export async function feedLong(run: Run): Promise<void> {
  run.facts();
  for (let step = 0; step < 40_000; step++) run.points(step, [["loss", step === 23_456 ? 99 : 1 + (step % 7) / 10]]);
  await run.send();
}
