# -*- coding: utf-8 -*-
"""Caffe 监控。Metrics and snapshots of a training with Caffe, by the lines that it prints."""
from __future__ import absolute_import, division

from ava.monitor.guard import Guard, has_positive, plain_number
from ava.monitor.instance import instance_for
from ava.monitor.probe.probe import Probe
from ava.utils.error import CaffeMonitorError, ProbeError
from ava.utils.utils import ceil_by_level, get_batch_size, get_sampleset_num

_BATCH_LEVEL = 100


def monitor_callback(train_ins, batch_of_epoch=None, **_):
    """训练指标监控的 callback 函数，处理 caffe 的每行日志

    A hook for ``cmd.logproc``: records every metric that Caffe prints. Arguments that are not known are passed over, as
    they were in 2018.

    :param train_ins: the instance
    :param batch_of_epoch: batches of an epoch; default: by ``config/trainsetinfo`` and the batch size, rounded up to a whole hundred.
        Where it is not known, metrics have no epoch
    :returns: a function of a line
    """
    batch_of_epoch = plain_number(batch_of_epoch) if batch_of_epoch else _batch_of_epoch_from_config()
    return train_ins.lines("caffe", "metrics", batch_of_epoch=batch_of_epoch).write


def epoch_end_callback(train_ins, batch_of_epoch=None, other_files=(), **_):
    """epoch 粒度 callback 函数，用于上报 snapshot model

    Arguments and result as of :func:`get_epoch_end_log_callback`.
    """
    return get_epoch_end_log_callback(train_ins, batch_of_epoch, other_files)


def get_log_callback(training_ins_id=None):
    """训练指标监控的 callback 函数，处理 caffe 的每行日志

    :param training_ins_id: 训练实例 ID，默认为本进程的训练实例; default: the instance of this process, else the job's
    :returns: callback 函数; a function of a line, or ``None`` and a warning where there is no instance
    """
    train_ins = instance_for(training_ins_id)
    return None if train_ins is None else monitor_callback(train_ins)


def get_epoch_end_log_callback(training_ins, batch_of_epoch=None, other_files=[]):
    """解析 log，上报 snapshot model

    :param training_ins: TrainInstance 实例; the instance
    :param batch_of_epoch: 一个 epoch 中的 batch 数; batches of an epoch
    :param other_files: 上传 snapshot model 时，需要一起打包的其他文件; files to pack with every snapshot
    :returns: callback 函数; a function of a line, or ``None`` and a warning without ``batch_of_epoch``
    """
    if not has_positive("epoch end callback for caffe", batch_of_epoch=batch_of_epoch):
        return None
    batch_of_epoch = plain_number(batch_of_epoch)
    lines = training_ins.lines("caffe", "snapshots", batch_of_epoch=batch_of_epoch, other_files=other_files or ())

    def on_line(line):
        # Caffe says "Snapshotting"; other lines would be read in vain.
        if (b"napshotting" if isinstance(line, bytes) else u"napshotting") in line:
            lines.write(line)

    return Guard("caffe").wrap(on_line)


class CaffeMonitor(object):
    """Caffe 框架指标监控

    Records what lines of Caffe tell, as the hook of :func:`get_log_callback` does.
    """

    def __init__(self, train_config, probe_config):
        """初始化

        :param train_config: :class:`ava.monitor.config.TrainConfig`: the instance and the batches of an epoch
        :param probe_config: :class:`ava.monitor.probe.probe.ProbeConfig`
        :raises CaffeMonitorError: one of them is missing, or there is no instance
        """
        self.train_config = train_config
        self.probe_config = probe_config
        try:
            self.probe = Probe(probe_config)
        except ProbeError:
            raise CaffeMonitorError("CaffeMonitor init failed, probe config is invalid")
        train_ins = instance_for(getattr(train_config, "training_ins_id", None))
        if train_ins is None:
            raise CaffeMonitorError("CaffeMonitor init failed, there is no training instance")
        self._take = monitor_callback(train_ins, getattr(train_config, "batch_num_of_epoch", None))

    def monitor_from_log(self, line):
        """通过日志上报监控指标

        :param line: 行粒度日志文本; one line
        """
        self._take(line)


def _batch_of_epoch_from_config():
    """As in 2018.

    :returns: batches; ``None`` where the number of samples is not known
    """
    samples = get_sampleset_num()
    return ceil_by_level(samples / get_batch_size()[1], _BATCH_LEVEL) if samples else None
