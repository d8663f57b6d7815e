# -*- coding: utf-8 -*-
"""How the process of a training ends, when it does not say so itself."""
from __future__ import absolute_import

import atexit
import os
import sys

_instances = []
_exit_code = None


def watch(instance):
    """Has an instance ended with the process: :meth:`TrainInstance._end_with_process` is called with an error message or None.

    :param instance: a ``TrainInstance``
    """
    if not _instances:
        atexit.register(_at_exit, os.getpid())
        _remember_exit_codes()
    _instances.append(instance)


def forget(instance):
    """The instance has ended by itself."""
    if instance in _instances:
        _instances.remove(instance)


def _at_exit(pid):
    if pid != os.getpid():
        return  # A forked child: its parent ends the instance.
    for instance in list(_instances):
        instance._end_with_process(_reason())


def _reason():
    # Set by the interpreter when an exception ends the program.
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    kind = getattr(sys, "last_type", None) or type(error)
    if error is not None or kind is KeyboardInterrupt:
        text = str(error) if error is not None else ""
        return "%s: %s" % (kind.__name__, text) if text else kind.__name__
    if _exit_code is None or _exit_code == 0:
        return None
    return "exit code %d" % _exit_code if isinstance(_exit_code, int) else str(_exit_code)


def _remember_exit_codes():
    """The interpreter tells nobody with which code it exits; ``sys.exit`` is where it is known."""
    original = sys.exit

    def remember(code=None):
        global _exit_code
        _exit_code = code
        original(code)

    remember.__doc__ = original.__doc__
    sys.exit = remember
