# -*- coding: utf-8 -*-
"""What keeps callbacks from doing harm to the training that calls them."""
from __future__ import absolute_import

import functools
import numbers

from ava import notices


class Guard(object):
    """Errors inside the callbacks of one kind: the first is told, none gets out."""

    def __init__(self, what):
        """:param what: whose callback it is, such as ``mxnet``"""
        self._what = what
        self._has_failed = False

    def call(self, function, *args, **kwargs):
        """:returns: what the function returns; ``None`` where it fails"""
        try:
            return function(*args, **kwargs)
        except Exception as error:
            if not self._has_failed:
                self._has_failed = True
                notices.warn(
                    "the %s callback failed; the training goes on, metrics or snapshots may be missing: %s: %s"
                    % (self._what, type(error).__name__, error)
                )
            return None

    def wrap(self, function):
        """:returns: the function, with its errors kept back"""

        def call(*args, **kwargs):
            return self.call(function, *args, **kwargs)

        return call


def guarded(method):
    """Decorates a method of an object that has a ``guard``."""

    @functools.wraps(method)
    def call(self, *args, **kwargs):
        return self.guard.call(method, self, *args, **kwargs)

    return call


def has_positive(callback, **values):
    """Checks arguments of a callback, and says which of them is missing or wrong.

    :param callback: what is not made without them, such as ``monitor callback for mxnet``
    :param values: arguments by name
    :returns: whether all are numbers above 0
    """
    for name, value in sorted(values.items()):
        if isinstance(value, numbers.Real) and value > 0:
            continue
        fault = "is missing" if value is None else "is %r" % (value,)
        notices.warn("there is no %s: %s %s; give it a number above 0" % (callback, name, fault))
        return False
    return True


def plain_number(value):
    """:returns: an ``int`` or a ``float`` for any number, such as one of NumPy, which JSON does not know"""
    return int(value) if value == int(value) else float(value)
