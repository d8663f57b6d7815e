# -*- coding: utf-8 -*-
"""Numbers of a training, from whatever a framework calls a number."""
from __future__ import absolute_import

import calendar
import datetime
import time

from ava import limits, notices
from ava.words import text_of

_MOST_SECONDS = 9e9
"""What fits nanoseconds of 64 bits: until the year 2255."""

_INFINITE = float("inf")

_TEXTS = (str, bytes, type(u""))


def to_floats(metrics):
    """Takes numbers and leaves the rest out, with a warning, so that a wrong value never ends a training loop.

    :param metrics: values by name; in place of a value a dictionary of more, whose names are joined by ``/``
    :returns: a list of floats by name; a second one where two values have one name: of ``{"a": {"b": 1}, "a/b": 2}``
    """
    taken = ({}, {})
    left_out = []
    # A few dictionaries that hold each other can mean more names than there are atoms.
    if not _take(metrics, u"", (), taken, left_out):
        left_out.append("what is behind the first %d" % limits.VALUES_PER_RECORD)
    if left_out:
        more = " and %d more" % (len(left_out) - 10) if len(left_out) > 10 else ""
        notices.warn("log() takes numbers; left out: %s%s" % (", ".join(left_out[:10]), more))
    return [one for one in taken if one]


def to_float(value, what):
    """:returns: a step or an epoch as float; ``None``, and a warning, for what is not a finite number"""
    try:
        if not isinstance(value, _TEXTS):
            number = float(value)
            if abs(number) < _INFINITE:
                return number
    except Exception:  # Of any type, but not a number.
        pass
    _pass_over("a finite number as " + what, value)
    return None


def to_ns(moment):
    """Takes a moment: seconds since 1970, or a ``datetime``; one without a time zone is local time.

    :returns: nanoseconds since 1970; ``None``, and a warning, for anything else
    """
    try:
        if isinstance(moment, datetime.datetime):
            if moment.year < 1000:
                raise ValueError("Python 2.7 takes it for a year of this century")
            aware = moment.utcoffset() is not None
            seconds = calendar.timegm(moment.utctimetuple()) if aware else int(time.mktime(moment.timetuple()))
            nanoseconds = seconds * 1000000000 + moment.microsecond * 1000
        else:
            seconds = to_float(moment, "time")
            if seconds is None:
                return None
            nanoseconds = int(seconds * 1e9)
        if abs(seconds) <= _MOST_SECONDS:
            return nanoseconds
    except Exception:  # A datetime that the system's calendar does not reach.
        pass
    _pass_over("seconds since 1970 as time, recorded now", moment)
    return None


def _pass_over(wanted, value):
    """Said once for each kind of value: a training loop has many of one kind."""
    finite = isinstance(value, float) and abs(value) < _INFINITE
    kind = described(value) if isinstance(value, float) and not finite else type(value).__name__
    notices.warn("log() takes %s; passed over: %s" % (wanted, described(value)), topic="log %s %s" % (wanted, kind))


def described(value):
    """:returns: a few words about a value, also about one that cannot be printed"""
    try:
        return "%.200s" % (text_of(value) if isinstance(value, Exception) else repr(value))
    except Exception:
        return type(value).__name__


def _take(metrics, prefix, within, taken, left_out):
    """:returns: whether all were taken, or left out"""
    within += (metrics,)
    for name, value in metrics.items():
        name = prefix + text_of(name)
        try:
            is_level = isinstance(value, dict) and len(within) < limits.JSON_DEPTH and not any(value is one for one in within)
            number = None if is_level else _number(value)
        except Exception:  # Of any type, but not a number.
            left_out.append("%s (%s)" % (name, type(value).__name__))
        else:
            if is_level:
                if not _take(value, name + u"/", within, taken, left_out):
                    return False
            elif name not in taken[0]:
                taken[0][name] = number
            elif name not in taken[1]:
                taken[1][name] = number
            else:
                left_out.append("%s (a third value of this name)" % name)
        if len(taken[0]) + len(taken[1]) + len(left_out) >= limits.VALUES_PER_RECORD:
            return False
    return True


def _number(value):
    """:raises Exception: any, for what is not a number"""
    if isinstance(value, _TEXTS):
        raise TypeError
    # NumPy's, PyTorch's, TensorFlow's and MXNet's own numbers, also as arrays of one.
    for method in ("item", "asscalar"):
        if hasattr(value, method):
            value = getattr(value, method)()
            break
    return float(value)
