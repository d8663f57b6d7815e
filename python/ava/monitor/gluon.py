# -*- coding: utf-8 -*-
"""MXNet Gluon 监控。Metrics and snapshots of a training with Gluon's ``Estimator``; a loop of one's own calls ``train_ins.log``."""
from __future__ import absolute_import

from ava.monitor.guard import Guard, guarded, has_positive
from ava.monitor.progress import FitProgress


def monitor_callback(train_ins, batch_freq=1, batch_size=None):
    """训练指标监控 callback，用于 estimator.fit(event_handlers=[...])

    Records the estimator's metrics of every n-th batch (``loss``, ``accuracy``, ...; MXNet averages them from the start of the epoch on),
    the learning rate ``lr``, and at the end of an epoch ``epoch/loss``, ... and ``val/loss``, .... A run that was asked to
    stop is stopped. Keep one callback for the whole run: later ``fit`` calls go on counting.

    :param train_ins: the instance
    :param batch_freq: every n-th batch is recorded
    :param batch_size: samples of a batch; where it is given, ``samples`` (seen in the whole run) is recorded
    :returns: an event handler; ``None`` and a warning where a number is wrong
    """
    given = {"batch_freq": batch_freq}
    if batch_size is not None:
        given["batch_size"] = batch_size
    if not has_positive("monitor callback for gluon", **given):
        return None
    from mxnet.gluon.contrib.estimator import BatchEnd, EpochBegin, EpochEnd, TrainBegin

    bases = (_Monitor, TrainBegin, EpochBegin, BatchEnd, EpochEnd)
    return type("AvaMonitor", bases, {})(train_ins, batch_freq, batch_size)


def epoch_end_callback(train_ins, batch_of_epoch=None, epoch_interval=1, other_files=()):
    """epoch 粒度 callback，用于上报 snapshot model

    Uploads what is new in ``train_ins.get_snapshot_base_path()``; it stands behind the ``CheckpointHandler`` that saves there.

    :param train_ins: the instance
    :param batch_of_epoch: batches of an epoch: the model's place in the run is counted with it; default: counted
    :param epoch_interval: acts at the end of every n-th epoch
    :param other_files: files to pack with every snapshot
    :returns: an event handler; ``None`` and a warning where a number is wrong
    """
    if not has_positive("epoch end callback for gluon", epoch_interval=epoch_interval):
        return None
    from mxnet.gluon.contrib.estimator import BatchEnd, EpochEnd

    bases = (_EpochEnd, BatchEnd, EpochEnd)
    return type("AvaEpochEnd", bases, {})(train_ins, batch_of_epoch, epoch_interval, other_files)


class _Monitor(object):
    def __init__(self, train_ins, batch_freq, batch_size):
        self.guard = Guard("gluon")
        self._train_ins = train_ins
        self._batch_freq = batch_freq
        self._batch_size = batch_size
        self._progress = FitProgress()
        self._epoch = 0
        self._batch = 0

    @guarded
    def train_begin(self, estimator, *_, **__):
        self._epoch = 0
        self._progress.begin_fit(None)

    @guarded
    def epoch_begin(self, estimator, *_, **__):
        self._batch = 0
        self._progress.begin_epoch(self._epoch)

    def batch_end(self, estimator, *_, **__):
        self.guard.call(self._end_batch, estimator)
        return self._train_ins.stop_requested is not None

    def epoch_end(self, estimator, *_, **__):
        self.guard.call(self._end_epoch, estimator)
        return self._train_ins.stop_requested is not None

    def _end_batch(self, estimator):
        progress = self._progress
        progress.end_batch(self._batch)
        self._batch += 1
        if progress.step % self._batch_freq == 0:
            metrics = _read(estimator.train_metrics, "")
            metrics["lr"] = estimator.trainer.learning_rate
            if self._batch_size is not None:
                metrics["samples"] = progress.step * self._batch_size
            self._train_ins.log(metrics, step=progress.step, epoch=progress.epoch)

    def _end_epoch(self, estimator):
        self._epoch += 1
        self._progress.end_epoch()
        metrics = _read(estimator.train_metrics, "epoch/")
        # Without validation they were never updated.
        metrics.update(_read([metric for metric in estimator.val_metrics if metric.num_inst], "val/"))
        self._train_ins.log(metrics, step=self._progress.step, epoch=self._progress.epoch)


class _EpochEnd(object):
    # Behind the checkpoint handler, whatever the order in the list: handlers are sorted by it.
    priority = 1000

    def __init__(self, train_ins, batch_of_epoch, epoch_interval, other_files):
        self.guard = Guard("gluon")
        self._train_ins = train_ins
        self._batch_of_epoch = batch_of_epoch
        self._epoch_interval = epoch_interval
        self._other_files = other_files
        self._batches = 0
        self._epochs = 0

    def batch_end(self, estimator, *_, **__):
        self._batches += 1

    @guarded
    def epoch_end(self, estimator, *_, **__):
        self._epochs += 1
        if self._epochs % self._epoch_interval == 0:
            batch_of_epoch = self._batch_of_epoch or self._batches // self._epochs
            self._train_ins.upload_snapshot_model(self._epochs, batch_of_epoch, self._other_files)


def _read(metrics, prefix):
    """:returns: values by name, without the word that the estimator puts in front of names"""
    import mxnet as mx

    found = {}
    for metric in metrics:
        for name, value in metric.get_name_value():
            for word in ("training ", "validation "):
                name = name[len(word) :] if name.startswith(word) else name
            found[prefix + ("loss" if isinstance(metric, mx.metric.Loss) else name)] = value
    return found
