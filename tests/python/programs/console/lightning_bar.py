"""Trains with Lightning's bar of tqdm: lightning_bar.py EVIDENCE_FOLDER."""
import sys

import torch
import torch.distributed

if torch.__version__.startswith("1.13"):
    # Debian's build of it cannot import its own sharding under Python 3.11. Lightning does without on machines without it.
    torch.distributed.is_available = lambda: False

import lightning.pytorch as lightning  # noqa: E402
from evidence import Evidence  # noqa: E402
from lightning.pytorch.callbacks import TQDMProgressBar  # noqa: E402

evidence = Evidence(sys.argv[1])
BATCHES = 6


class Model(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 1)

    def training_step(self, batch, index):
        loss = self.layer(batch[0]).pow(2).mean()
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, index):
        self.log("val_loss", self.layer(batch[0]).pow(2).mean(), prog_bar=True)

    def on_train_epoch_end(self):
        for name in "train_loss", "val_loss":
            value = self.trainer.callback_metrics[name].item()
            evidence.keep(name, (self.current_epoch + 1) * BATCHES, "%.3g" % value, self.current_epoch)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


lightning.seed_everything(7)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(24, 4)), batch_size=4)
options = {"logger": False, "enable_checkpointing": False, "accelerator": "cpu", "default_root_dir": sys.argv[1]}
trainer = lightning.Trainer(max_epochs=3, callbacks=[TQDMProgressBar(refresh_rate=1)], **options)
trainer.fit(Model(), data, data)
