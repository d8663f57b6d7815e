"""Trains with Lightning and its own logger, without a word of AVA: lightning_logs.py wandb|mlflow EVIDENCE. Writes what the logger was told to EVIDENCE/points.jsonl."""
import json
import os
import sys

import torch
import torch.distributed

if torch.__version__.startswith("1.13"):
    # Debian's build of it cannot import its own sharding under Python 3.11. Lightning does without on machines without it.
    torch.distributed.is_available = lambda: False

import lightning.pytorch as lightning  # noqa: E402
from lightning.pytorch.loggers import MLFlowLogger, WandbLogger  # noqa: E402
from lightning.pytorch.loggers.logger import Logger  # noqa: E402

tracker, folder = sys.argv[1:]
STEP = "trainer/global_step"


class Told(Logger):
    """Is told what the other logger is told."""

    name = version = "told"
    lines = 0

    def log_hyperparams(self, params, *args, **kwargs):
        pass

    def log_metrics(self, metrics, step):
        with open(os.path.join(folder, "points.jsonl"), "a") as out:
            for name, value in metrics.items():
                out.write(json.dumps({"name": name, "step": step, "value": float(value)}) + "\n")
            if tracker == "wandb":
                # Its logger logs the step as a metric, whose own place is the number of the line.
                out.write(json.dumps({"name": STEP, "step": self.lines, "value": step}) + "\n")
        self.lines += 1


class Model(lightning.LightningModule):
    def __init__(self, lr):
        super().__init__()
        self.save_hyperparameters()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("train/loss", loss, on_step=True, on_epoch=True)
        return loss

    def validation_step(self, batch, index):
        self.log("val/loss", self.layer(batch[0]).pow(2).mean())

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=self.hparams.lr)


torch.manual_seed(7)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(24, 4)), batch_size=4)
logger = WandbLogger(project="demo", name="fit", save_dir=folder) if tracker == "wandb" else MLFlowLogger("demo", run_name="fit")
trainer = lightning.Trainer(
    max_epochs=3, accelerator="cpu", logger=[logger, Told()], log_every_n_steps=2, enable_checkpointing=False, enable_progress_bar=False
)
trainer.fit(Model(0.125), data, data)
