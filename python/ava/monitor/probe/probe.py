# -*- coding: utf-8 -*-
"""Metrics that a script of 2018 reports itself. They go to the journal of the instance, as those of ``log`` do."""
from __future__ import absolute_import

import re

from ava import notices
from ava.monitor import common
from ava.monitor.instance import instance_for
from ava.monitor.probe.protocol.metric import ProbeMetric  # noqa: F401 - scripts import it from here
from ava.utils.error import ProbeError

# What the platform calls the measurements of 2018.
_SERIES = {
    common.TRAINING_LOSS: "loss",
    common.TRAINING_LR: "lr",
    common.TRAINING_VAL_ACCURACY: "val/accuracy",
    common.TRAINING_SAMPLE_NUM: "samples",
}
_ID_IN_PATH = re.compile(r"/?v1/report/[^/]+/([^/]+)/metric")


class ProbeConfig(object):
    """探针配置信息

    Where metrics were sent to. Today only the id of the instance in ``server_path`` (``v1/report/trainings/<id>/metric``) counts: the agent
    knows the platform.
    """

    def __init__(
        self, server_scheme=None, server_host=None, server_path=None, connect_timeout_sec=None, read_timeout_sec=None
    ):
        self.server_scheme = server_scheme or "http"
        self.server_host = server_host or "localhost:9105"
        self.server_path = server_path or ""
        self.connect_timeout_sec = connect_timeout_sec or 0.2
        self.read_timeout_sec = read_timeout_sec or 0.5


class Probe(object):
    """上报监测数据的探针

    Records :class:`ProbeMetric` objects.
    """

    def __init__(self, config):
        """初始化 Probe

        :param config: :class:`ProbeConfig`
        :raises ProbeError: 配置错误; the config names no server
        """
        if not getattr(config, "server_host", None):
            raise ProbeError("invalid probe config: %r" % (config,))
        self.config = config

    def mark(self, metric_list):
        """上报监控数据

        :param metric_list: list of :class:`ProbeMetric`; the tags ``id``, ``batch`` and ``epoch`` say whose they are and when
        :returns: whether they are recorded. Never raises
        """
        try:
            for metric in metric_list:
                self._record(metric)
            return True
        except Exception as error:
            notices.warn("metrics are not recorded: %s: %s" % (type(error).__name__, error), topic="Probe.mark")
            return False

    def _record(self, metric):
        tags = dict(zip(metric.tagk_list, metric.tagv_list))
        named = _ID_IN_PATH.match(self.config.server_path)
        instance = instance_for(tags.get("id") or (named and named.group(1)))
        if instance is None:
            raise ValueError("no instance to record to")
        if metric.measurement == common.TRAINING_META_INFO:  # Tags without a value of their own.
            return
        series = _SERIES.get(metric.measurement)
        values = {}
        for name, value in zip(metric.fieldk_list, metric.fieldv_list):
            is_only = series is not None or (name == "value" and len(metric.fieldk_list) == 1)
            values[(series or metric.measurement) if is_only else "%s/%s" % (metric.measurement, name)] = value
        instance.log(values, step=_number(tags.get("batch")), epoch=_number(tags.get("epoch")), time=metric.time)


def _number(text):
    return None if text is None else float(text)
