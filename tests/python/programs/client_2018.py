"""Does what a script of 2018 does, with the ava-sdk of that time.

    client_2018.py WORKSPACE caffe LOG_FILE | mxnet EVIDENCE_FOLDER | join INSTANCE_ID

The last line on stdout is the id of the instance.
"""
from __future__ import absolute_import, print_function

import gc
import logging
import os
import sys
import time

from ava.env import environment

workspace, mode, argument = sys.argv[1:]
environment.Environment(workdir=workspace)

from ava.monitor.probe import probe  # noqa: E402
from ava.train import base as train  # noqa: E402


class Reports(logging.Handler):
    """Counts what the client says of its reports."""

    taken = given_up = 0

    def emit(self, record):
        self.taken += record.getMessage().startswith("upload metric_list succ")
        self.given_up += "failed after" in record.getMessage()


def wait_for_reports():
    """The client reports in a daemon thread, which ends with the script; a training of hours does not notice."""
    deadline = time.time() + 60
    probes = [found for found in gc.get_objects() if isinstance(found, probe.Probe)]
    while reports.taken < sum(found.metric_queue.unfinished_tasks for found in probes):
        assert reports.given_up == 0 and time.time() < deadline, "reports were not taken"
        time.sleep(0.01)


def write_model(train_ins, step):
    with open(os.path.join(train_ins.get_snapshot_base_path(), "lenet_iter_%d.caffemodel" % step), "w") as out:
        out.write("weights of step %d\n" % step)


def train_caffe(train_ins, log_file):
    callbacks = [
        train_ins.get_monitor_callback("caffe"),
        train_ins.get_epoch_end_callback("caffe", batch_of_epoch=100),
    ]
    write_model(train_ins, 100)
    with open(log_file) as lines:
        for line in lines:
            callbacks[0](line)
            if "Snapshotting" in line and "solverstate" in line:
                callbacks[1](line)
    wait_for_reports()
    custom = os.path.join(workspace, "custom.bin")
    with open(custom, "w") as out:
        out.write("weights")
    assert train_ins.upload_custom_model([custom], "digits-custom", "custom/model.tar.gz") is None
    upload_logs(train_ins)
    assert train_ins.api_cli.update_eval_result("eval-1", {"scoreFile": "qiniu://x", "metric": {"top1": 0.5}}) is None


def upload_logs(train_ins):
    """The client compares hashes, and its logger writes to the file in a thread: it must have come to rest."""
    logging.getLogger().setLevel(logging.WARNING)
    deadline = time.time() + 60
    while train_ins.upload_logs() is not None:
        assert time.time() < deadline, "the log was not stored"
        time.sleep(0.05)
    logging.getLogger().setLevel(logging.DEBUG)


def train_mxnet(train_ins, evidence):
    import json

    import mxnet as mx
    import numpy as np
    from ava.monitor import mxnet as monitor

    batch_size, batches, frequency = 10, 20, 4
    mx.random.seed(7)
    np.random.seed(7)
    data, label = np.random.rand(batch_size * batches, 8), np.random.randint(0, 6, batch_size * batches)

    def collect(param):
        if param.nbatch % frequency == 0:
            names = {"accuracy": "val/accuracy", "cross-entropy": "loss"}
            with open(os.path.join(evidence, "points.jsonl"), "a") as out:
                for name, value in param.eval_metric.get_name_value():
                    if name in names:
                        point = {"name": names[name], "step": param.epoch * batches + param.nbatch, "epoch": param.epoch, "value": value}
                        out.write(json.dumps(point) + "\n")

    net = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=6), name="softmax")
    module = mx.mod.Module(net, context=mx.cpu())
    callbacks = [collect] + train_ins.get_monitor_callback("mxnet", batch_size=batch_size, batch_freq=frequency)
    module.fit(
        mx.io.NDArrayIter(data, label, batch_size),
        eval_metric=monitor.full_mxnet_metrics(),
        batch_end_callback=callbacks,
        num_epoch=2,
    )
    wait_for_reports()


train_ins = train.TrainInstance(training_ins_id=argument if mode == "join" else None)
reports = Reports()
logging.getLogger().addHandler(reports)
if mode == "caffe":
    train_caffe(train_ins, argument)
elif mode == "mxnet":
    train_mxnet(train_ins, argument)
train_ins.done(err_msg="out of memory" if mode == "join" else "")
print(train_ins.get_training_ins_id())
