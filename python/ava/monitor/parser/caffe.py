# -*- coding: utf-8 -*-
"""Single lines of Caffe, for scripts that look at them themselves. What is recorded is parsed by the agent, which knows all metrics."""
from __future__ import absolute_import

import datetime
import re

from ava.monitor.parser.stats import IntervalTrainStats

_STAMP = re.compile(r"\s*[IWEF](\d\d)(\d\d) (\d+):(\d\d):(\d\d)\.(\d+)")
_ITERATION = re.compile(r"Iteration (\d+)")
_NUMBER = r"([-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf|nan))"
_RATE = re.compile(r"\blr = " + _NUMBER)
_LOSS = re.compile(r"Iteration \d+.*, loss = " + _NUMBER)
_ACCURACY = re.compile(r"Test net output #\d+: accuracy = " + _NUMBER)


def parse(line):
    """解析 caffe 训练日志的一行

    :param line: 行粒度日志字符串; one line, with glog's stamp
    :returns: :class:`ava.monitor.parser.stats.IntervalTrainStats`; of a line without a stamp only the iteration
    """
    found = IntervalTrainStats()
    iteration = _ITERATION.search(line)
    found.iteration = int(iteration.group(1)) if iteration else None
    found.dt = _time_of(line)
    if found.dt is not None:
        found.lr, found.loss, found.accuracy = [_number(pattern, line) for pattern in (_RATE, _LOSS, _ACCURACY)]
    return found


def _time_of(line):
    """glog writes no year: it is the one that puts the line closest to now."""
    stamp = _STAMP.match(line)
    if not stamp:
        return None
    month, day, hour, minute, second = [int(field) for field in stamp.groups()[:5]]
    microsecond = int((stamp.group(6) + "000000")[:6])
    now = datetime.datetime.now()
    dates = []
    for year in (now.year, now.year - 1, now.year + 1):
        try:
            dates.append(datetime.datetime(year, month, day, hour, minute, second, microsecond))
        except ValueError:  # The 29th of February, or no date at all.
            pass
    return min(dates, key=lambda date: abs(date - now)) if dates else None


def _number(pattern, line):
    match = pattern.search(line)
    return float(match.group(1)) if match else None
