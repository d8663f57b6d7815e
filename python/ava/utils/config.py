# -*- coding: utf-8 -*-
"""Configuration files: JSON objects with values by dotted keys."""

from __future__ import absolute_import

import copy
import io
import os
import re
import sys

from ava import notices
from ava.params.json_object import Unreadable, read_json_object, value_at
from ava.utils.error import ConfigError, MalformedConfigError, MissingConfigError
from ava.utils.fileloc import file_location

_SIZE = re.compile(r"\s*(\d+)\s*(?:x\s*(\d+)\s*)?\Z", re.IGNORECASE)


class Config(object):
    """json 配置对象。

    A configuration file, read once. ``conf`` is its content, ``fn`` its path.
    """

    _cache = {}

    def __init__(self, fn):
        """读取配置文件。

        :param fn: 文件名 / path
        :raises ConfigError: 读取文件异常 / the file is missing or cannot be read; the text holds nothing of its content
        """
        self.conf = {}
        self.fn = fn
        try:
            self.conf = read_json_object(fn)
        except Unreadable as error:
            raise MalformedConfigError("file '%s' cannot be read: %s" % (fn, error))
        except EnvironmentError as error:
            raise MissingConfigError(fn, error)
        except TypeError as error:  # For None, what file_location() gives for no file.
            raise ConfigError("file '%s' is missing: %s" % (fn, error))

    def get_key(self, key, is_required=False, default=None):
        """读取 key。

        key 以 '.' 分割，例如 'solverOps.solverPolicy.stepvalue'；列表用下标，例如 'steps.0'。

        :param key: 以 '.' 分割的配置名称 / levels separated by dots, lists by index
        :param is_required: key 不存在时异常 / raise where the key does not exist
        :param default: key 不存在时返回的默认值 / value of a key that does not exist
        :returns: 配置文件中 key 对应的内容 / a copy of the value, or the default. Text is what :mod:`json` makes of it:
            ``unicode`` on Python 2.7, as it always was
        :raises ConfigError: is_required 而 key 不存在 / a required key does not exist
        """
        key = key.decode("utf-8") if isinstance(key, bytes) else key
        found = value_at(self.conf, key) if hasattr(key, "find") else None
        if found:
            return copy.deepcopy(found[0])
        if is_required:
            raise ConfigError("required key '%s' is missing in '%s'" % (key, self.fn))
        return default

    @staticmethod
    def cache_key(fn):
        """:returns: what a file is cached under: its absolute path"""
        return os.path.abspath(fn)

    @classmethod
    def new_config(cls, fn, use_cache=True):
        """读取配置文件并缓存。

        :param fn: path
        :param use_cache: take what was read before; ``False`` reads the file again, also for later calls
        :returns: the :class:`Config`
        :raises ConfigError: the file is missing or cannot be read
        """
        key = cls.cache_key(fn)
        conf = cls._cache.get(key) if use_cache else None
        if conf is None:
            conf = cls._cache[key] = cls(fn)
        return conf

    @classmethod
    def clear_cache(cls):
        """清除缓存。

        Forgets all files that were read.
        """
        cls._cache.clear()


def byteify(input):
    """把 json 中的 unicode 转换为 str（Python 2 为 UTF-8 字节串；Python 3 不变）。

    Makes native strings of all text in a JSON value: UTF-8 on Python 2.7; on Python 3 text is native already.

    :returns: a copy
    """
    if isinstance(input, dict):
        return {byteify(key): byteify(value) for key, value in input.items()}
    if isinstance(input, list):
        return [byteify(element) for element in input]
    if sys.version_info[0] == 2 and not isinstance(input, bytes) and hasattr(input, "encode"):
        return input.encode("utf-8")
    return input


def fetch_config_obj(workdir, config_type, use_str=True):
    """读取平台注入的整个配置文件 <workdir>/config/<config_type>。

    :param workdir: 工作目录 / the workspace
    :param config_type: ``user``, ``worker``, ``trainingspec``, ...
    :param use_str: 是否用 :func:`byteify` 转换 / give native strings
    :returns: dict
    :raises ConfigError: the file cannot be read; an ``IOError``, too, where it is missing, and a ``ValueError`` where it is malformed
    """
    found = Config(_config_file(workdir, config_type)).conf
    return byteify(found) if use_str else found


def fetch_config(workdir, config_type, key, is_required=False, default=None, use_cache=True):
    """读取平台注入的配置文件 <workdir>/config/<config_type> 中的 key；参数与异常同 :meth:`Config.get_key`。

    Value of a key in one of the platform's files. Without ``is_required``, a missing file has no keys, nor has an
    unreadable one, which is told once.
    """
    return fetch_from_file(_config_file(workdir, config_type), key, is_required, default, use_cache)


def fetch_from_file(path, key, is_required=False, default=None, use_cache=True):
    """As :func:`fetch_config`, for any file."""
    try:
        conf = Config.new_config(path, use_cache)
    except ConfigError as error:
        if is_required:
            raise
        if os.path.exists(path):
            notices.warn("%s; defaults are used" % error)
        return default
    return conf.get_key(key, is_required=is_required, default=default)


def get_cores(workdir):
    """是否使用 GPU 及当前 worker 分配的 GPU 卡数。

    :returns: ``(use_gpu, cores)`` by ``resource.gpus`` of the training; ``(False, 1)`` where the file does not say
    """
    return cores_of(fetch_config(workdir, "trainingspec", "resource.gpus"))


def get_batch_size(workdir):
    """封装 batch_size 读取和计算（trainingspec 的 solverOps.batchSize 与 solverOps.valBatchSize）。

    使用 GPU 时，真实的训练和评估 batch_size 为配置值乘以 GPU 数量；评估 batch_size 未指定时同训练 batch_size。

    :returns: ``(batch_size, actual_batch_size, val_batch_size)``: as configured, and multiplied by the GPUs
    :raises ConfigError: ``solverOps.batchSize`` is missing
    """
    batch_size = fetch_config(workdir, "trainingspec", "solverOps.batchSize", is_required=True)
    val_batch_size = fetch_config(workdir, "trainingspec", "solverOps.valBatchSize", default=batch_size)
    return batch_sizes_of(batch_size, val_batch_size, get_cores(workdir))


def get_crop_size(workdir):
    """封装 crop_size 读取和计算（modelspec 的 inputUnify.cropSize，默认 227）。

    'none' 不作剪裁；'123' 剪裁正方形 123x123；'123x456' 剪裁矩形 123(width)x456(height)；无法识别则不作剪裁。

    :returns: ``(crop_w, crop_h)``; ``(None, None)``: no crop
    """
    return crop_size_of(fetch_config(workdir, "modelspec", "inputUnify.cropSize", default="227"))


def get_mxnet_mean_values(workdir):
    """获取 MXNet mean 文件（mean.csv，字段分别为 mean_r, mean_g, mean_b）的内容。

    :returns: ``(mean_r, mean_g, mean_b)`` as floats; ``(None, None, None)`` where they cannot be read
    """
    try:
        mean_r, mean_g, mean_b = [float(field) for field in load_csv(file_location(workdir, "mean.csv"))[0][:3]]
    except (IndexError, ValueError):
        return (None, None, None)
    return (mean_r, mean_g, mean_b)


def load_csv(filename):
    """读取 csv 文件。

    :returns: rows, each a list of native strings; an empty list where the file cannot be read
    """
    import csv

    try:
        is_python2 = sys.version_info[0] == 2
        with open(filename, "rb") if is_python2 else io.open(filename, encoding="utf-8", newline="") as opened:
            return list(csv.reader(opened))
    except (EnvironmentError, TypeError, ValueError, csv.Error):
        return []


def cores_of(gpus):
    """:returns: ``(use_gpu, cores)`` by the number of GPUs, ``None`` where it is not known"""
    return (False, 1) if gpus is None else (gpus != 0, gpus)


def batch_sizes_of(batch_size, val_batch_size, use_gpu_and_cores):
    """:returns: the three sizes of :func:`get_batch_size`"""
    use_gpu, cores = use_gpu_and_cores
    factor = cores if use_gpu else 1
    return (batch_size, batch_size * factor, val_batch_size * factor)


def crop_size_of(text):
    """:returns: the sizes of :func:`get_crop_size`"""
    found = _SIZE.match(str(text))
    if found:
        return (int(found.group(1)), int(found.group(2) or found.group(1)))
    if str(text).lower() != "none":
        notices.warn("inputUnify.cropSize %r is passed over; give 'none', '123' or '123x456'" % (text,))
    return (None, None)


def _config_file(workdir, config_type):
    return os.path.join(workdir, "config", config_type)
