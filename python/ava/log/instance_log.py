# -*- coding: utf-8 -*-
"""The root logger while a ``TrainInstance`` records: what is logged is seen, and kept with the run."""

from __future__ import absolute_import

import functools
import logging
import os

from ava.log import logger as log

_STANDARD_LIBRARY = os.path.dirname(os.__file__) + os.sep

_handlers = []
_level_before = logging.NOTSET
_is_giving_way = False


def set_up(folder, log_text, is_console_recorded):
    """Sends what is logged to the terminal, ``<folder>/run.log`` and the log of the run, from DEBUG on, as the SDK of 2018 did. A script that has
    configured the root logger keeps its handlers and level, and gets no second output on the terminal. Called again, it turns to another run.

    :param folder: ``run/<id>/logs``
    :param log_text: records text in the log of the run
    :param is_console_recorded: what is written to stdout and stderr comes to the log of the run anyhow
    """
    global _level_before
    root = logging.getLogger()
    level = _take_away(root)
    formatter = logging.Formatter(log.FORMAT + "%(message)s")
    wanted = [_InstanceHandler(log_text, is_console_recorded)]
    path = os.path.join(folder, log.RUN_LOG)
    if all(getattr(handler, "baseFilename", None) != os.path.abspath(path) for handler in root.handlers):
        wanted.insert(0, log.RunLogHandler(path, maxBytes=log.RUN_LOG_BYTES, backupCount=log.RUN_LOG_COUNT))
    _level_before = root.level if level is None else level
    if not root.handlers:
        terminal = log.TerminalHandler()
        terminal.addFilter(_OnceOnTheTerminal())
        wanted.insert(0, terminal)
        root.setLevel(logging.DEBUG)
        _give_way_to_the_script()
    for handler in wanted:
        handler.setFormatter(formatter)
        handler.addFilter(_WithoutDebugOfPackages())
        root.addHandler(handler)
    _handlers[:] = wanted


def end(log_text):
    """The run has ended: its log takes nothing more.

    :param log_text: as of :func:`set_up`
    """
    for handler in list(_handlers):
        if isinstance(handler, _InstanceHandler) and handler.log_text == log_text:
            logging.getLogger().removeHandler(handler)
            _handlers.remove(handler)


class _InstanceHandler(logging.Handler):
    """To the log of the run, unless that has it from the console."""

    def __init__(self, log_text, is_console_recorded):
        logging.Handler.__init__(self)
        self.log_text = log_text
        self._is_console_recorded = is_console_recorded

    def createLock(self):
        """The journal has its own; this one could be held by another thread at a fork."""
        self.lock = _NoLock()

    def emit(self, record):
        if self._is_console_recorded and _prints(record.name, has_root=True):
            return
        try:
            self.log_text(self.format(record) + "\n")
        except Exception:
            self.handleError(record)


class _NoLock(object):
    def acquire(self):
        return True

    def release(self):
        pass

    def __enter__(self):
        return True

    def __exit__(self, *_):
        pass


class _OnceOnTheTerminal(object):
    """A logger below the root that prints by itself, as many libraries' do, is not printed a second time."""

    def filter(self, record):
        return not _prints(record.name, has_root=False)


class _WithoutDebugOfPackages(object):
    """Debug messages of the standard library and of installed packages, such as those of Pillow for each image, are left out."""

    def filter(self, record):
        if record.levelno >= logging.INFO or record.name == "root":
            return True
        path = record.pathname
        return not (path.startswith(_STANDARD_LIBRARY) or "site-packages" in path or "dist-packages" in path)


def _prints(name, has_root):
    found = logging.getLogger(None if name == "root" else name)
    while found is not None and (has_root or found.parent is not None):
        for handler in found.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
                return True
        found = found.parent if found.propagate else None
    return False


def _take_away(root):
    """Removes what :func:`set_up` added.

    :returns: the level from before; ``None`` where it was not changed
    """
    had_terminal = any(isinstance(handler, log.TerminalHandler) and handler in root.handlers for handler in _handlers)
    for handler in _handlers:
        root.removeHandler(handler)
    return _level_before if had_terminal else None


def _give_way_to_the_script():
    """``logging.basicConfig`` does nothing where there are handlers: a script that calls it after ``TrainInstance()`` is to have its way."""
    global _is_giving_way
    if _is_giving_way:
        return
    _is_giving_way = True
    configure = logging.basicConfig

    @functools.wraps(configure)
    def basic_config(*args, **kwargs):
        root = logging.getLogger()
        level = _take_away(root)
        if level is not None:
            root.setLevel(level)
        try:
            return configure(*args, **kwargs)
        finally:
            _handlers[:] = [handler for handler in _handlers if not isinstance(handler, log.TerminalHandler)]
            for handler in _handlers:
                root.addHandler(handler)

    logging.basicConfig = basic_config
