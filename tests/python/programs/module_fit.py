"""Trains with MXNet's Module.fit as a script of 2018 does.

    module_fit.py MODE EVIDENCE_FOLDER

What an independent callback sees goes to EVIDENCE_FOLDER/points.jsonl, the params after each epoch to params-N.npz. The last line on
stdout is a digest of the final params. Modes: plain (without ava), monitored, garbage (a metric that gives no number), broken (the
SDK's own log raises), interrupt (Ctrl-C in the second epoch).
"""
from __future__ import absolute_import, division, print_function

import hashlib
import io
import json
import logging
import os
import signal
import sys

import mxnet as mx
import numpy as np

BATCH_SIZE, BATCHES, EPOCHS, BATCH_FREQ = 10, 20, 3, 4
BASE_RATE, RATE_STEP, RATE_FACTOR = 0.1, 15, 0.5

mode, folder = sys.argv[1:]
logging.getLogger().setLevel(logging.INFO)
mx.random.seed(7)
np.random.seed(7)


class Garbage(mx.metric.EvalMetric):
    def __init__(self):
        super(Garbage, self).__init__("garbage")

    def update(self, labels, preds):
        pass

    def get(self):
        return ("garbage", "no number")


def network():
    data = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=16, name="fc1")
    data = mx.sym.FullyConnected(mx.sym.Activation(data, act_type="relu"), num_hidden=6, name="fc2")
    return mx.sym.SoftmaxOutput(data, name="softmax")


def collect_batch(param):
    if param.nbatch % BATCH_FREQ != 0:
        return
    step = param.epoch * BATCHES + param.nbatch
    names = {"accuracy": "val/accuracy", "cross-entropy": "loss"}
    points = dict((names.get(name, name), float(value)) for name, value in param.eval_metric.get_name_value())
    # FactorScheduler's definition, for the update that this batch was.
    points["lr"] = BASE_RATE * RATE_FACTOR ** (step // RATE_STEP)
    points["samples"] = step * BATCH_SIZE
    with open(os.path.join(folder, "points.jsonl"), "a") as out:
        for name in points:
            out.write(json.dumps({"name": name, "step": step, "epoch": param.epoch, "value": points[name]}) + "\n")


def collect_epoch(epoch, symbol, arg, aux):
    np.savez(os.path.join(folder, "params-%d.npz" % (epoch + 1)), **dict((name, arg[name].asnumpy()) for name in arg))


def interrupt(param):
    if param.epoch == 1 and param.nbatch == 5:
        os.kill(os.getpid(), signal.SIGINT)


def main():
    samples = np.random.rand(BATCH_SIZE * BATCHES, 8).astype("float32")
    labels = samples[:, :6].argmax(axis=1).astype("float32")
    train_data = mx.io.NDArrayIter(samples, labels, BATCH_SIZE, label_name="softmax_label")
    batch_end_cb, epoch_end_cb = [], []
    metric = mx.metric.create(["acc", "ce"])
    if mode != "plain":
        from ava.monitor import mxnet as mxnet_monitor
        from ava.train import base as train

        train_ins = train.TrainInstance()
        if mode == "broken":
            train_ins.log = None
        metric = mxnet_monitor.full_mxnet_metrics()
        snapshot_prefix = os.path.join(train_ins.get_snapshot_base_path(), "snapshot")
        labels_file = os.path.join(folder, "labels.txt")
        with io.open(labels_file, "w") as out:
            out.write(u"a\nb\n")
        batch_end_cb = train_ins.get_monitor_callback("mxnet", batch_size=BATCH_SIZE, batch_freq=BATCH_FREQ)
    if mode in ("monitored", "interrupt"):
        epoch_end_cb = [
            mx.callback.do_checkpoint(snapshot_prefix, 1),
            train_ins.get_epoch_end_callback(
                "mxnet", batch_of_epoch=BATCHES, epoch_interval=1, other_files=[labels_file]
            ),
            collect_epoch,
        ]
        batch_end_cb.insert(0, collect_batch)
    if mode == "garbage":
        metric.add(Garbage())
    if mode == "interrupt":
        batch_end_cb.append(interrupt)
    train_config = {
        "num_epoch": EPOCHS,
        "optimizer": "sgd",
        "optimizer_params": {
            "learning_rate": BASE_RATE,
            "lr_scheduler": mx.lr_scheduler.FactorScheduler(step=RATE_STEP, factor=RATE_FACTOR),
        },
        "initializer": mx.init.Xavier(),
        "eval_metric": metric,
        "epoch_end_callback": epoch_end_cb,
        "batch_end_callback": batch_end_cb,
    }
    module = mx.mod.Module(symbol=network(), context=mx.cpu())
    module.fit(train_data, **train_config)
    if mode != "plain":
        train_ins.done()
    arg, _ = module.get_params()
    print(hashlib.sha1(b"".join(arg[name].asnumpy().tobytes() for name in sorted(arg))).hexdigest())


main()
