import { describe, expect, it } from "vitest";
import { readMetrics } from "../../../testing/console-corpus/read.js";
import { MetricReader } from "../metric-reader.js";
import type { ParsedItem } from "../parser.js";
import { createParsers } from "../registry.js";

function read(text: string): ParsedItem[] {
  const reader = new MetricReader(createParsers({ parser: "generic" }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  return [...reader.write(Buffer.from(`${text}\n`)), ...reader.end()];
}

/** `name=value` of each metric, and behind it the counters, phase and label where they differ from those of the one before. */
function brief(text: string): string {
  let last = "";
  return read(text)
    .map((item) => {
      const { name, value, line: _line, labels, ...place } = item as unknown as Record<string, unknown>;
      const stated = Object.entries({ ...place, ...(labels as object) }).map(([key, one]) => `${key} ${String(one)}`);
      const where = stated.length === 0 ? "" : ` (${stated.join(", ")})`;
      const told = where === last ? "" : where;
      last = where;
      return `${String(name)}=${String(value)}${told}`;
    })
    .join(" ");
}

describe("reads", () => {
  it.each([
    ["ERR: 0.05", "err=0.05"],
    ["Epoch [2/5], Step [100/600], Loss: 2.2023", "loss=2.2023 (epoch 2, batch 100, total 600)"],
    [
      "step 300/1000 | loss 3.25 (-1.03z)| norm 1.5 (+0.30z)| lr 3.0e-04 | 150.5 ms | 3500 tok/s",
      "loss=3.25 (step 300, total 1000) norm=1.5 lr=0.0003",
    ],
    ["[Epoch 3/200] [Batch 10/938] [D loss: 0.693] [G loss: 0.712]", "d_loss=0.693 (epoch 3, batch 10, total 938) g_loss=0.712"],
    ["[0/5][10/1583]\tLoss_D: 1.75\tD(x): 0.53", "loss_d=1.75 (epoch 0, batch 10, total 1583) d(x)=0.53"],
    ["[2,  4000] loss: 1.25", "loss=1.25 (epoch 2, batch 4000)"],
    ["Train Epoch: 3 [640/6000 (11%)]\tLoss: 0.25", "train/loss=0.25 (epoch 3, batch 640, total 6000, phase train)"],
    ["epoch 4: train loss 0.5, val loss 0.75", "train/loss=0.5 (epoch 4, phase train) val/loss=0.75 (epoch 4, phase val)"],
    ["2024-05-06 07:08:09,123 epoch 1 - iter 5/50 - loss 3.5 - lr: 0.1", "loss=3.5 (epoch 1, batch 5, total 50) lr=0.1"],
    ["[7]\tholdout-auc:0.75\ttrain-auc:0.875", "holdout/auc=0.75 (step 7) train/auc=0.875 (step 7, phase train)"],
    ["{'loss': '0.5', 'grad_norm': '1.25', 'epoch': '0.5'}", "loss=0.5 (epoch 0.5) grad_norm=1.25"],
    ['{"mode": "train", "epoch": 1, "step": 50, "loss": 1.125}', "loss=1.125 (step 50, epoch 1, phase train)"],
    ["Epoch 1:  50%|█████     | 5/10 [00:01<00:01,  4.5it/s, loss=0.5, v_num=3]", "loss=0.5 (epoch 1, batch 5, total 10)"],
    ["loss: 0.5, acc: 0.25 ||: 100%|####| 10/10 [00:10<00:00, 1.0it/s]", "loss=0.5 (batch 10, total 10) acc=0.25"],
    ["Eval num_timesteps=500, episode_reward=70.00 +/- 12.5", "eval/episode_reward=70 (step 500, phase val) eval/episode_reward/std=12.5"],
    ["Time 0.5 ( 0.25)\tLoss 6.5e+00 (6.75e+00)", "time=0.5 time/avg=0.25 loss=6.5 loss/avg=6.75"],
    ["epoch 1 loss: 0,512 acc: 0,91", "loss=0.512 (epoch 1) acc=0.91"],
    ["epoch 1 loss 0,512 acc 91,5 %", "loss=0.512 (epoch 1) acc=91.5"],
    ["After 100 iterations, the loss is 0.25 and the accuracy is 80%.", "loss=0.25 (step 100) accuracy=80"],
    ["after 3 epochs loss=0.5", "loss=0.5 (epoch 3)"],
    ["LOSS train 0.5 valid 0.75", "train/loss=0.5 (phase train) valid/loss=0.75 (phase val)"],
    ["Iteration 7: the loss is 0.25 and the accuracy is 80%.", "loss=0.25 (step 7) accuracy=80"],
    ["step 10 | loss 2,5e-3 | lr 1e-4", "loss=0.0025 (step 10) lr=0.0001"],
    ["step 10 loss 0.5 speed 3.4k tok/s time 12ms", "loss=0.5 (step 10) speed=3.4 time=12"],
    ["step 10: loss 1,234.5 tokens 1,024,000", "loss=1234.5 (step 10) tokens=1024000"],
    ["Epoch 1/20 | loss: 0.69 | acc: 50.25% | time: 12.5s", "loss=0.69 (epoch 1, total 20) acc=50.25 time=12.5"],
    ["Epoch 1 acc: 50% | loss: 12.5 | top5 88.2% | f1 0.5", "acc=50 (epoch 1) loss=12.5 top5=88.2 f1=0.5"],
    ["第1轮 | 准确率: 50.25% | 损失: 0.5", "准确率=50.25 (epoch 1) 损失=0.5"],
    ["Epoch 1: 45% | loss: 0.5", "loss=0.5 (epoch 1)"],
    ["Training: 45% | loss: 0.5 | ETA: 00:10", "loss=0.5"],
    [
      '{"epoch": 5, "train": {"loss": 0.2, "acc": 0.9}, "valid": {"loss": 0.3}, "lr": 0.1}',
      "train/loss=0.2 (epoch 5, phase train) train/acc=0.9 valid/loss=0.3 (epoch 5, phase val) lr=0.1 (epoch 5)",
    ],
    ["Epoch 1 | loss: 0.5 (avg: 0.6) | acc=0.8 (avg 0.75)", "loss=0.5 (epoch 1) loss/avg=0.6 acc=0.8 acc/avg=0.75"],
    ["第1轮 损失：0.5（平均 0.6）", "损失=0.5 (epoch 1) 损失/avg=0.6"],
    ["epoch 1 loss nan acc 0.5", "loss=NaN (epoch 1) acc=0.5"],
    ["epoch 1 loss nan acc -nan", "loss=NaN (epoch 1) acc=NaN"],
    ["step 3 loss inf lr 0.1", "loss=Infinity (step 3) lr=0.1"],
    ["iter 3: loss nan, lr inf", "loss=NaN (step 3) lr=Infinity"],
    ["[default3]:step 10 loss: 0.5", "loss=0.5 (step 10, rank 3)"],
    ["[1,2]<stdout>:step 10 loss: 0.5", "loss=0.5 (step 10, rank 2)"],
    ['{"ts": 1700000000.5, "step": 20, "loss": 0.5}', "loss=0.5 (step 20)"],
    ["step=10, lr=[0.5, 0.25]", "lr=0.5 (step 10) lr/1=0.25"],
    ["recall@thr=0.5: 0.375 loss: 1.5", "recall@thr=0.5=0.375 loss=1.5"],
    ["[2]<stderr>:step 10 loss: 0.5", "loss=0.5 (step 10, rank 2)"],
    [" 0: step 10 loss: 0.5", "loss=0.5 (step 10, rank 0)"],
    ["12: 2026-03-04 13:05:09 INFO step 10 loss: 0.5", "loss=0.5 (step 10, rank 12)"],
    ["3: Epoch 2/10 loss: 0.5", "loss=0.5 (epoch 2, total 10, rank 3)"],
    ["[1] step 10 loss: 0.5", "loss=0.5 (step 10, rank 1)"],
    ["[1]:iter 10 loss: 0.5", "loss=0.5 (step 10, rank 1)"],
    ["(rank 3) step 10 loss: 0.5", "loss=0.5 (step 10, rank 3)"],
    ["rank=2 epoch=1 loss=0.5", "loss=0.5 (epoch 1, rank 2)"],
    ["[10:00:00] [Rank 1] step 10 loss 0.5", "loss=0.5 (step 10, rank 1)"],
    ["step 10 loss 0.5 rank 4", "loss=0.5 (step 10, rank 4)"],
    ["epoch 2 | Mean Rank: 12 | MRR: 0.5", "mean_rank=12 (epoch 2) mrr=0.5"],
    ["[GPU3] epoch 2 | loss: 0.5", "loss=0.5 (epoch 2, rank 3)"],
    ["epoch 2 rank-1: 70.5% loss: 0.5", "rank-1=70.5 (epoch 2) loss=0.5"],
    ["step 10: loss 1.234,5 lr 0,5", "loss=1234.5 (step 10) lr=0.5"],
    ["第 3 轮（共 10 轮），损失：０.５", "损失=0.5 (epoch 3, total 10)"],
    ["第3轮 第 20/100 批 损失0.5", "损失=0.5 (epoch 3, batch 20, total 100)"],
    ["Epoch3/10 loss 0.5", "loss=0.5 (epoch 3, total 10)"],
    ["test loss: 0.5, acc: 0.75, lr: 0.1", "test/loss=0.5 (phase test) test/acc=0.75 lr=0.1"],
    ["12, loss 0.5", "loss=0.5 (step 12)"],
    ["iter 3 | rew 12.5 (std 2.25) | acc 0.75 (±0.25)", "rew=12.5 (step 3) rew/std=2.25 acc=0.75 acc/std=0.25"],
    ["Epoch 1, batch_size=32, n_samples=50000, loss=0.5", "loss=0.5 (epoch 1)"],
    ["[1200 steps] avg loss 2.5", "avg_loss=2.5 (step 1200)"],
    ["MRR 0.5 | MR 212.5 | H@1 0.25", "mrr=0.5 mr=212.5 h@1=0.25"],
    ["Episode 12 | Avg(100): 31.5", "avg(100)=31.5 (step 12)"],
    ['[1] "Iteration 100 : RMSE 0.5"', "rmse=0.5 (step 100)"],
    ["27/50000: episode: 1, mean reward: 1.5", "mean_reward=1.5 (step 27, total 50000)"],
    ["  12 4.25 s run, 11.5 loss, 0.25 LR, 64.5 GB used", "loss=11.5 (step 12) lr=0.25"],
    ["3: node004 error 0.0", "error=0 (rank 3)"],
    ["Epoch 3 ['loss', 'acc'] [0.5, 0.75]", "loss=0.5 (epoch 3) acc=0.75"],
    ["Test: [loss, acc]: [0.5, 0.75]", "test/loss=0.5 (phase test) test/acc=0.75"],
    [
      "[I 2025-01-01 10:00:04,101] Trial 2 finished with value: 0.5 and parameters: {'lr': 0.25}. Best is trial 0 with value: 0.75.",
      "value=0.5 (step 2)",
    ],
    ["val auc: 0.5, new node val auc: 0.75", "val/auc=0.5 (phase val) new_node_val_auc=0.75"],
    ["Episode 3\tScore: 12.00\tTime: 0:1:12", "score=12 (step 3)"],
    ["Stage: 2 Global Iteration: 550 Stage Iteration: 50 loss: 0.5", "loss=0.5 (step 550)"],
  ])("%s", (text, expected) => {
    expect(brief(`${text}\n`)).toBe(expected);
  });

  it("each rank keeps its own epoch and step", () => {
    const text = [
      "[rank0]: Epoch 1",
      "[rank1]: Epoch 1",
      "[rank0]: loss 0.5",
      "[rank0]: Epoch 2",
      "[rank1]: loss 0.25",
      "[rank0]: loss 0.125",
    ];
    expect(brief(text.join("\n"))).toBe("loss=0.5 (epoch 1, rank 0) loss=0.25 (epoch 1, rank 1) loss=0.125 (epoch 2, rank 0)");
  });

  it("a rank that prints no epochs is in that of the others", () => {
    const text = [
      "[rank1]: step 10 loss 0.5",
      "[rank0]: Epoch 4",
      "[rank1]: step 20 loss 0.25",
      "[rank0]: loss 0.125",
      "[rank2]: loss 0.75",
    ];
    expect(brief(text.join("\n"))).toBe(
      "loss=0.5 (step 10, rank 1) loss=0.25 (step 20, epoch 4, rank 1) loss=0.125 (epoch 4, rank 0) loss=0.75 (step 20, epoch 4, rank 2)",
    );
  });

  it("numbers of episodes in front of bars are not taken for ranks", () => {
    const items = read("episode-12 | reward: 5.5\nepisode-13 | reward: 6.5\n");
    expect(items.map((item) => "name" in item && item.labels)).toEqual([undefined, undefined]);
  });

  it.each([
    ["trainer-1  | step 10 loss: 0.5\ntrainer-2  | step 10 loss: 0.25\n", "2"],
    ["trainer_1   | Epoch 3 loss: 0.5\ntrainer_10  | Epoch 3 loss: 0.25\n", "10"],
    ["trainer-1 | step 10 loss: 0.5\nevaluator-1 | step 10 loss: 0.25\n", "evaluator-1"],
    ["[pod/trainer-0/main] step 10 loss: 0.5\n[pod/trainer-1/main] step 10 loss: 0.25\n", "1"],
    ["trainer-0 main step 10 loss: 0.5\ntrainer-1 main step 10 loss: 0.25\n", "1"],
    ["10.0.0.3: step 10 loss: 0.5\n10.0.0.4: step 10 loss: 0.25\n", "4"],
    ["Nov 29 18:00:01 gpu01 train[7]: step 10 loss: 0.5\nNov 29 18:00:01 gpu02 train[9]: step 10 loss: 0.25\n", "02"],
  ])("%j: the second program has a rank", (text, rank) => {
    const again = [...read(text), ...read(text + text).slice(2)];
    expect(again.map((item) => ("name" in item ? [item.value, item.labels?.["rank"]] : item))).toEqual([
      [0.5, undefined],
      [0.25, rank],
      [0.5, undefined],
      [0.25, rank],
    ]);
  });

  it.each([
    ["bars", "| step | loss |\n|------|------|\n| 10   | 0.5  |\n| 20   | 0.25 |\n", "loss=0.5 (step 10) loss=0.25 (step 20)"],
    ["a drawn border", "┃ step ┃ loss ┃\n┡━━━━━━╇━━━━━━┩\n│ 10   │ 0.5  │\n", "loss=0.5 (step 10)"],
    ["phases for columns", "iter  train  test\n100   0.5    0.75\n", "train=0.5 (step 100, phase train) test=0.75 (step 100, phase test)"],
    [
      "names one blank apart",
      "iter  train_loss test_loss\n100   0.5        0.75\n",
      "train_loss=0.5 (step 100, phase train) test_loss=0.75 (step 100, phase test)",
    ],
  ])("a small table with %s", (_, text, expected) => {
    expect(brief(text)).toBe(expected);
  });

  it("tables below their header, until another comes", () => {
    expect(brief("epoch  train_loss  acc   time\n0      0.5         0.75  00:03\n\n1      0.25        0.875 00:03\n")).toBe(
      "train_loss=0.5 (epoch 0, phase train) acc=0.75 (epoch 0) train_loss=0.25 (epoch 1, phase train) acc=0.875 (epoch 1)",
    );
  });

  it.each([
    "epoch,loss,acc\n0,0.5,0.75\n",
    "Epoch Loss Acc\n0 0.5 0.75\n",
    "epoch;loss;acc\n0;0,5;0,75\n",
    '"epoch";"loss";"acc"\n0;0.5;0.75\n',
  ])("a table whose header has no digits and no wide gaps: %j", (text) => {
    expect(brief(text)).toBe("loss=0.5 (epoch 0) acc=0.75");
  });

  it("boxes with the step that stands among their rows", () => {
    const box = ["-----", "| rollout/ | |", "|   ep_rew_mean | 22.5 |", "| time/ | |", "|   total_timesteps | 256 |", "-----"].join("\n");
    expect(brief(`${box}\n`)).toBe("rollout/ep_rew_mean=22.5 (step 256)");
  });

  it("a heading's epoch for the lines below it", () => {
    expect(brief("Epoch 2/3\n 1/12 [=>....] - ETA: 0s - loss: 2.5 - val_loss: 3.5\n")).toBe(
      "loss=2.5 (epoch 2, batch 1, total 12) val_loss=3.5 (epoch 2, batch 1, total 12, phase val)",
    );
  });

  it("steps that start again with the epoch as batches, and others as steps of the run", () => {
    const lines = (steps: [number, number][]) => brief(steps.map(([epoch, step]) => `epoch ${epoch} step ${step} loss 0.5\n`).join(""));
    expect(lines([[0, 10], [0, 20], [1, 10]])).toContain("loss=0.5 (epoch 1, batch 10)"); // biome-ignore format: one list
    expect(lines([[0, 10], [0, 20], [1, 30]])).toContain("loss=0.5 (step 30, epoch 1)"); // biome-ignore format: one list
  });

  it("a value once where frames of a line repeat it", () => {
    expect(read("1/2 [=] - loss: 0.5\r1/2 [=] - loss: 0.5\r2/2 [=] - loss: 0.25\n")).toHaveLength(2);
  });
});

it("reads the first line of a file in UTF-16, as PowerShell writes them, and of one with a byte order mark", () => {
  const text = "\ufeffEpoch 1: loss 0.5\nEpoch 2: loss 0.25\n";
  for (const encoding of ["utf16le", "utf8"] as const)
    expect(readMetrics(Buffer.from(text, encoding), "auto")).toEqual([
      { name: "loss", value: 0.5, epoch: 1, line: 1 },
      { name: "loss", value: 0.25, epoch: 2, line: 2 },
    ]);
});

describe("reads nothing of", () => {
  it.each([
    "Namespace(batch_size=128, lr=0.4, momentum=0.9, loss='mse', smoothing=0.1)",
    "optimizer: AdamW(lr=0.001, betas=(0.9, 0.999), weight_decay=0.01)",
    "  hidden_size ..................................... 7168",
    'Traceback (most recent call last):\n  File "train.py", line 123, in loss\n    loss = 3',
    "number of parameters: 117814100",
    "train: 4000\nvalidation: 440",
    "torch version 2.1.0, cuda 12.1",
    "Saving model to runs/epoch=10-step=200-val_loss=0.24.ckpt",
    "Epoch 00002: loss improved from 0.29 to 0.21, saving model to weights.02-0.21.hdf5",
    "Epochs: 10, batch size: 32, learning rate: 0.01",
    "ETA: 0:10:12, elapsed: 12.5s",
    "Learning Rate: 0.001, Momentum: 0.9, Decay: 0.0005",
    "| Name | Type | Params |\n| fc | Linear | 9 |",
    "connected to 10.0.0.1:8080 in 0.5 s",
    "Step 1/5 : FROM ubuntu:20.04",
    '10.0.0.1 - - [29/Nov/2026:12:33:01 +0000] "GET /loss?x=1&step=3 HTTP/1.1" 200 12',
    "After 3 epochs without a better loss: stopped",
    "loss\u0001\ufffd: 0.5",
    "FAILED (errors=1, failures=2)",
    "[1.5, 0.25, 3.5, 100, 0.001]",
    "批次大小：64，学习率：0.001",
    "lora rank: 8",
    "默认值：0.5，像素值：128",
    "共 60000 个样本，类别数：10",
    "fix loss 0.5 -> 0.4",
    "loss_scale ........ 12.0",
  ])("%s", (text) => {
    expect(read(`${text}\n`)).toEqual([]);
  });
});
