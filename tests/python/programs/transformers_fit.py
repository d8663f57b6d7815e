"""Trains with Hugging Face's Trainer: transformers_fit.py EVIDENCE_FOLDER"""
import io
import json
import os
import sys

import torch
from ava.train import base as train
from transformers import Trainer, TrainerCallback, TrainingArguments

folder = sys.argv[1]


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def forward(self, x=None, labels=None):
        output = self.layer(x)
        return {"loss": (output - labels).pow(2).mean(), "logits": output}


class Collect(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **kwargs):
        with io.open(os.path.join(folder, "points.jsonl"), "a") as out:
            for name in logs:
                if name != "epoch":
                    point = {"name": name, "step": state.global_step, "epoch": logs["epoch"], "value": logs[name]}
                    out.write(json.dumps(point) + "\n")

    def on_save(self, args, state, control, model=None, **kwargs):
        torch.save(model.state_dict(), os.path.join(folder, "model-%d.pt" % state.global_step))


torch.manual_seed(7)
data = [{"x": torch.randn(4), "labels": torch.randn(1)} for _ in range(24)]
train_ins = train.TrainInstance()
callbacks = [Collect(), train_ins.get_monitor_callback("transformers"), train_ins.get_epoch_end_callback("transformers")]
known = TrainingArguments.__dataclass_fields__
options = {"eval_strategy" if "eval_strategy" in known else "evaluation_strategy": "epoch"}
if "save_safetensors" in known:
    options["save_safetensors"] = False
arguments = TrainingArguments(
    output_dir=os.path.join(folder, "trainer"),
    num_train_epochs=2,
    per_device_train_batch_size=4,
    logging_steps=2,
    save_strategy="epoch",
    # Older checkpoints are deleted while they may still wait for their upload.
    save_total_limit=1,
    report_to=[],
    disable_tqdm=True,
    use_cpu=True,
    **options
)
Trainer(model=Model(), args=arguments, train_dataset=data, eval_dataset=data, callbacks=callbacks).train()
train_ins.done()
