# -*- coding: utf-8 -*-
"""MXNet 监控。Metrics and snapshots of a training with MXNet's ``fit``."""
from __future__ import absolute_import, division

import logging

from ava.monitor.config import TrainConfig
from ava.monitor.guard import Guard, has_positive, plain_number
from ava.monitor.instance import instance_for
from ava.monitor.probe.probe import Probe, ProbeConfig
from ava.monitor.progress import BatchCounter
from ava.utils.error import MxnetMonitorError
from ava.utils.utils import ceil_by_level, get_batch_size, get_job_id, get_sampleset_num

# MXNet's names of what the platform knows under its own. The SDK of 2018, too, told accuracy as validation's.
_SERIES = {"cross-entropy": "loss", "accuracy": "val/accuracy"}


def monitor_callback(train_ins, batch_size=None, batch_freq=None, batch_of_epoch=None, samples_of_epoch=None, **_):
    """训练指标监控的 batch 粒度 callback 函数列表

    The ``batch_end_callback`` of ``fit``: records metrics, shows speed and learning rate. Arguments that are not known
    are passed over, as they were in 2018.

    :param train_ins: the instance
    :param batch_size: samples of a batch over all devices
    :param batch_freq: every n-th batch is recorded and shown
    :param batch_of_epoch: batches of an epoch; default: samples / batch size, else learnt
    :param samples_of_epoch: training samples; default: ``config/trainsetinfo``
    :returns: a list of two functions; ``None`` and a warning without batch size or frequency
    """
    if not has_positive("monitor callback for mxnet", batch_size=batch_size, batch_freq=batch_freq):
        return None
    import mxnet as mx

    values = _BatchValues(train_ins, batch_size, batch_of_epoch, samples_of_epoch)

    def record(param):
        values.count(param)
        if param.nbatch % batch_freq == 0:
            values.record_metrics(param)

    def record_rate(param):
        if param.nbatch % batch_freq == 0:
            rate = values.record_rate(param)
            logging.info("Epoch[%d] Batch [%d]\tlearning-rate=%s", param.epoch, param.nbatch, rate)

    speedometer = mx.callback.Speedometer(batch_size, batch_freq)
    recorded, shown, rated = Guard("mxnet"), Guard("mxnet"), Guard("mxnet")

    def on_batch_end(param):
        # Speedometer may empty the metrics: they are read before.
        recorded.call(record, param)
        shown.call(speedometer, param)

    return [on_batch_end, rated.wrap(record_rate)]


def epoch_end_callback(train_ins, batch_of_epoch=None, epoch_interval=1, other_files=(), **_):
    """epoch 粒度 callback 函数，用于上报 snapshot model

    The ``epoch_end_callback`` of ``fit`` that uploads snapshots; it stands behind the one that writes them. Arguments as
    of :func:`epoch_end_callback_builder`.

    :returns: a function; ``None`` and a warning without ``batch_of_epoch``
    """
    if not has_positive("epoch end callback for mxnet", batch_of_epoch=batch_of_epoch):
        return None
    return epoch_end_callback_builder(train_ins, batch_of_epoch, other_files, epoch_interval)


def batch_end_callback_builder(actual_batch_size, frequent, training_ins_id=None):
    """batch 粒度的 callback 函数列表

    :param actual_batch_size: GPU 模式下为 batch_size 乘以 GPU 数量，CPU 模式下为 batch_size; samples of a batch over all devices
    :param frequent: 触发 callback 的 batch 间隔; every n-th batch is recorded
    :param training_ins_id: 训练实例 ID，默认为本进程的训练实例; default: the instance of this process, else the job's
    :returns: callback 函数的列表; a list of two functions, or ``None`` and a warning where there is no instance
    """
    train_ins = instance_for(training_ins_id)
    if train_ins is None:
        return None
    return monitor_callback(train_ins, batch_size=actual_batch_size, batch_freq=frequent)


def epoch_end_callback_builder(training_ins, batch_of_epoch, other_files=[], epoch_interval=1):
    """epoch 粒度的 callback 函数

    :param training_ins: TrainInstance 实例; the instance
    :param batch_of_epoch: 一个 epoch 中的 batch 数; batches of an epoch
    :param other_files: 上传 snapshot model 时，需要一起打包的其他文件; files to pack with every snapshot
    :param epoch_interval: 经过多少个 epoch 运行一次 callback; acts at the end of every n-th epoch
    :returns: callback 函数; a function
    """
    batch_of_epoch = plain_number(batch_of_epoch)
    epoch_interval = int(max(1, epoch_interval))

    def on_epoch_end(iter_no, sym=None, arg=None, aux=None):
        if (iter_no + 1) % epoch_interval == 0:
            training_ins.upload_snapshot_model(iter_no + 1, batch_of_epoch, other_files)

    return Guard("mxnet").wrap(on_epoch_end)


def full_mxnet_metrics():
    """mxnet 常用 metric 列表

    :returns: ``mx.metric.CompositeEvalMetric`` of Accuracy, CrossEntropy, MAE, MSE, RMSE and TopKAccuracy(top_k=5)
    """
    import mxnet as mx

    metric = mx.metric
    composite = metric.CompositeEvalMetric()
    for child in (
        metric.Accuracy(),
        metric.CrossEntropy(),
        metric.MAE(),
        metric.MSE(),
        metric.RMSE(),
        metric.TopKAccuracy(top_k=5),
    ):
        composite.add(child)
    return composite


class MxnetMonitor(object):
    """MXNet 框架指标监控

    Records each batch that it is called with, without showing anything; :func:`monitor_callback` makes callbacks that do both.
    """

    def __init__(self, train_config=None, probe_config=None, training_ins_id=None, batch_size=None):
        """初始化

        :param train_config: :class:`ava.monitor.config.TrainConfig`; default: :func:`get_default_train_config`
        :param probe_config: :class:`ava.monitor.probe.probe.ProbeConfig`; default: :func:`get_default_probe_config`
        :param training_ins_id: 训练实例 ID; where there is no ``train_config``
        :param batch_size: samples of a batch over all devices; where there is no ``train_config``
        :raises MxnetMonitorError: there is no instance to record to
        """
        self.train_config = train_config or get_default_train_config(training_ins_id, batch_size)
        self.probe_config = probe_config or get_default_probe_config(training_ins_id)
        self.probe = Probe(self.probe_config)
        train_ins = instance_for(self.train_config.training_ins_id or training_ins_id)
        if train_ins is None:
            raise MxnetMonitorError("MxnetMonitor init failed, there is no training instance")
        config = self.train_config
        batch_of_epoch = config.batch_num_of_epoch or None
        self._values = _BatchValues(train_ins, config.batch_size, batch_of_epoch, config.training_sample_num)
        self._guard = Guard("mxnet")

    def monitor_callback(self, param):
        """通过 mxnet 框架的 callback 机制，获取监控指标

        :param param: ``mx.model.BatchEndParam``
        """
        for record in (self._values.count, self._values.record_metrics, self._values.record_rate):
            self._guard.call(record, param)


def get_default_train_config(training_ins_id=None, batch_size=None):
    """:returns: a :class:`ava.monitor.config.TrainConfig` by ``JOB_NAME``, ``config/trainsetinfo`` and the params; 0 where nothing says
    :param training_ins_id: 训练实例 ID; default: the instance of this process, else the job's
    :param batch_size: samples of a batch over all devices; default: of :func:`ava.utils.utils.get_batch_size`
    """
    train_ins = instance_for(training_ins_id)
    samples = get_sampleset_num()
    batch_size = batch_size or get_batch_size()[1]
    return TrainConfig(
        job_type="training",
        job_id=get_job_id(),
        training_ins_id=training_ins_id or (train_ins and train_ins.training_ins_id),
        training_sample_num=samples,
        batch_size=batch_size,
        batch_num_of_epoch=ceil_by_level(samples / batch_size) if batch_size else 0,
    )


def get_default_probe_config(training_ins_id=None):
    """:returns: a :class:`ava.monitor.probe.probe.ProbeConfig` for an instance; default: the job's"""
    return ProbeConfig(server_path="v1/report/trainings/%s/metric" % (training_ins_id or get_job_id()))


def monitor_wrapper(callback, monitor_func, frequent):
    """:returns: function of a batch that calls ``monitor_func`` at every ``frequent``-th one, and ``callback`` at each"""

    def wrapper(param):
        if param.nbatch % frequent == 0:
            monitor_func(param)
        callback(param)

    return wrapper


class _BatchValues(object):
    """What a batch of ``fit`` tells, and its place in the run."""

    def __init__(self, train_ins, batch_size, batch_of_epoch, samples_of_epoch):
        self._train_ins = train_ins
        self._batch_size = batch_size
        self._samples_of_epoch = samples_of_epoch or get_sampleset_num() or None
        if batch_of_epoch is None and self._samples_of_epoch:
            batch_of_epoch = ceil_by_level(self._samples_of_epoch / batch_size)
        self._counter = BatchCounter(batch_of_epoch)

    def count(self, param):
        """To be called for every batch."""
        return self._counter.step_of(param.epoch, param.nbatch)

    def record_metrics(self, param):
        step, size = self.count(param), self._batch_size
        known = self._samples_of_epoch
        whole = (step - param.nbatch) * size if known is None else known * param.epoch
        metrics = {"samples": whole + param.nbatch * size}
        pairs = param.eval_metric.get_name_value() if param.eval_metric is not None else ()
        metrics.update((_SERIES.get(name, name), value) for name, value in pairs)
        self._train_ins.log(metrics, step=step, epoch=param.epoch)

    def record_rate(self, param):
        """:returns: the learning rate; ``None`` where there is none"""
        rate = _learning_rate(param.locals)
        if rate is not None:
            self._train_ins.log({"lr": rate}, step=self.count(param), epoch=param.epoch)
        return rate


def _learning_rate(names):
    """:returns: rate of the module that trains, among the local variables of ``fit``; ``None`` where there is none"""
    module = (names or {}).get("self")
    # A BucketingModule has its optimizer in the module of the current bucket.
    for holder in (module, getattr(module, "_curr_module", None)):
        optimizer = getattr(holder, "_optimizer", None)
        if hasattr(optimizer, "_get_lr"):
            return float(optimizer._get_lr(0))
        if hasattr(optimizer, "learning_rate"):
            return float(optimizer.learning_rate)
    return None
