# -*- coding: utf-8 -*-
"""The seed document's example for Caffe, with the two slips of its text put right (logger, self). Arguments:
solver, batches of an epoch."""
from __future__ import print_function

import os
import sys

from ava.log.logger import logger
from ava.train import base as train
from ava.utils import cmd


def main():
    train_ins = train.TrainInstance()
    fixed_solver = sys.argv[1]
    train_args = ["caffe", "train", "-solver", fixed_solver]
    proc = cmd.startproc(train_args)
    logger.info("Started %s", proc)
    cmd.logproc(proc, [
        train_ins.get_monitor_callback("caffe"),
        train_ins.get_epoch_end_callback("caffe",
                                         batch_of_epoch=int(sys.argv[2]),
                                         other_files=[])
    ])
    exit_code = proc.wait()
    logger.info("Finished proc with code %s", exit_code)
    train_ins.done()
    print(train_ins.get_training_ins_id())


os.chdir(os.path.dirname(sys.argv[1]))
main()
