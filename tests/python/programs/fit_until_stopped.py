"""Trains for ever, or until the run is asked to stop: fit_until_stopped.py gluon|keras|lightning|transformers SCRATCH_FOLDER"""
import sys

from ava.train import base as train

FOR_EVER = 10 ** 7


def fit_gluon(train_ins, folder):
    import mxnet as mx
    from mxnet import gluon
    from mxnet.gluon.contrib.estimator import Estimator

    net = gluon.nn.Dense(1)
    net.initialize()
    data = gluon.data.DataLoader(gluon.data.ArrayDataset(mx.nd.ones((8, 2)), mx.nd.ones((8, 1))), 4)
    estimator = Estimator(net, gluon.loss.L2Loss(), train_metrics=[mx.metric.MSE()])
    estimator.logger.handlers = []
    estimator.fit(data, epochs=FOR_EVER, event_handlers=[train_ins.get_monitor_callback("gluon", batch_freq=100)])


def fit_keras(train_ins, folder):
    import keras
    import numpy as np

    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    callbacks = [train_ins.get_monitor_callback("keras", batch_freq=100)]
    # One endless epoch: the stop comes in the middle of it.
    batches = ((np.ones((4, 2)), np.ones((4, 1))) for _ in range(FOR_EVER))
    model.fit(batches, steps_per_epoch=FOR_EVER, verbose=0, callbacks=callbacks)


def fit_lightning(train_ins, folder):
    import torch
    import torch.distributed

    if torch.__version__.startswith("1.13"):
        torch.distributed.is_available = lambda: False  # As in lightning_fit.py.
    import lightning.pytorch as lightning

    class Model(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def training_step(self, batch, index):
            loss = self.layer(batch).pow(2).mean()
            self.log("loss", loss)
            return loss

        def configure_optimizers(self):
            return torch.optim.SGD(self.parameters(), lr=0.1)

    trainer = lightning.Trainer(
        max_epochs=-1,
        accelerator="cpu",
        callbacks=[train_ins.get_monitor_callback("lightning", batch_freq=100)],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
    )
    trainer.fit(Model(), torch.utils.data.DataLoader(torch.ones(400, 2), batch_size=4))


def fit_transformers(train_ins, folder):
    import torch
    from transformers import Trainer, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(2, 1)

        def forward(self, x=None, labels=None):
            return {"loss": (self.layer(x) - labels).pow(2).mean()}

    arguments = TrainingArguments(
        output_dir=folder,
        max_steps=FOR_EVER,
        logging_steps=100,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    data = [{"x": torch.ones(2), "labels": torch.ones(1)}] * 400
    Trainer(
        model=Model(), args=arguments, train_dataset=data, callbacks=[train_ins.get_monitor_callback("transformers")]
    ).train()


framework, folder = sys.argv[1:]
train_ins = train.TrainInstance()
globals()["fit_" + framework](train_ins, folder)
print("fit has returned: %s" % train_ins.stop_requested)
train_ins.done()
