"""Trains with Lightning: lightning_fit.py lightning.pytorch|pytorch_lightning EVIDENCE_FOLDER"""
import importlib
import io
import json
import os
import sys

import torch
import torch.distributed

if torch.__version__.startswith("1.13"):
    # Debian's build of it cannot import its own sharding under Python 3.11. Lightning does without on machines without it.
    torch.distributed.is_available = lambda: False

name, folder = sys.argv[1:]
lightning = importlib.import_module(name)
from ava.train import base as train  # noqa: E402

BATCHES, EPOCHS, EVERY = 6, 2, 2


def keep(name, step, epoch, value):
    with io.open(os.path.join(folder, "points.jsonl"), "a") as out:
        out.write(json.dumps({"name": name, "step": step, "epoch": epoch, "value": float(value)}) + "\n")


class Model(lightning.LightningModule):
    """Logs metrics of all kinds, and keeps what it logs."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)
        self.losses = []
        self.val_losses = []

    def training_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("train_loss", loss)
        self.log("both", loss, on_step=True, on_epoch=True)
        self.log("mean_loss", loss, on_step=False, on_epoch=True)
        self.losses.append(loss.item())
        step = self.current_epoch * BATCHES + index + 1
        if step % EVERY == 0:
            keep("train_loss", step, self.current_epoch, loss)
            keep("both_step", step, self.current_epoch, loss)
            keep("lr", step, self.current_epoch, 0.1)
        return loss

    def validation_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("val_loss", loss)
        if not self.trainer.sanity_checking:
            self.val_losses.append(loss.item())

    def on_train_epoch_end(self):
        torch.save(self.state_dict(), os.path.join(folder, "model-%d.pt" % (self.current_epoch + 1)))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


class Collect(lightning.Callback):
    """What Lightning itself says of an epoch: means of floats of 32 bits depend on how they are added."""

    def on_train_epoch_end(self, trainer, model):
        for key in ("both_epoch", "mean_loss"):
            value = trainer.callback_metrics[key].item()
            assert abs(value - sum(model.losses) / BATCHES) < 1e-6
            keep(key, trainer.global_step, trainer.current_epoch, value)
        model.losses = []

    def on_validation_end(self, trainer, model):
        if not trainer.sanity_checking:
            value = trainer.callback_metrics["val_loss"].item()
            assert abs(value - sum(model.val_losses) / BATCHES) < 1e-6
            keep("val_loss", trainer.global_step, trainer.current_epoch, value)
            model.val_losses = []


torch.manual_seed(7)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(BATCHES * 4, 4)), batch_size=4)
train_ins = train.TrainInstance()
callbacks = [
    Collect(),
    train_ins.get_monitor_callback("lightning", batch_freq=EVERY),
    train_ins.get_epoch_end_callback("lightning"),
]
trainer = lightning.Trainer(
    max_epochs=EPOCHS, accelerator="cpu", callbacks=callbacks, logger=False, enable_checkpointing=False, enable_progress_bar=False
)
trainer.fit(Model(), data, data)
train_ins.done()
