# -*- coding: utf-8 -*-
"""Attributes of an instance that scripts of 2018 read."""
from __future__ import absolute_import

from ava.env.environment import Environment
from ava.utils.utils import fetch_config_from_userinfo

_MOST_MESSAGES = 128


class InstanceAttributes(object):
    """What ``TrainInstance`` had as attributes in 2018, made when it is asked for. ``train_ins_spec`` tells the state, and is not read back."""

    _worker = None

    @property
    def env(self):
        """The :class:`ava.env.environment.Environment` of this process."""
        return Environment()

    @property
    def user_id(self):
        """``uid`` of ``config/user``, or ``None``."""
        return fetch_config_from_userinfo("uid")

    @property
    def user_ak(self):
        """``key`` of ``config/user``, or ``None``."""
        return fetch_config_from_userinfo("key")

    @property
    def user_sk(self):
        """``secret`` of ``config/user``, or ``None``."""
        return fetch_config_from_userinfo("secret")

    @property
    def user_bucket(self):
        """``bucket`` of ``config/user``, or ``None``."""
        return fetch_config_from_userinfo("bucket")

    @property
    def uploader(self):
        """A :class:`ava.utils.uploader.Uploader` with the user's keys and bucket."""
        from ava.utils.uploader import Uploader

        return Uploader(self.user_ak, self.user_sk, bucket=self.user_bucket)

    @property
    def api_cli(self):
        """A :class:`ava.client.api_cli.APIClient` with the user's keys."""
        from ava.client.api_cli import APIClient

        return APIClient(ak=self.user_ak, sk=self.user_sk)

    @property
    def snapshot_model_queue(self):
        """Queue of :attr:`snapshot_model_uploader`."""
        return self.snapshot_model_uploader.queue

    @property
    def snapshot_model_uploader(self):
        """A running :class:`ava.train.worker.snapshot.SnapshotModelUploader`; ``done`` waits for it."""
        if self._worker is None:
            from ava.train.worker.snapshot import SnapshotModelUploader

            try:
                from Queue import Queue
            except ImportError:
                from queue import Queue
            self._worker = SnapshotModelUploader(Queue(_MOST_MESSAGES), self.user_ak, self.user_sk, self.user_bucket)
            self._worker.daemon = True
            self._worker.start()
        return self._worker

    def _end_worker(self, timeout_s):
        """What was put into :attr:`snapshot_model_queue` goes its way first."""
        if self._worker is not None:
            self._worker.queue.put(None)
            self._worker.join(timeout_s)
