# -*- coding: utf-8 -*-
"""How the process of a training ends, when it does not say so itself."""
from __future__ import absolute_import

import atexit
import os
import sys

from ava.train import exit_code, session

_instances = []
_watching_pid = None


def watch(instance):
    """Has an instance ended with the process: :meth:`TrainInstance._end_with_process` is called with an error message or None.

    :param instance: a ``TrainInstance`` of this process
    """
    global _watching_pid
    if _watching_pid is None:
        exit_code.watch()
        session.watch(_steps)
        os._exit = _ending(os._exit)
    if _watching_pid != os.getpid():
        _watching_pid = os.getpid()
        atexit.register(_at_exit)
        session.watch_multiprocessing()
    session.is_new(instance)
    _instances.append(instance)


def forget(instance):
    """The instance has ended by itself."""
    if instance in _instances:
        _instances.remove(instance)


def _at_exit():
    _end(lambda instance: session.reason(instance) or exit_code.reason())


def _end(reason_of):
    for instance in list(_instances):
        # Those of a parent are ended by the parent.
        if instance._owner_pid == os.getpid():
            instance._end_with_process(reason_of(instance))


def _steps():
    return [(instance, instance._steps.last) for instance in _instances]


def _ending(leave):
    """Forked processes leave by ``os._exit``, which calls no ``atexit``."""

    def _exit(status):
        # That of Python 3.6 exits with 1 whatever became of its child.
        is_told = sys._getframe(1).f_globals.get("__name__") != "multiprocessing.forkserver"
        code = exit_code.text_of(status) if is_told else exit_code.reason()
        try:
            _end(lambda instance: session.reason(instance) or code)
        finally:
            leave(status)

    _exit.__doc__ = leave.__doc__
    return _exit
