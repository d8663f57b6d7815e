# -*- coding: utf-8 -*-
"""The worker of 2018 that packs, uploads and registers snapshots, for scripts that hand it messages of their own. ``upload_snapshot_model`` has no
need of it: the agent does that work."""
from __future__ import absolute_import

import json
import os
import threading

from ava import notices
from ava.client.api_cli import APIClient
from ava.utils import compress, fileloc
from ava.utils.uploader import Uploader


class SnapshotModelUploadMsg(object):
    """传递给 SnapshotModelUploader 的消息

    ``model_file_list`` (deleted once they are stored) and ``extra_file_list`` are packed to ``model_tar_base_dir/model_tar_fname``, stored under
    ``kodo_key`` and registered with ``model_spec``.
    """

    def __init__(self):
        self.model_file_list = []
        self.extra_file_list = []
        self.model_tar_base_dir = ""
        self.model_tar_fname = ""
        self.kodo_key = ""
        self.model_spec = {}

    def __str__(self):
        return "".join("%s: %s\n" % (name, json.dumps(value)) for name, value in sorted(self.__dict__.items()))


class SnapshotModelUploader(threading.Thread):
    """从 Queue 中获取 snapshot model 信息，然后打包上传至 Kodo 存储

    Takes messages from a queue until it gets ``None``. A snapshot that cannot be stored is told, and its files stay.
    """

    def __init__(self, queue, ak, sk, bucket):
        """:param queue: of :class:`SnapshotModelUploadMsg` :param ak: access key :param sk: secret key :param bucket: user bucket"""
        super(SnapshotModelUploader, self).__init__(name="ava-snapshots")
        self.queue = queue
        self.ak = ak
        self.sk = sk
        self.bucket = bucket
        self.uploader = Uploader(ak, sk, bucket=bucket)
        self.api_cli = APIClient(ak=ak, sk=sk)

    def run(self):
        """Works until the queue gives ``None``."""
        for message in iter(self.queue.get, None):
            try:
                self._store(message)
            except Exception as error:
                notices.warn("snapshot %s is not stored: %s" % (message.model_tar_fname, error))

    def _store(self, message):
        fileloc.mkdir_p(message.model_tar_base_dir)
        archive = os.path.join(message.model_tar_base_dir, message.model_tar_fname)
        try:
            _raise(compress.tar_files(message.model_file_list + message.extra_file_list, archive))
            self.uploader.upload_file(archive, message.kodo_key)
            _raise(self.api_cli.create_model(message.model_spec))
        finally:
            fileloc.rm_path(archive)
        for path in message.model_file_list:
            fileloc.rm_path(path)


def _raise(error):
    if error is not None:
        raise error
