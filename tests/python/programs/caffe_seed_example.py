# -*- coding: utf-8 -*-
"""The seed document's example for Caffe, word for word: main() below. What its text leaves undefined is defined here:
``self.proc``, ``xxx`` (the first argument) and ``logger``."""
import sys

from ava.log.logger import logger


class Self(object):
    @property
    def proc(self):
        return sys._getframe(1).f_locals["proc"]


self, xxx = Self(), int(sys.argv[1])

# fmt: off
from ava.train import base as train
from ava.utils import cmd
def main():
    train_ins = train.TrainInstance()
    fixed_solver = "/some/path/solver.prototxt"
    train_args = ["caffe", "train", "-solver", fixed_solver]
    # AVA-SDK 调用 caffe 进程
    proc = cmd.startproc(train_args)
    logger.info("Started %s", proc)
    # AVA-SDK 添加指标监控,获取 caffe 进程的输出并解析/上报训练指标
    cmd.logproc(self.proc, [
    train_ins.get_monitor_callback("caffe"), # 解析 && 上报 batch 粒度监控指标
    train_ins.get_epoch_end_callback("caffe", # epoch 粒度 callback,用于上报 snapshot model
    batch_of_epoch=xxx,
    other_files=[])
    ])
    exit_code = self.proc.wait()
    logger.info("Finished proc with code %s", exit_code)
    train_ins.done()
# fmt: on


main()
