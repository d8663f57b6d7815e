# -*- coding: utf-8 -*-
"""Where a run is, where the framework counts anew in every epoch."""
from __future__ import absolute_import, division


class BatchCounter(object):
    """Counts batches of MXNet over the whole run. Where the length of an epoch is not given, it is taken to be as long as the longest one
    seen, and the first epoch seen to be the first of the run."""

    def __init__(self, batch_of_epoch=None):
        """:param batch_of_epoch: batches of an epoch, where that is known"""
        self._given = batch_of_epoch
        self._first_epoch = None if batch_of_epoch is None else 0
        self._learnt = 0

    def step_of(self, epoch, nbatch):
        """To be called for every batch, so that the length of an epoch can be learnt.

        :param epoch: from 0
        :param nbatch: batch of the epoch, from 0
        :returns: batches before this one in the whole run
        """
        if self._first_epoch is None:
            self._first_epoch = epoch
        self._learnt = max(self._learnt, nbatch + 1)
        length = self._learnt if self._given is None else self._given
        return (epoch - self._first_epoch) * length + nbatch


class FitProgress(object):
    """Counts batches and epochs of Keras over all ``fit`` calls of a run; Keras starts again from 0 in each, unless it is given
    ``initial_epoch``."""

    def __init__(self, batch_of_epoch=None):
        """:param batch_of_epoch: batches of an epoch; default: what Keras knows, else learnt from the first"""
        self.step = 0
        """Batches done in the whole run."""
        self._batch = 0
        self._epoch = 0
        self._epochs_done = 0
        self._shift = 0
        self._is_first_of_fit = True
        self._given = batch_of_epoch
        self._length = batch_of_epoch

    @property
    def epoch(self):
        """Epochs done, with the fraction of the current one where its length is known."""
        return self._epoch + min(1.0, self._batch / self._length) if self._length else float(self._epoch)

    def begin_fit(self, batch_of_epoch):
        """:param batch_of_epoch: what Keras knows of it, or ``None``"""
        self._is_first_of_fit = True
        self._length = self._given or batch_of_epoch

    def begin_epoch(self, epoch):
        """:param epoch: number of it in this ``fit``, from 0"""
        if self._is_first_of_fit:
            self._shift = max(0, self._epochs_done - epoch)
        self._is_first_of_fit = False
        self._epoch = epoch + self._shift
        self._batch = 0
        # A run resumed with `initial_epoch` in a new process goes on where the earlier one stopped.
        if self.step == 0 and self._epoch > 0 and self._length:
            self.step = self._epoch * self._length

    def end_batch(self, batch):
        """A batch is done, and those before it: Keras may train several between two calls (``steps_per_execution``).

        :param batch: number of it in this epoch, from 0
        """
        self.step += batch + 1 - self._batch
        self._batch = batch + 1

    def end_epoch(self):
        """An epoch is done."""
        self._length = self._length or self._batch
        self._epochs_done = self._epoch + 1
