# -*- coding: utf-8 -*-
"""训练实例的模型与日志上传。Snapshots, models and logs of an instance, on their way to the storage."""
from __future__ import absolute_import

import os

from ava import notices
from ava.agent.client import client_of
from ava.snapshot.job import SnapshotError
from ava.words import text_of


class InstanceModels(object):
    """Uploads and downloads. A class that inherits has ``_run``, ``_snapshots`` and ``_start_time``. An error is returned, as the
    SDK of 2018 did, not raised."""

    def upload_snapshot_model(self, cur_epoch, batch_of_epoch, other_files=[]):
        """上传 snapshot 模型: 采集 snapshot output 目录下新的文件以及用户指定的文件，打包上传，并且记录在 AVA 后台

        Args:
            cur_epoch: 当前 epoch
            batch_of_epoch: 一个 epoch 中的 batch 数
            other_files: 其他文件路径列表

        Returns:
            err: 发生错误的 Exception，None 表示正常

        Puts what is new in the snapshot folder in line for its upload, and returns at once.
        """
        try:
            files = self._snapshots.new_output()
            if not files:
                raise SnapshotError("there is nothing new in %s; write the model there first" % self.snapshot_base_path)
            model = "%s-snapshot-model:epoch_%d" % (self.training_ins_id, cur_epoch)
            metric = {"epoch": cur_epoch, "batch": cur_epoch * batch_of_epoch}
            training_ref = self._run.training_ref(self._start_time)
            self._snapshots.add(model, list(files) + list(other_files), metric, training_ref, training_ref["params"])
            self._snapshots.take(files)
        except Exception as error:
            notices.warn("snapshot of epoch %s is not taken: %s" % (text_of(cur_epoch), text_of(error)))
            return error
        return None

    def upload_custom_model(self, local_file_list, model_name, kodo_key):
        """上传自定义模型: 将文件列表进行打包，上传，在 AVA 后台进行记录

        Args:
            local_file_list: 本地文件路径列表
            model_name: 模型名称
            kodo_key: 存储的 file key

        Returns:
            err(Exception): 返回错误，None 表示正常

        Waits until the model is stored and registered.
        """
        files = [os.path.abspath(path) for path in local_file_list]
        return self._ask("uploadModel", {"name": model_name, "key": kodo_key, "files": files})

    def upload_logs(self):
        """上传训练日志: 将训练实例环境下 logs 目录中的文件上传

        Returns:
            err(Exception): 返回错误，None 表示正常

        Waits until the files are stored.
        """
        return self._ask("uploadLogs", {})

    def download_model(self, model_name, local_path):
        """下载模型至本地

        Args:
            model_name: 模型名称
            local_path: 下载的文件路径

        Returns:
            err(Exception): 返回错误，None 表示正常

        Downloads the archive of a registered model to a file.
        """
        return self._ask("downloadModel", {"name": model_name, "file": os.path.abspath(local_path)})

    def _ask(self, op, fields):
        try:
            client_of(self._run.workspace).request(op, dict(fields, run=self.rundir))
        except Exception as error:
            notices.warn("%s failed: %s" % (op, text_of(error)))
            return error
        return None
