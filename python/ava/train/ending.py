# -*- coding: utf-8 -*-
"""How the process of a training ends, when it does not say so itself."""
from __future__ import absolute_import

import atexit
import os
import sys

try:
    import builtins
except ImportError:  # Python 2.7
    import __builtin__ as builtins

_instances = []
_exit_code = None
_steps_at_exit = []


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
        instance._end_with_process(_reason(instance))


def _reason(instance):
    # Set by the interpreter when an exception ends the program.
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    kind = getattr(sys, "last_type", None) or type(error)
    if error is not None or kind is KeyboardInterrupt:
        text = str(error) if error is not None else ""
        return "%s: %s" % (kind.__name__, text) if text else kind.__name__
    # Who has logged since has caught that exit.
    has_gone_on = any(one is instance and step != instance._last_step for one, step in _steps_at_exit)
    if _exit_code is None or _exit_code == 0 or has_gone_on:
        return None
    if not isinstance(_exit_code, (int, str)):
        return None  # exit() without a code, a method.
    return "exit code %d" % _exit_code if isinstance(_exit_code, int) else _exit_code


def _remember_exit_codes():
    """The interpreter tells nobody with which code it exits; ``sys.exit``, ``exit`` and ``quit`` are where it is known."""

    def remembering(original):
        def leave(*args, **kwargs):
            global _exit_code, _steps_at_exit
            # The last argument, since exit() and quit() are methods.
            _exit_code = (list(args) + list(kwargs.values()) or [None])[-1]
            _steps_at_exit = [(instance, instance._last_step) for instance in _instances]
            original(*args, **kwargs)

        leave.__doc__ = original.__doc__
        return leave

    sys.exit = remembering(sys.exit)
    quitter = type(getattr(builtins, "exit", None))
    if quitter.__name__ == "Quitter":
        quitter.__call__ = remembering(quitter.__call__)
