# -*- coding: utf-8 -*-
"""Folders and files of the training container."""

from __future__ import absolute_import

import os

from ava.workspace import data_folder, find_workspace, name_workspace


class Environment(object):
    """返回运行环境内的各类数据路径：样本集、模型、训练参数、平台配置等。整个进程只有一个实例。

    Where things lie in the container. There is one instance in a process: the first call makes it, later calls
    return it, whatever they pass; :meth:`reset_path` changes it. Nothing is created. A ``TrainInstance`` works in its folders.

    ``workdir`` is the workspace: the argument where it is a folder (also before ``AVA_WORKSPACE``), else ``AVA_WORKSPACE``, ``/workspace`` if it
    exists and is writable, ``./ava-workspace``. ``data_dir`` is ``mnt/data`` of it where that exists, else ``data``;
    ``group_dir`` and ``bucket_dir`` are ``mnt/group`` and ``mnt/bucket``, empty where they do not exist. ``job_id``
    is that of ``JOB_NAME``.
    """

    _instance = None

    def __new__(cls, *args, **kwargs):
        if cls._instance is None:
            cls._instance = super(Environment, cls).__new__(cls)
        return cls._instance

    def __init__(self, workdir=None, data_dir=None, group_dir=None, bucket_dir=None):
        """初始化环境中的各种路径。

        :param workdir: 用户的工作目录 / the workspace
        :param data_dir: 挂载数据集所在的目录 / folder of the data sets
        :param group_dir: 用户所在组共享存储挂载的目录 / shared storage of the user's group
        :param bucket_dir: 用户所使用 bucket 数据挂载的目录 / mounted buckets
        """
        if "workdir" in self.__dict__:
            return
        self.job_id = get_job_id()
        self.workdir = self._found = find_workspace()
        if _is_folder(workdir):
            self.workdir = workdir
        self.reset_basedir(data_dir=data_dir, group_dir=group_dir, bucket_dir=bucket_dir)
        self.reset_path()

    def reset_basedir(self, data_dir=None, group_dir=None, bucket_dir=None):
        """根据 workdir 重新确定 data、group、bucket 目录；不存在的参数被忽略。

        Finds the folders of data, group and buckets anew; an argument that is not a folder is passed over.
        """
        self._named = {}
        self._name_folders(data_dir, group_dir, bucket_dir)

    def reset_path(self, workdir=None, data_dir=None, group_dir=None, bucket_dir=None):
        """根据各个目录重新配置所有文件路径；不存在的参数被忽略。

        Sets all paths anew; an argument that is not a folder is passed over, and what an earlier call named stays.
        """
        if _is_folder(workdir):
            self.workdir = workdir
        if self.workdir != self._found:
            self._found = self.workdir
            name_workspace(self.workdir)
        self._name_folders(data_dir, group_dir, bucket_dir)
        self.config_base_path = os.path.join(self.workdir, "config")
        self.params_base_path = os.path.join(self.workdir, "params")
        self.params_file = os.path.join(self.params_base_path, "default.json")
        self.model_base_path = os.path.join(self.workdir, "model")
        for name in ("train", "val", "test"):
            setattr(self, name + "set_base_path", os.path.join(self.data_dir, name))
            setattr(self, name + "set_spec_file", os.path.join(self.config_base_path, name + "setinfo"))
        for name, file_name in _CONFIG_FILES:
            setattr(self, name, os.path.join(self.config_base_path, file_name))

    def find(self):
        """Looks for the workspace again where the script has not named it: ``AVA_WORKSPACE`` may have been set since.

        :returns: this object
        """
        if self.workdir == self._found:
            self.workdir = self._found = find_workspace()
        self.reset_path()
        return self

    def named(self):
        """:returns: the arguments with which :meth:`reset_path` makes the environment of another process the same"""
        folders = dict((name + "_dir", path) for name, path in self._named.items())
        return dict(folders, workdir=self.workdir)

    def _name_folders(self, data_dir, group_dir, bucket_dir):
        for name, path in (("data", data_dir), ("group", group_dir), ("bucket", bucket_dir)):
            if _is_folder(path):
                self._named[name] = path
        self.data_dir = self._named.get("data") or data_folder(self.workdir)
        self.group_dir = self._named.get("group") or self._mounted("group")
        self.bucket_dir = self._named.get("bucket") or self._mounted("bucket")

    def _mounted(self, name):
        path = os.path.join(self.workdir, "mnt", name)
        return path if os.path.isdir(path) else ""


_CONFIG_FILES = (
    ("model_spec_file", "modelspec"),
    ("training_spec_file", "trainingspec"),
    ("user_info_file", "user"),
    ("worker_info_file", "worker"),
    ("evaluation_info_file", "evaluationinfo"),
    ("dataset_info_file", "datasetinfo"),
)


def get_job_id():
    """从环境变量 JOB_NAME（形如 a-b-<job id>[-...]）中取得任务 ID。

    :returns: the third field of ``JOB_NAME``, empty where there is none
    """
    return (os.environ.get("JOB_NAME", "").split("-") + ["", "", ""])[2]


def _is_folder(path):
    return path is not None and os.path.isdir(path)
