# -*- coding: utf-8 -*-
"""Errors of the SDK."""


class ConfigError(Exception):
    """配置错误：文件或 key 缺失、无法解析。

    A configuration file, or a key in it, is missing or cannot be read.
    """


class _MessageError(Exception):
    """An error whose text is also ``msg``."""

    def __init__(self, msg):
        super(_MessageError, self).__init__(msg)
        self.msg = msg


class ProbeError(_MessageError):
    """监控指标上报初始化错误。

    Reporting of metrics cannot be set up.
    """


class TrainConfigError(Exception):
    """训练监控配置错误。

    A training is configured wrongly; ``train_config`` is what it was given.
    """

    def __init__(self, train_config):
        super(TrainConfigError, self).__init__(train_config)
        self.train_config = train_config

    def __str__(self):
        return "invalid train config: %s" % (self.train_config,)


class CaffeMonitorError(_MessageError):
    """Caffe 框架监控异常。

    Watching Caffe failed.
    """


class MxnetMonitorError(_MessageError):
    """MXNet 框架监控异常。

    Watching MXNet failed.
    """
