"""A plain training loop with PyTorch: pytorch_loop.py EVIDENCE_FOLDER"""
import io
import json
import os
import sys

import torch
from ava.train import base as train

BATCHES, EPOCHS, LOG_EVERY = 6, 2, 2

folder = sys.argv[1]
torch.manual_seed(7)


def keep(name, step, value):
    point = {"name": name, "step": step, "epoch": step / BATCHES, "value": float(value)}
    with io.open(os.path.join(folder, "points.jsonl"), "a") as out:
        out.write(json.dumps(point) + "\n")


class Watched(torch.Tensor):
    """Counts how often its value is asked for: on a GPU each of these waits for the device."""

    reads = 0

    def item(self):
        Watched.reads += 1
        return super().item()


model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(8, 1))
optimizer = torch.optim.SGD([{"params": model[0].parameters()}, {"params": model[1].parameters(), "lr": 0.01}], lr=0.1)
train_ins = train.TrainInstance()
monitor = train_ins.get_monitor_callback(
    "pytorch", model=model, optimizer=optimizer, log_every=LOG_EVERY, grad_norm=True, batch_of_epoch=BATCHES
)
epoch_end = train_ins.get_epoch_end_callback("pytorch", model=model, optimizer=optimizer, batch_of_epoch=BATCHES)
step = 0
for epoch in range(EPOCHS):
    for _ in range(BATCHES):
        optimizer.zero_grad()
        loss = model(torch.randn(8, 4)).pow(2).mean()
        loss.backward()
        optimizer.step()
        monitor(loss.detach().as_subclass(Watched), accuracy=0.5)
        step += 1
        if step % LOG_EVERY == 0:
            norm = torch.nn.utils.clip_grad_norm_(model.parameters(), float("inf"))
            values = {"loss": loss.item(), "accuracy": 0.5, "lr": 0.1, "lr/1": 0.01, "grad_norm": norm.item()}
            for name in values:
                keep(name, step, values[name])
    path = epoch_end(epoch)
    torch.save(model.state_dict(), os.path.join(folder, "model-%d.pt" % (epoch + 1)))
print(json.dumps({"reads": Watched.reads, "path": os.path.basename(path), "stop": monitor.stop_requested}))
train_ins.done()
