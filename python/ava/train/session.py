# -*- coding: utf-8 -*-
"""Which of the errors of a program, a notebook or an interactive session is the one that ended a run."""
from __future__ import absolute_import

import sys

# Errors are known by their ids: to keep one would keep its frames, and tensors in them.
_older = {}
_at_error = (None, ())


def watch(steps):
    """Has :func:`reason` know after which errors a session has gone on. A program ends with its first one.

    :param steps: gives pairs of each instance and its last step
    """

    def remember(error):
        global _at_error
        _at_error = (id(error), steps())

    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        shell.events.register("post_run_cell", lambda *results: remember(_last()) if results and results[0].error_in_exec else None)
    elif hasattr(sys, "ps1") or sys.flags.interactive or sys.flags.inspect:
        show = sys.excepthook

        def show_and_remember(kind, error, trace):
            show(kind, error, trace)
            remember(error)

        sys.excepthook = show_and_remember


def is_new(instance):
    """An instance begins: errors from before are not its own.

    :param instance: a ``TrainInstance``
    """
    _older[instance] = id(_last())


def reason(instance):
    """:returns: the error that ended the instance with its process, for people; ``None`` where none did"""
    error = _last()
    if error is None or id(error) == _older.get(instance):
        return None
    happened, steps = _at_error
    # A session that has logged since then has gone on.
    if id(error) == happened and any(one is instance and step != instance._steps.last for one, step in steps):
        return None
    return _describe(error)


def _describe(error):
    """:returns: an exception, or the kind of one, as the last line of its traceback says it"""
    kind = error if isinstance(error, type) else type(error)
    text = "" if kind is error else str(error)
    return "%s: %s" % (kind.__name__, text) if text else kind.__name__


def watch_multiprocessing():
    """A process of ``multiprocessing`` prints the exception that ends it and swallows it: :func:`reason` is to know it."""
    process = sys.modules.get("multiprocessing.process")
    if process is None or getattr(process.current_process(), "_parent_pid", None) is None:
        return
    import traceback

    show = traceback.print_exc

    def print_exc(*args, **kwargs):
        if sys._getframe(1).f_globals is vars(process):
            sys.last_value = sys.exc_info()[1]
        show(*args, **kwargs)

    traceback.print_exc = print_exc


def _last():
    """Set by the interpreter when an exception ends the program, by sessions when one ends what was typed; an interrupt may have no value."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if error is not None else getattr(sys, "last_type", None)
