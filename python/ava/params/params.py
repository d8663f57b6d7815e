# -*- coding: utf-8 -*-
"""The params of the training: one JSON object."""

from __future__ import absolute_import

import os

from ava import notices
from ava.env import environment
from ava.utils.config import Config, fetch_from_file
from ava.utils.error import ConfigError


_own = None


def read_from(path):
    """Params are read from the file of an instance of this process from now on.

    :param path: of the file
    """
    global _own
    _own = path


def get_all():
    """获取训练params所有数据

    All params, read anew: those of the run (``run/<id>/params.json``) where ``AVA_TRAINING_INS_ID`` names one that
    has its own, else ``params/default.json`` of the workspace.

    :returns: 解析配置文件的 dict，如果解析失败，返回空 dict / empty where there is no file, or none that can be read, which is told once
    """
    path = _params_file()
    try:
        return Config(path).conf
    except ConfigError as error:
        if os.path.exists(path):
            notices.warn("%s; there are no params" % error)
        return {}


def get_value(key, is_required=False, default=None, use_cache=True):
    """获取训练params信息

    key 以 '.' 分割，例如 'solverOps.solverPolicy.stepvalue' 代表 ::

        {
            ...
            'solverOps': {
                'solverPolicy': {
                    'stepvalue': <value>
                }
            }
        }

    One param. Lists take indices: ``steps.0``. A ``null`` in the file is a value.

    :param key: 以 '.' 分割的配置名称 / levels separated by dots
    :param is_required: key 不存在时异常 / raise where the key does not exist
    :param default: key 不存在时返回默认值 / value of a key that does not exist
    :param use_cache: 使用缓存的文件内容 / take what was read before instead of reading the file again
    :returns: 配置文件中 key 对应的内容 / a copy of the value; text is ``unicode`` on Python 2.7, as it always was
    :raises ConfigError: is_required 而 key 不存在 / of :mod:`ava.utils.error`, for a required key; never else
    """
    return fetch_config_from_file(_params_file(), key, is_required=is_required, default=default, use_cache=use_cache)


def fetch_config_from_file(filepath, key, is_required=False, default=None, use_cache=True):
    """读取 json 文件中的 key；参数、返回值与异常同 :func:`get_value`。

    As :func:`get_value`, for any file.

    :param filepath: 文件路径 / path
    """
    return fetch_from_file(filepath, key, is_required=is_required, default=default, use_cache=use_cache)


def _params_file():
    if _own is not None and os.path.exists(_own):
        return _own
    env = environment.Environment()
    instance = os.environ.get("AVA_TRAINING_INS_ID")
    own = os.path.join(env.workdir, "run", instance, "params.json") if instance else None
    return own if own and os.path.exists(own) else env.params_file
