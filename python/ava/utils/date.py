# -*- coding: utf-8 -*-
"""Times as text."""

from __future__ import absolute_import

import time
from datetime import datetime


def get_datetime_in_rfc3339(timestamp=None):
    """获取 RFC 3339 格式的本地时间，例如 2018-06-13T10:21:25+08:00。

    :param timestamp: seconds since 1970; default: now
    :returns: local time with its distance from UTC
    """
    seconds = int(time.time() if timestamp is None else timestamp)
    local = datetime.fromtimestamp(seconds)
    away = (local - datetime(1970, 1, 1)).total_seconds() - seconds
    minutes = int(round(abs(away) / 60))
    sign = "-" if away < 0 else "+"
    return "%s%s%02d:%02d" % (local.strftime("%Y-%m-%dT%H:%M:%S"), sign, minutes // 60, minutes % 60)


def get_datetime_in_underscore(_datetime=None):
    """获取以下划线连接的时间，例如 2017_6_13_10_13_6。

    :param _datetime: a ``datetime``; default: now
    :returns: year to second, joined by underscores
    """
    return "_".join(str(part) for part in (_datetime or datetime.now()).timetuple()[:6])
