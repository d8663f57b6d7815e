# -*- coding: utf-8 -*-
"""MXNet 监控。Metrics and snapshots of a training with MXNet's ``fit``."""
from __future__ import absolute_import, division

import logging

from ava.monitor.guard import Guard, has_positive, plain_number
from ava.monitor.instance import instance_for
from ava.monitor.progress import BatchCounter
from ava.utils.utils import ceil_by_level, get_sampleset_num

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

    samples_of_epoch = samples_of_epoch or get_sampleset_num() or None
    if batch_of_epoch is None and samples_of_epoch:
        batch_of_epoch = ceil_by_level(samples_of_epoch / batch_size)
    counter = BatchCounter(batch_of_epoch)

    def record(param):
        step = counter.step_of(param.epoch, param.nbatch)
        if param.nbatch % batch_freq == 0:
            whole = (step - param.nbatch) * batch_size if samples_of_epoch is None else samples_of_epoch * param.epoch
            metrics = {"samples": whole + param.nbatch * batch_size}
            pairs = param.eval_metric.get_name_value() if param.eval_metric is not None else ()
            metrics.update((_SERIES.get(name, name), value) for name, value in pairs)
            train_ins.log(metrics, step=step, epoch=param.epoch)

    def record_rate(param):
        if param.nbatch % batch_freq == 0:
            rate = _learning_rate(param.locals)
            logging.info("Epoch[%d] Batch [%d]\tlearning-rate=%s", param.epoch, param.nbatch, rate)
            if rate is not None:
                train_ins.log({"lr": rate}, step=counter.step_of(param.epoch, param.nbatch), epoch=param.epoch)

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
