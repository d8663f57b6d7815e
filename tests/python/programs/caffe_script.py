"""A script around Caffe that ends its instance itself: on a signal, when Caffe fails, or when all is well."""
from __future__ import print_function

import signal
import sys

from ava.train import base as train
from ava.utils import cmd

train_ins = None
proc = None


def on_signal(number, frame):
    if train_ins is not None:
        train_ins.done(err_msg="stopped by signal %d" % number)
    if proc is not None:
        proc.kill()
    sys.exit(3)


signal.signal(signal.SIGTERM, on_signal)
signal.signal(signal.SIGINT, on_signal)
try:
    train_ins = train.TrainInstance()
    proc = cmd.startproc(["caffe", "train", "-solver", "solver.prototxt"])
    hooks = [
        train_ins.get_monitor_callback("caffe", batch_of_epoch=100),
        train_ins.get_epoch_end_callback("caffe"),
        lambda line: "Iteration 500," in line and print("half way", flush=True) if sys.version_info[0] > 2 else None,
    ]
    if hooks[1] is not None:
        sys.exit("without batch_of_epoch there is no callback")
    cmd.logproc(proc, [hook for hook in hooks if hook is not None])
    exit_code = proc.wait()
    if exit_code != 0:
        raise RuntimeError("caffe ended with %d" % exit_code)
    train_ins.done()
except Exception as error:
    if train_ins is not None:
        train_ins.done(err_msg=str(error))
    sys.exit(4)
