"""Trains with Gluon: gluon_fit.py estimator|loop EVIDENCE_FOLDER. An independent handler, or the loop itself, writes points.jsonl."""
import io
import json
import os
import sys

import mxnet as mx
from mxnet import gluon
from mxnet.gluon.contrib.estimator import BatchEnd, CheckpointHandler, EpochEnd, Estimator

from ava.train import base as train

BATCH_SIZE, BATCHES, EPOCHS = 8, 6, 2

mode, folder = sys.argv[1:]
mx.random.seed(7)


def keep(name, step, epoch, value):
    with io.open(os.path.join(folder, "points.jsonl"), "a") as out:
        out.write(json.dumps({"name": name, "step": step, "epoch": epoch, "value": float(value)}) + "\n")


def value_of(metric):
    return metric.get()[1]


class Collect(BatchEnd, EpochEnd):
    """After the metrics and the validation (priority -1000), as every handler without a priority."""

    step = 0

    def batch_end(self, estimator, *args, **kwargs):
        self.step += 1
        if self.step % 2 == 0:
            accuracy, loss = estimator.train_metrics
            # The length of the first epoch is not known until it ends.
            epoch = 0 if self.step <= BATCHES else 1 + (self.step - BATCHES) / BATCHES
            keep("accuracy", self.step, epoch, value_of(accuracy))
            keep("loss", self.step, epoch, value_of(loss))
            keep("lr", self.step, epoch, 0.05)
            keep("samples", self.step, epoch, self.step * BATCH_SIZE)

    def epoch_end(self, estimator, *args, **kwargs):
        epoch = self.step / BATCHES
        for prefix, metrics in (("epoch", estimator.train_metrics), ("val", estimator.val_metrics)):
            keep(prefix + "/accuracy", self.step, epoch, value_of(metrics[0]))
            keep(prefix + "/loss", self.step, epoch, value_of(metrics[1]))


samples = mx.nd.random.uniform(shape=(BATCH_SIZE * BATCHES, 4))
data = gluon.data.DataLoader(gluon.data.ArrayDataset(samples, samples.argmax(axis=1)), BATCH_SIZE)
net = gluon.nn.Dense(4)
net.initialize()
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.05})
loss_of = gluon.loss.SoftmaxCrossEntropyLoss()
train_ins = train.TrainInstance()

if mode == "estimator":
    estimator = Estimator(net, loss_of, train_metrics=None, trainer=trainer)
    handlers = [
        Collect(),
        train_ins.get_monitor_callback("gluon", batch_freq=2, batch_size=BATCH_SIZE),
        CheckpointHandler(train_ins.get_snapshot_base_path(), model_prefix="net"),
        train_ins.get_epoch_end_callback("gluon"),
    ]
    estimator.fit(data, data, epochs=EPOCHS, event_handlers=handlers)
else:
    step = 0
    for epoch in range(EPOCHS):
        for x, y in data:
            with mx.autograd.record():
                loss = loss_of(net(x), y).mean()
            loss.backward()
            trainer.step(BATCH_SIZE)
            train_ins.log({"loss": loss, "lr": trainer.learning_rate}, step=step, epoch=epoch)
            keep("loss", step, epoch, loss.asscalar())
            keep("lr", step, epoch, 0.05)
            step += 1
train_ins.done()
