# -*- coding: utf-8 -*-
"""Facts of the training that the platform hands to the container, and sizes that follow from them."""

from __future__ import absolute_import, division

import math
import os

from ava import notices
from ava.env import environment
from ava.env.environment import get_job_id  # noqa: F401 - scripts import it from here
from ava.params.params import fetch_config_from_file, get_value
from ava.utils.config import Config, batch_sizes_of, cores_of, crop_size_of
from ava.utils.error import ConfigError


def fetch_config_from_samplesetinfo(key, data_type="train", is_required=False, default=None, use_cache=True):
    """读取样本集信息 config/{train,val,test}setinfo 中的 key。

    :param data_type: ``train``, ``val`` or ``test``; another one gives the default
    :returns: value, or the default. Parameters and errors as of :func:`ava.params.params.get_value`
    """
    if data_type not in ("train", "val", "test"):
        return default
    return _fetch(data_type + "set_spec_file", key, is_required, default, use_cache)


def fetch_config_from_trainingspec(key, is_required=False, default=None, use_cache=True):
    """读取训练任务信息 config/trainingspec 中的 key；参数与异常同 :func:`ava.params.params.get_value`。"""
    return _fetch("training_spec_file", key, is_required, default, use_cache)


def fetch_all_from_trainingspec():
    """读取整个 config/trainingspec。

    :returns: dict; empty where the file is missing, or cannot be read, which is told once
    """
    path = environment.Environment().training_spec_file
    try:
        return Config(path).conf
    except ConfigError as error:
        if os.path.exists(path):
            notices.warn("%s; defaults are used" % error)
        return {}


def fetch_config_from_modelspec(key, is_required=False, default=None, use_cache=True):
    """读取模型信息 config/modelspec 中的 key；参数与异常同 :func:`ava.params.params.get_value`。"""
    return _fetch("model_spec_file", key, is_required, default, use_cache)


def fetch_config_from_userinfo(key, is_required=False, default=None, use_cache=True):
    """读取用户信息 config/user 中的 key；参数与异常同 :func:`ava.params.params.get_value`。"""
    return _fetch("user_info_file", key, is_required, default, use_cache)


def fetch_config_from_workerinfo(key, is_required=False, default=None, use_cache=True):
    """读取平台服务信息 config/worker 中的 key；参数与异常同 :func:`ava.params.params.get_value`。"""
    return _fetch("worker_info_file", key, is_required, default, use_cache)


def fetch_config_from_evaluationinfo(key, is_required=False, default=None, use_cache=True):
    """读取评估任务信息 config/evaluationinfo 中的 key；参数与异常同 :func:`ava.params.params.get_value`。"""
    return _fetch("evaluation_info_file", key, is_required, default, use_cache)


def get_cores():
    """是否使用 GPU 及当前 worker 分配的 GPU 卡数。

    :returns: ``(use_gpu, cores)`` by ``resource.gpus`` of the training; ``(False, 1)`` where the file does not say
    """
    return cores_of(fetch_config_from_trainingspec("resource.gpus"))


def get_batch_size():
    """封装 batch_size 读取和计算（训练参数 solverOps.batchSize，默认 8；solverOps.valBatchSize，默认同前者）。

    使用 GPU 时，真实的训练和评估 batch_size 为配置值乘以 GPU 数量。

    :returns: ``(batch_size, actual_batch_size, val_batch_size)``: as configured, and multiplied by the GPUs
    """
    batch_size = get_value("solverOps.batchSize", default=8)
    val_batch_size = get_value("solverOps.valBatchSize", default=batch_size)
    return batch_sizes_of(batch_size, val_batch_size, get_cores())


def get_crop_size():
    """封装 crop_size 读取和计算（config/modelspec 的 inputUnify.cropSize，默认 227）。

    'none' 不作剪裁；'123' 剪裁正方形 123x123；'123x456' 剪裁矩形 123(width)x456(height)；无法识别则不作剪裁。

    :returns: ``(crop_w, crop_h)``; ``(None, None)``: no crop
    """
    return crop_size_of(fetch_config_from_modelspec("inputUnify.cropSize", default="227"))


def get_sampleset_class_num(data_type="train"):
    """获取样本集的种类数目

    :param data_type: ``train``, ``val`` or ``test``
    :returns: number of classes; 0 where the platform does not say
    """
    return fetch_config_from_samplesetinfo("stats.numOfClasses", data_type=data_type, default=0)


def get_sampleset_num(data_type="train"):
    """获取样本集的数目

    :param data_type: ``train``, ``val`` or ``test``
    :returns: number of samples; 0 where the platform does not say
    """
    return fetch_config_from_samplesetinfo("stats.numOfSamples", data_type=data_type, default=0)


def ceil_by_level(num, level=1):
    """按照倍数向上取整

    :param num: 数值 / what to round
    :param level: 取整的倍数 / of what it is to be a multiple
    :returns: 取整之后的数值 / the next multiple, an ``int``
    """
    return int(math.ceil(float(num) / level) * level)


def _fetch(file_name, key, is_required, default, use_cache):
    path = getattr(environment.Environment(), file_name)
    return fetch_config_from_file(path, key, is_required=is_required, default=default, use_cache=use_cache)
