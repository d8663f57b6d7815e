# -*- coding: utf-8 -*-
"""Numbers of a training, from whatever a framework calls a number."""
from __future__ import absolute_import

import calendar
import datetime
import time

from ava import notices

_MOST_SECONDS = 9e9
"""What fits nanoseconds of 64 bits: until the year 2255."""

_TEXTS = (str, bytes, type(u""))


def to_floats(metrics):
    """Takes numbers and leaves the rest out, with a warning, so that a wrong value never ends a training loop.

    :param metrics: values by name; in place of a value a dictionary of more, whose names are joined by ``/``
    :returns: floats by name
    """
    taken = {}
    left_out = []
    _take(metrics, "", taken, left_out)
    if left_out:
        notices.warn("log() takes numbers; left out: %s" % ", ".join(left_out))
    return taken


def to_float(value, what):
    """:returns: a step or an epoch as float; ``None``, and a warning, for what is no number"""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        notices.warn("log() takes a number as %s; passed over: %.80r" % (what, value), topic="log " + what)
        return None


def to_ns(moment):
    """Takes a moment: seconds since 1970, or a ``datetime``; one without a time zone is local time.

    :returns: nanoseconds since 1970; ``None``, and a warning, for anything else
    """
    if isinstance(moment, datetime.datetime):
        aware = moment.utcoffset() is not None
        seconds = calendar.timegm(moment.utctimetuple()) if aware else int(time.mktime(moment.timetuple()))
        return seconds * 1000000000 + moment.microsecond * 1000
    seconds = to_float(moment, "time")
    if seconds is None or abs(seconds) > _MOST_SECONDS:
        return None
    return int(seconds * 1e9)


def _take(metrics, prefix, taken, left_out):
    for name, value in metrics.items():
        name = prefix + _text(name)
        if isinstance(value, dict):
            _take(value, name + "/", taken, left_out)
            continue
        try:
            if isinstance(value, _TEXTS):
                raise TypeError
            # NumPy's, PyTorch's, TensorFlow's and MXNet's own numbers, also as arrays of one.
            for method in ("item", "asscalar"):
                if hasattr(value, method):
                    value = getattr(value, method)()
                    break
            taken[name] = float(value)
        except Exception:  # Whatever it is, it is no number.
            left_out.append("%s (%s)" % (name, type(value).__name__))


def _text(name):
    if isinstance(name, bytes):
        return name if str is bytes else name.decode("utf-8", "replace")
    return name if isinstance(name, _TEXTS) else str(name)
