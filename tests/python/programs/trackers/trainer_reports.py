"""Trains with Hugging Face's Trainer and report_to, without a word of AVA: trainer_reports.py wandb|mlflow EVIDENCE. Writes what was logged to EVIDENCE/points.jsonl."""
import json
import os
import sys

import torch
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.integrations.integration_utils import rewrite_logs

tracker, folder = sys.argv[1:]
STEP = "train/global_step"
# What the Trainer tells of the whole training goes to wandb's summary, not to its history.
WHOLE = ["train_runtime", "train_samples_per_second", "train_steps_per_second", "total_flos", "train_loss"]


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x=None, labels=None):
        output = self.layer(x)
        return {"loss": (output - labels).pow(2).mean(), "logits": output}


class Collect(TrainerCallback):
    lines = 0

    def on_log(self, args, state, control, logs=None, **kwargs):
        told = dict(logs)
        if tracker == "wandb":
            told = rewrite_logs({name: value for name, value in logs.items() if name not in WHOLE})
        with open(os.path.join(folder, "points.jsonl"), "a") as out:
            for name, value in told.items():
                out.write(json.dumps({"name": name, "step": state.global_step, "value": value}) + "\n")
            if tracker == "wandb":
                # The step is logged as a metric, whose own place is the number of the line.
                out.write(json.dumps({"name": STEP, "step": self.lines, "value": state.global_step}) + "\n")
        self.lines += 1


torch.manual_seed(7)
data = [{"x": torch.randn(4), "labels": torch.randn(1)} for _ in range(24)]
arguments = TrainingArguments(
    output_dir=os.path.join(folder, "trainer"),
    run_name="fit",
    num_train_epochs=3,
    per_device_train_batch_size=4,
    learning_rate=0.125,
    logging_steps=2,
    eval_strategy="epoch",
    save_strategy="no",
    report_to=[tracker],
    disable_tqdm=True,
    use_cpu=True,
)
Trainer(model=Model(), args=arguments, train_dataset=data, eval_dataset=data, callbacks=[Collect()]).train()
