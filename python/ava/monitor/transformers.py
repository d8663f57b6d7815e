# -*- coding: utf-8 -*-
"""Hugging Face Transformers 监控。Metrics and checkpoints of its ``Trainer``."""
from __future__ import absolute_import, division

import math
import numbers
import os
import shutil

from ava.monitor.guard import Guard, guarded
from ava.workspace import make_folder


def monitor_callback(train_ins):
    """训练指标监控 callback，用于 Trainer(callbacks=[...])

    Records what the trainer logs (``loss``, ``learning_rate``, ``grad_norm``, ``eval_loss``, ...), as often as it does (``logging_steps``), at
    its global step. Only the process that logs records. A run that was asked to stop gets ``control.should_training_stop``.

    :param train_ins: the instance
    :returns: a ``transformers.TrainerCallback``
    """
    from transformers import TrainerCallback

    return type("AvaMonitor", (_Monitor, TrainerCallback), {})(train_ins)


def epoch_end_callback(train_ins, other_files=()):
    """保存 checkpoint 后的 callback，用于上报 snapshot model

    Uploads each checkpoint that the trainer saves (``save_strategy``, ``save_steps``).

    :param train_ins: the instance
    :param other_files: files to pack with every snapshot
    :returns: a ``transformers.TrainerCallback``
    """
    from transformers import TrainerCallback

    return type("AvaEpochEnd", (_EpochEnd, TrainerCallback), {})(train_ins, other_files)


class _Monitor(object):
    def __init__(self, train_ins):
        self.guard = Guard("transformers")
        self._train_ins = train_ins

    @guarded
    def on_log(self, args, state, control, logs=None, **_):
        if state.is_world_process_zero:
            metrics = dict((name, value) for name, value in (logs or {}).items() if isinstance(value, numbers.Real))
            epoch = metrics.pop("epoch", state.epoch)
            if metrics:
                self._train_ins.log(metrics, step=state.global_step, epoch=epoch)

    @guarded
    def on_step_end(self, args, state, control, **_):
        if self._train_ins.stop_requested:
            control.should_training_stop = True


class _EpochEnd(object):
    def __init__(self, train_ins, other_files):
        self.guard = Guard("transformers")
        self._train_ins = train_ins
        self._other_files = other_files
        self._last_step = None

    @guarded
    def on_save(self, args, state, control, **_):
        # Some versions tell twice of the last one.
        if not state.is_world_process_zero or state.global_step == self._last_step:
            return
        self._last_step = state.global_step
        name = "checkpoint-%d" % state.global_step
        checkpoint = os.path.abspath(os.path.join(args.output_dir, name))
        output = os.path.abspath(self._train_ins.get_snapshot_base_path())
        if not checkpoint.startswith(output + os.sep):
            _link(checkpoint, os.path.join(output, name))
        epoch = max(1, math.ceil(state.epoch or 0))
        self._train_ins.upload_snapshot_model(epoch, state.global_step / epoch, self._other_files)


def _link(source, target):
    """The trainer deletes older checkpoints (``save_total_limit``) when they may still wait for their upload; a hard link costs
    nothing, and a copy is made where there can be none."""
    if os.path.isdir(source):
        make_folder(target)
        for name in os.listdir(source):
            _link(os.path.join(source, name), os.path.join(target, name))
        return
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
