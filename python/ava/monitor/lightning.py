# -*- coding: utf-8 -*-
"""Lightning 监控。Metrics and checkpoints of a training with ``lightning`` or ``pytorch_lightning``."""
from __future__ import absolute_import

import os
import sys

from ava.monitor.guard import Guard, guarded, has_positive
from ava.monitor.pytorch import learning_rates


def monitor_callback(train_ins, batch_freq=None, package=None):
    """训练指标监控 callback，用于 Trainer(callbacks=[...])

    Records what the module logs with ``self.log``, under the names of Lightning's own loggers, and the learning rate ``lr`` (``lr/1`` and
    on for further parameter groups), at ``trainer.global_step``. Only the process of rank 0 records. A run that was asked to
    stop gets ``trainer.should_stop``.

    :param train_ins: the instance
    :param batch_freq: every n-th optimizer step is recorded; default: the trainer's ``log_every_n_steps``
    :param package: module whose callback this is to be; default: the one that is imported
    :returns: a ``Callback``; ``None`` and a warning where a number is wrong
    """
    if batch_freq is not None and not has_positive("monitor callback for lightning", batch_freq=batch_freq):
        return None
    return _make(_Monitor, package, train_ins, batch_freq)


def epoch_end_callback(train_ins, epoch_interval=1, other_files=(), package=None):
    """epoch 粒度 callback，保存并上报 snapshot model

    Saves a checkpoint (``trainer.save_checkpoint``) in ``train_ins.get_snapshot_base_path()`` and uploads it.

    :param train_ins: the instance
    :param epoch_interval: acts at the end of every n-th epoch
    :param other_files: files to pack with every snapshot
    :param package: as of :func:`monitor_callback`
    :returns: a ``Callback``; ``None`` and a warning where a number is wrong
    """
    if not has_positive("epoch end callback for lightning", epoch_interval=epoch_interval):
        return None
    return _make(_EpochEnd, package, train_ins, epoch_interval, other_files)


class _Monitor(object):
    def __init__(self, train_ins, batch_freq):
        self.guard = Guard("lightning")
        self._train_ins = train_ins
        self._batch_freq = batch_freq
        self._last_step = 0

    @guarded
    def on_train_batch_end(self, trainer, *_):
        step = trainer.global_step
        # With accumulated gradients a step has several batches.
        if step != self._last_step and step % (self._batch_freq or trainer.log_every_n_steps) == 0:
            metrics = _logged(trainer, True)
            for index, optimizer in enumerate(trainer.optimizers):
                rates = learning_rates(optimizer)
                metrics.update(rates if index == 0 else dict(("optimizer_%d/%s" % (index, name), rates[name]) for name in rates))
            self._record(trainer, metrics)
        self._last_step = step
        if self._train_ins.stop_requested:
            trainer.should_stop = True

    @guarded
    def on_train_epoch_end(self, trainer, *_):
        self._record(trainer, _logged(trainer, False))

    @guarded
    def on_validation_end(self, trainer, *_):
        if not trainer.sanity_checking:
            self._record(trainer, _logged(trainer, False))

    @guarded
    def on_test_end(self, trainer, *_):
        self._record(trainer, _logged(trainer, False))

    def _record(self, trainer, metrics):
        if metrics and trainer.is_global_zero:
            self._train_ins.log(metrics, step=trainer.global_step, epoch=trainer.current_epoch)


class _EpochEnd(object):
    def __init__(self, train_ins, epoch_interval, other_files):
        self.guard = Guard("lightning")
        self._train_ins = train_ins
        self._epoch_interval = epoch_interval
        self._other_files = other_files

    @guarded
    def on_train_epoch_end(self, trainer, *_):
        done = trainer.current_epoch + 1
        if done % self._epoch_interval != 0:
            return
        path = os.path.join(self._train_ins.get_snapshot_base_path(), "checkpoint-%04d.ckpt" % done)
        # All processes of the strategy have to take part in it.
        trainer.save_checkpoint(path)
        if trainer.is_global_zero:
            self._train_ins.upload_snapshot_model(done, trainer.global_step / float(done), self._other_files)


def _logged(trainer, is_step):
    """What the module logs in the loop that is active, as Lightning gives it to its loggers. ``trainer.callback_metrics`` has that of
    all loops, however old it is.

    :param is_step: values of this step; else those of the epoch, for which all processes have to ask
    """
    results = getattr(trainer, "_results", None)
    if hasattr(results, "metrics"):
        return dict(results.metrics(is_step)["log"])
    return dict(trainer.callback_metrics)


def _make(kind, package, *arguments):
    """A callback is pickled by strategies that spawn processes: it is made anew there."""
    package = package or _imported()
    base = package.Callback
    name = package.__name__

    def reduce(self):
        return (_make_by_name, (kind, name, arguments))

    return type("Ava" + kind.__name__.strip("_"), (kind, base), {"__reduce__": reduce})(*arguments)


def _make_by_name(kind, name, arguments):
    __import__(name)
    return _make(kind, sys.modules[name], *arguments)


def _imported():
    for name in ("lightning.pytorch", "pytorch_lightning"):
        if name in sys.modules:
            return sys.modules[name]
    try:
        import lightning.pytorch
    except ImportError:
        import pytorch_lightning

        return pytorch_lightning
    return lightning.pytorch
