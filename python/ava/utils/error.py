# -*- coding: utf-8 -*-
"""Errors of the SDK."""


class ConfigError(Exception):
    """配置错误：文件或 key 缺失、无法解析。

    A configuration file, or a key in it, is missing or cannot be read.
    """


class MalformedConfigError(ConfigError, ValueError):
    """配置文件不是合法的 JSON 对象。

    What :mod:`json` raised in 2018, where a whole file was asked for.
    """


class MissingConfigError(ConfigError, IOError):
    """配置文件不存在或不可读。

    What ``open`` raised in 2018, where a whole file was asked for; ``errno`` and ``filename`` say what is wrong.
    """

    def __init__(self, path, cause):
        text = "file '%s' is missing or cannot be read: %s" % (path, cause.strerror)
        super(MissingConfigError, self).__init__(text)
        self._text = text
        self.errno, self.strerror, self.filename = cause.errno, cause.strerror, path

    def __str__(self):
        return self._text


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
