# -*- coding: utf-8 -*-
"""训练框架的回调函数。Callbacks of an instance, which the frameworks call."""
from __future__ import absolute_import

import importlib

from ava import notices
from ava.words import text_of

FRAMEWORKS = ("caffe", "gluon", "keras", "lightning", "mxnet", "pytorch", "transformers")
"""Names that ``get_monitor_callback`` knows."""


class InstanceCallbacks(object):
    """Makes the callbacks of the frameworks for the instance that inherits this."""

    def get_monitor_callback(self, framework, **kwargs):
        """返回各种框架的监控回调函数

        Args:
            framework: 各个训练框架名称，目前支持: mxnet, caffe, gluon, keras, lightning, pytorch, transformers
            kwargs: 各个训练框架 callback 的初始化函数

        Returns:
            callback: 各个训练框架的回调函数, or None 表示框架不支持

        What the framework calls to have its metrics recorded; ``None`` and a warning where it is not supported or an
        argument is missing.
        """
        return self._callback("monitor_callback", framework, kwargs)

    def get_epoch_end_callback(self, framework, **kwargs):
        """返回各种框架的 epoch 粒度回调函数，用于上报 snapshot model

        Args:
            framework: 各个训练框架名称，目前支持: mxnet, caffe, gluon, keras, lightning, pytorch, transformers
            kwargs: 各个训练框架 callback 的初始化函数

        Returns:
            callback: 各个训练框架的回调函数, or None 表示框架不支持

        What the framework calls at the end of an epoch, or with each line of its log, to have snapshots uploaded.
        """
        return self._callback("epoch_end_callback", framework, kwargs)

    def _callback(self, kind, framework, kwargs):
        if framework not in FRAMEWORKS:
            notices.warn(
                "framework '%s' has no callback; supported: %s. Use log({\"loss\": loss}, step=step) for others."
                % (text_of(framework), ", ".join(FRAMEWORKS))
            )
            return None
        try:
            module = importlib.import_module("ava.monitor." + framework)
            return getattr(module, kind)(self, **kwargs)
        except Exception as error:
            notices.warn("there is no %s for %s: %s: %s" % (kind, framework, type(error).__name__, text_of(error)))
            return None
