# -*- coding: utf-8 -*-
"""The code with which the interpreter exits.

CPython does not tell it: ``sys.excepthook`` is not called for ``SystemExit``, and the exception is gone before ``atexit`` runs. But the
interpreter asks the exception for its ``code``, and it does so when no Python code runs any more. So an attribute ``code`` that looks who
asks knows each exit that was not caught, also one of a library, and costs nothing before (docs/decisions/0062-exit-codes-of-python.md).
"""
from __future__ import absolute_import

import gc
import sys

_seen = None


def watch():
    """Has :func:`reason` know the code of the exit to come."""
    attributes = next((each for each in gc.get_referents(SystemExit.__dict__) if isinstance(each, dict)), None)
    if attributes is None or isinstance(attributes.get("code"), _Code):
        return  # Another Python than CPython, or watched already.
    attributes["code"] = _Code(attributes["code"])
    getattr(sys, "_clear_type_cache", lambda: None)()
    if sys.version_info < (3, 12):
        _make_instances()


def reason():
    """:returns: why the program exits, for people; ``None`` where it exits well, or does not exit by ``SystemExit``"""
    return None if _seen is None else text_of(_seen[0])


def text_of(code):
    """:returns: what an exit with this code says: ``None`` for success, as of ``SystemExit.code``"""
    if code is None or isinstance(code, int):
        # The system keeps eight bits of it.
        status = (code or 0) & 0xFF
        return "exit code %d" % status if status else None
    return "%s" % (code,)


class _Code(object):
    """``SystemExit.code``, as it was, but for the look at who reads it."""

    def __init__(self, original):
        self._original = original

    def __get__(self, error, kind=None):
        if error is None:
            return self._original
        code = self._original.__get__(error, kind)
        if _is_end():
            global _seen
            _seen = (code,)
        return code

    def __set__(self, error, code):
        self._original.__set__(error, code)

    def __delete__(self, error):
        self._original.__delete__(error)


def _is_end():
    """:returns: whether the code is asked for by the interpreter, or by ``multiprocessing``, which does its work in a child"""
    try:
        return sys._getframe(2).f_globals.get("__name__") == "multiprocessing.process"
    except ValueError:
        return True  # There is no Python code that asks.


def _make_instances():
    """Before Python 3.12 ``sys.exit`` in C raises a bare code, without an exception that could be asked: one that was caught once is one."""
    original = sys.exit

    def leave(*args):
        try:
            original(*args)
        except SystemExit:
            raise

    leave.__name__, leave.__doc__ = original.__name__, original.__doc__
    # Also where it was imported by name: `from sys import exit`.
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if isinstance(names, dict):
            for name in [name for name, value in list(names.items()) if value is original]:
                names[name] = leave
