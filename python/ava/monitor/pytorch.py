# -*- coding: utf-8 -*-
"""PyTorch 监控。Metrics and checkpoints of a plain training loop with PyTorch."""
from __future__ import absolute_import, division

import os
import sys

from ava import notices
from ava.monitor.guard import Guard, guarded, has_positive
from ava.workspace import make_folder


def monitor_callback(train_ins, model=None, optimizer=None, log_every=1, grad_norm=False, batch_of_epoch=None):
    """训练循环的监控 callback，每个 batch 调用一次

    :param train_ins: the instance
    :param model: module whose gradients are measured; needed for ``grad_norm`` only
    :param optimizer: gives the learning rate ``lr`` (``lr/1`` and on for further parameter groups); default: none is recorded
    :param log_every: every n-th call is recorded; only these wait for the device
    :param grad_norm: record ``grad_norm``, the 2-norm of all gradients, too
    :param batch_of_epoch: batches of an epoch, such as ``len(loader)``: points get an epoch
    :returns: a :class:`PytorchMonitor`; ``None`` and a warning where a number is wrong
    """
    numbers = {"log_every": log_every}
    if batch_of_epoch is not None:
        numbers["batch_of_epoch"] = batch_of_epoch
    if not has_positive("monitor callback for pytorch", **numbers):
        return None
    return PytorchMonitor(train_ins, model if grad_norm else None, optimizer, log_every, batch_of_epoch)


def epoch_end_callback(train_ins, model=None, optimizer=None, batch_of_epoch=1, epoch_interval=1, other_files=()):
    """epoch 粒度 callback，保存并上报 snapshot model

    :param train_ins: the instance
    :param model: module to save
    :param optimizer: optimizer to save with it; default: none
    :param batch_of_epoch: batches of an epoch, such as ``len(loader)``: the model's place in the run is counted with it
    :param epoch_interval: acts at the end of every n-th epoch
    :param other_files: files to pack with every snapshot
    :returns: ``callback(epoch)`` to be called at the end of each epoch, counted from 0; it gives the path of the checkpoint, or
        ``None`` where it made none. Of several processes (``torch.distributed``) only that of rank 0 saves
    """
    if not has_positive(
        "epoch end callback for pytorch", batch_of_epoch=batch_of_epoch, epoch_interval=epoch_interval
    ):
        return None
    if not hasattr(model, "state_dict"):
        notices.warn("there is no epoch end callback for pytorch: model is missing")
        return None

    def on_epoch_end(epoch):
        done = int(epoch) + 1
        if done % epoch_interval != 0 or not _is_first_process():
            return None
        state = {"epoch": done, "model": model.state_dict()}
        if optimizer is not None:
            state["optimizer"] = optimizer.state_dict()
        path = os.path.join(train_ins.get_snapshot_base_path(), "checkpoint-%04d.pt" % done)
        _save(state, path, os.path.join(train_ins.get_base_path(), "tmp"))
        error = train_ins.upload_snapshot_model(done, batch_of_epoch, other_files)
        return path if error is None else None

    return Guard("pytorch").wrap(on_epoch_end)


class PytorchMonitor(object):
    """To be called once a batch, after ``optimizer.step()``. Never raises, and keeps no tensor."""

    def __init__(self, train_ins, model, optimizer, log_every, batch_of_epoch):
        """Parameters as of :func:`monitor_callback`; ``model`` where its gradients are to be measured."""
        self.guard = Guard("pytorch")
        self._train_ins = train_ins
        self._model = model
        self._optimizer = optimizer
        self._log_every = log_every
        self._batch_of_epoch = batch_of_epoch
        self._batches = 0

    @property
    def stop_requested(self):
        """Why the run was asked to stop; ``None`` while it was not. A loop should end then."""
        return self._train_ins.stop_requested

    @guarded
    def __call__(self, loss=None, step=None, epoch=None, **metrics):
        """Records a batch, if it is one of every ``log_every``.

        :param loss: loss of the batch; a tensor is read only where it is recorded
        :param step: batches done in the whole run; default: counted from 1
        :param epoch: counted from 0; default: by ``batch_of_epoch``, else none
        :param metrics: more of the batch by name, such as ``accuracy=0.9``
        """
        self._batches = self._batches + 1 if step is None else step
        if self._batches % self._log_every != 0:
            return
        if loss is not None:
            metrics["loss"] = loss
        if self._model is not None:
            norm = _grad_norm(self._model)
            if norm is not None:
                metrics["grad_norm"] = norm
        metrics.update(learning_rates(self._optimizer))
        if epoch is None and self._batch_of_epoch:
            epoch = self._batches / self._batch_of_epoch
        self._train_ins.log(metrics, step=self._batches, epoch=epoch)

    step = __call__


def learning_rates(optimizer):
    """Reads the learning rates of an optimizer of PyTorch.

    :param optimizer: the optimizer, or ``None``
    :returns: ``lr`` of the first parameter group, ``lr/1`` and on of the others
    """
    groups = optimizer.param_groups if optimizer is not None else ()
    return dict(("lr/%d" % index if index else "lr", group["lr"]) for index, group in enumerate(groups))


def _grad_norm(model):
    """:returns: 2-norm of all gradients, on their device; ``None`` before the first"""
    import torch

    grads = [parameter.grad.detach() for parameter in model.parameters() if parameter.grad is not None]
    return torch.norm(torch.stack([torch.norm(grad) for grad in grads])) if grads else None


def _is_first_process():
    distributed = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return True
    return distributed.get_rank() == 0


def _save(state, path, scratch):
    """The checkpoint appears at its place whole, since an upload may look there at any time."""
    import torch

    make_folder(scratch)
    unfinished = os.path.join(scratch, os.path.basename(path))
    torch.save(state, unfinished)
    os.rename(unfinished, path)
