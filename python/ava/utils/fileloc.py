# -*- coding: utf-8 -*-
"""Folders and files of a workspace: find, make, remove."""

from __future__ import absolute_import

import errno
import os

from ava.workspace import data_folder, make_folder

MODEL_FILES = (
    "train.prototxt",
    "deploy.prototxt",
    "weight.caffemodel",
    "train.symbol.json",
    "deploy.symbol.json",
    "weight.params",
)
"""Found in ``model/`` by the end of their names."""

_PREPARED_FILES = ("fixed_train.prototxt", "solver.prototxt", "fixed_train.symbol.json", "solver.json")
_CACHED_FILES = {"rec": ("cache", "data.rec"), "lmdb": ("cache",), "roidb": ("cache", "gt_roidb.pkl")}


def mkdir_p(directory):
    """安全创建目录（包括上级目录）；已存在则不变。

    Makes a folder and those above it; what exists under this name, be it a file, stays as it is.

    :param directory: path
    :raises OSError: the file system's error
    """
    if not os.path.exists(directory):
        make_folder(directory)


def rm_path(path):
    """安全删除文件或目录；不存在则什么都不做。

    Removes a file, or a folder with all that is in it. What does not exist is removed already; of a link, only the
    link goes.

    :param path: what to remove
    :raises OSError: the file system's error
    """
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil

        shutil.rmtree(path)
        return
    try:
        os.remove(path)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise


def file_location(workdir, filetype):
    """按工作目录约定的文件组织结构查找配置或输入输出文件路径。

    1. 写文件：``snapshot``、``upload.run`` 位于 run/output，``*.log`` 位于 run/logs，solver 等位于 run/prepared，
       ``config*`` 位于工作目录；所在目录会被创建。
    2. 读文件：模型文件按文件名结尾在 model 中查找，``mean.*`` 优先取模型目录、其次训练集，
       ``train.rec``、``val.lmdb``、``val.roidb`` 等位于数据集的 cache；文件应当存在。

    Where the container's conventions put a file.

    :param workdir: 工作目录 / the workspace
    :param filetype: （读写）文件名称或（读）匹配规则 / name of the file, or its end
    :returns: path; ``None`` when a file to read does not exist, or the name is not one of these
    :raises OSError: when the folder of a file to write cannot be made
    """
    folder = _written_to(workdir, filetype)
    if folder is not None:
        mkdir_p(folder)
        return os.path.join(folder, filetype)
    for path in _read_from(workdir, filetype):
        if os.path.exists(path):
            return path
    return None


def _written_to(workdir, filetype):
    if filetype.startswith("config"):
        return workdir
    if filetype in _PREPARED_FILES:
        return os.path.join(workdir, "run", "prepared")
    if filetype.endswith(".log"):
        return os.path.join(workdir, "run", "logs")
    return os.path.join(workdir, "run", "output") if filetype in ("snapshot", "upload.run") else None


def _read_from(workdir, filetype):
    models = os.path.join(workdir, "model")
    if filetype.startswith("mean."):
        return [os.path.join(models, filetype), os.path.join(data_folder(workdir), "train", filetype)]
    if filetype in MODEL_FILES:
        names = sorted(os.listdir(models)) if os.path.isdir(models) else []
        return [os.path.join(models, name) for name in names if name.endswith(filetype)]
    dataset, _, kind = filetype.partition(".")
    if dataset in ("train", "val") and kind in _CACHED_FILES:
        return [os.path.join(data_folder(workdir), dataset, *_CACHED_FILES[kind])]
    return []
