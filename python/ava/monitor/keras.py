# -*- coding: utf-8 -*-
"""Keras 监控。Metrics and snapshots of a training with Keras: ``keras`` 3 and 2, ``tf.keras``, ``tf_keras``."""
from __future__ import absolute_import

import sys

from ava.monitor.guard import Guard, guarded, has_positive
from ava.monitor.progress import FitProgress


def monitor_callback(train_ins, batch_freq=1, batch_size=None, batch_of_epoch=None, keras=None):
    """训练指标监控 callback，用于 model.fit(callbacks=[...])

    Records what Keras logs of every n-th batch (``loss``, ``accuracy``, ...; Keras averages them from the start of the epoch on), the
    learning rate ``lr``, and at the end of an epoch ``epoch/loss``, ... and ``val/loss``, .... A run that was asked
    to stop is stopped at the end of the batch. Keep one callback for the whole run: later ``fit`` calls go on counting.

    :param train_ins: the instance
    :param batch_freq: every n-th batch is recorded
    :param batch_size: samples of a batch; where it is given, ``samples`` (seen in the whole run) is recorded
    :param batch_of_epoch: batches of an epoch; default: what Keras knows, else learnt from the first
    :param keras: module whose callback this is to be, such as ``tf_keras``; default: the one that is imported
    :returns: a ``keras.callbacks.Callback``; ``None`` and a warning where a number is wrong
    """
    numbers = {"batch_freq": batch_freq, "batch_size": batch_size, "batch_of_epoch": batch_of_epoch}
    given = dict((name, value) for name, value in numbers.items() if value is not None)
    if not has_positive("monitor callback for keras", **given):
        return None
    base = _base_class(keras)
    return type("AvaMonitor", (_Monitor, base), {})(base, train_ins, batch_freq, batch_size, batch_of_epoch)


def epoch_end_callback(train_ins, batch_of_epoch=None, epoch_interval=1, other_files=(), keras=None):
    """epoch 粒度 callback，用于上报 snapshot model

    Uploads what is new in ``train_ins.get_snapshot_base_path()``; it stands behind the ``ModelCheckpoint`` that saves there.

    :param train_ins: the instance
    :param batch_of_epoch: batches of an epoch: the model's place in the run is counted with it; default: what Keras knows
    :param epoch_interval: acts at the end of every n-th epoch
    :param other_files: files to pack with every snapshot
    :param keras: as of :func:`monitor_callback`
    :returns: a ``keras.callbacks.Callback``; ``None`` and a warning where a number is wrong
    """
    if not has_positive("epoch end callback for keras", epoch_interval=epoch_interval):
        return None
    base = _base_class(keras)
    return type("AvaEpochEnd", (_EpochEnd, base), {})(base, train_ins, batch_of_epoch, epoch_interval, other_files)


class _AnyKeras(object):
    """What Keras 2 asks of a callback and the class of Keras 3 does not have: TensorFlow brings the one where the other is used."""

    _supports_tf_logs = False

    def _implements_train_batch_hooks(self):
        return True

    def _implements_test_batch_hooks(self):
        return False

    def _implements_predict_batch_hooks(self):
        return False


class _Monitor(_AnyKeras):
    def __init__(self, base, train_ins, batch_freq, batch_size, batch_of_epoch):
        base.__init__(self)
        self.guard = Guard("keras")
        self._train_ins = train_ins
        self._batch_freq = batch_freq
        self._batch_size = batch_size
        self._progress = FitProgress(batch_of_epoch)

    @guarded
    def on_train_begin(self, logs=None):
        self._progress.begin_fit((self.params or {}).get("steps"))

    @guarded
    def on_epoch_begin(self, epoch, logs=None):
        self._progress.begin_epoch(epoch)

    @guarded
    def on_train_batch_end(self, batch, logs=None):
        progress = self._progress
        recorded = progress.step // self._batch_freq
        progress.end_batch(batch)
        if progress.step // self._batch_freq > recorded:
            metrics = dict(logs or {})
            for counter in ("batch", "size"):
                metrics.pop(counter, None)
            if self._batch_size is not None:
                metrics["samples"] = progress.step * self._batch_size
            rate = _learning_rate(self.model)
            if rate is not None:
                metrics["lr"] = rate
            self._train_ins.log(metrics, step=progress.step, epoch=progress.epoch)
        if self._train_ins.stop_requested:
            self.model.stop_training = True

    @guarded
    def on_epoch_end(self, epoch, logs=None):
        self._progress.end_epoch()
        metrics = dict((_name_at_epoch_end(name), value) for name, value in (logs or {}).items())
        self._train_ins.log(metrics, step=self._progress.step, epoch=self._progress.epoch)


class _EpochEnd(_AnyKeras):
    def __init__(self, base, train_ins, batch_of_epoch, epoch_interval, other_files):
        base.__init__(self)
        self.guard = Guard("keras")
        self._train_ins = train_ins
        self._batch_of_epoch = batch_of_epoch
        self._epoch_interval = epoch_interval
        self._other_files = other_files

    @guarded
    def on_epoch_end(self, epoch, logs=None):
        if (epoch + 1) % self._epoch_interval == 0:
            batch_of_epoch = self._batch_of_epoch or (self.params or {}).get("steps") or 1
            self._train_ins.upload_snapshot_model(epoch + 1, batch_of_epoch, self._other_files)


def _base_class(keras):
    """The class of the Keras in use: there may be three of them in one environment."""
    if keras is None:
        for name in ("keras", "tf_keras"):
            if hasattr(sys.modules.get(name), "callbacks"):
                keras = sys.modules[name]
                break
        else:
            keras = _import_keras()
    return keras.callbacks.Callback


def _import_keras():
    if "tensorflow" in sys.modules:
        return sys.modules["tensorflow"].keras
    import keras

    return keras


def _name_at_epoch_end(name):
    return "val/" + name[len("val_"):] if name.startswith("val_") else "epoch/" + name


def _learning_rate(model):
    """:returns: the optimizer's rate at this batch; ``None`` where it has none, or where it cannot be computed"""
    optimizer = getattr(model, "optimizer", None)
    rate = getattr(optimizer, "learning_rate", None)
    # A schedule of Keras 2; Keras 3 has asked it already.
    if rate is not None and hasattr(rate, "get_config") and callable(rate):
        rate = rate(optimizer.iterations)
    return float(rate.numpy() if hasattr(rate, "numpy") else rate) if rate is not None else None
