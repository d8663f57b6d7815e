# -*- coding: utf-8 -*-
"""Logging of a training that is several processes."""

from __future__ import absolute_import

import collections
import logging
import os
import sys
import time

from ava import notices
from ava.log.log_file import LogFile
from ava.log.reentrant_lock import ReentrantLock

logger = logging.getLogger()
"""The root logger, as it always was."""

RUN_LOG = "run.log"
RUN_LOG_BYTES = 50 * 1024 * 1024
RUN_LOG_COUNT = 10
_MOST_WAITING = 10000
_RETRY_S = 1.0
FORMAT = "[%(asctime)s] [%(levelname)s] [%(threadName)s/%(filename)s:%(lineno)s - %(funcName)s()] "


def initialize_test_logger():
    """初始化 unittest logger 。

    Everything from DEBUG on goes to stderr, and to no file.
    """
    logging.basicConfig(level=logging.DEBUG)


def initialize_logger(workdir, node=None, debug=False):
    """初始化 logger 。

    1. 格式化输出到标准错误流。格式化支持 Node[1] Node[3] 区分不同节点（分布式）的 worker 。
    2. 格式化输出到文件 <workdir>/run.log ，支持多进程；满 50 MiB 时轮转，保留 10 个旧文件。

    Sets the root logger up: messages go to stderr and to ``<workdir>/run.log``, which other processes may write at
    the same time. Called again, it replaces what it set up before, and handlers that would write to the terminal a
    second time. A folder that cannot be written is told once, and the program goes on.

    :param workdir: 日志目录 / folder of the log; made where it is missing
    :param node: 分布式 worker 的编号 / number of a distributed worker
    :param debug: 是否输出 DEBUG 日志 / log from DEBUG on, else from INFO on
    :returns: the root logger
    """
    logger.setLevel(logging.DEBUG if debug else logging.INFO)
    # Their debug messages are a line for each request.
    for name in ("requests", "urllib3"):
        if logging.getLogger(name).level == logging.NOTSET:
            logging.getLogger(name).setLevel(logging.WARNING)
    for handler in list(logger.handlers):
        # Exactly this class: those derived from it go elsewhere, such as to a file.
        if type(handler) is logging.StreamHandler or isinstance(handler, (TerminalHandler, RunLogHandler)):
            logger.removeHandler(handler)
            handler.close()
    node_prefix = "" if node is None else "Node[%s] " % node
    formatter = logging.Formatter(FORMAT + node_prefix.replace("%", "%%") + "%(message)s")
    path = os.path.join(workdir, RUN_LOG)
    run_log = RunLogHandler(path, maxBytes=RUN_LOG_BYTES, backupCount=RUN_LOG_COUNT)
    for handler in (TerminalHandler(), run_log):
        handler.setFormatter(formatter)
        logger.addHandler(handler)
    return logger


def run_log_handler():
    """:returns: the handler of ``run.log`` that :func:`initialize_logger` made, or ``None``"""
    for handler in logger.handlers:
        if isinstance(handler, RunLogHandler):
            return handler
    return None


class MultiProcessingLogHandler(logging.Handler):
    """支持多进程的 LogHandler，多个进程（fork、spawn 或各自启动）和线程可以同时写同一个日志文件，并按大小轮转。

    Appends to one log file from any number of processes and threads, with rotation by size. A record is in the file
    when the call that logged it returns; nothing is kept in a queue that dies with the process. What cannot be
    written, because the disk is full for example, waits (at most 10 000 records) for the next call.
    """

    def __init__(self, filename, mode="w", maxBytes=0, backupCount=10):
        """打开日志文件。

        :param filename: path of the log; older pieces are ``<filename>.1`` (the newest) to ``<filename>.<backupCount>``
        :param mode: ``w``: the first writer empties the log, one that finds others writing does not; ``a``: no
            writer does. With rotation ``w`` counts as ``a``
        :param maxBytes: size at which the log is put aside; 0: never
        :param backupCount: how many are kept; 0: no rotation
        """
        logging.Handler.__init__(self)
        self.baseFilename = os.path.abspath(filename)
        self._file = LogFile(self.baseFilename, mode, maxBytes, backupCount)
        self._pid = os.getpid()
        self._waiting = collections.deque()
        self._dropped = 0
        self._retry_at = 0.0
        try:
            self._file.open()
        except EnvironmentError as error:
            self._tell(error)

    def setFormatter(self, fmt):
        """设置日志格式。

        :param fmt: a ``logging.Formatter``
        """
        logging.Handler.setFormatter(self, fmt)

    def createLock(self):
        """As of ``logging.Handler``, and a signal handler may log while its thread has the lock."""
        logging.Handler.createLock(self)
        _make_signal_safe(self)

    def acquire(self):
        """As of ``logging.Handler``; in a forked child the lock is a new one, since a thread of the parent may have
        had it."""
        if self._pid != os.getpid():
            self._pid = os.getpid()
            self._waiting.clear()
            self.createLock()
        logging.Handler.acquire(self)

    def emit(self, record):
        """实现 Handler 的 emit 方法，将日志直接写入文件。

        Writes a record.
        """
        try:
            self.send(record)
        except Exception:
            self.handleError(record)

    def send(self, signal):
        """写入一条日志。

        :param signal: a ``LogRecord``, or text of one or more lines that stay together
        """
        text = self.format(signal) if isinstance(signal, logging.LogRecord) else signal
        data = text if isinstance(text, bytes) else text.encode("utf-8", _ON_BAD_TEXT)
        data = data if data.endswith(b"\n") else data + b"\n"
        self.acquire()
        try:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append(data)
            else:
                self._dropped += 1
            if time.time() >= self._retry_at:
                self._write_waiting()
        finally:
            self.release()

    def receive(self):
        """把等待写入的日志（例如磁盘满时积压的）写入文件。

        :returns: number of records that were written by this call
        """
        self.acquire()
        try:
            return self._write_waiting()
        finally:
            self.release()

    def flush(self):
        """Writes what waits; usually nothing does."""
        if self._waiting:
            self.receive()

    def close(self):
        """写完等待的日志并关闭文件。

        Closes the file. A record that comes later opens it again.
        """
        self.flush()
        self._file.close()
        logging.Handler.close(self)

    def _write_waiting(self):
        written = 0
        try:
            while True:
                # Taken out first: a signal handler that logs in the middle of it must not write it a second time.
                try:
                    data = self._waiting.popleft()
                except IndexError:
                    break
                if not self._file.append(data):
                    self._waiting.appendleft(data)
                    return written
                written += 1
        except EnvironmentError as error:
            self._waiting.appendleft(data)
            self._retry_at = time.time() + _RETRY_S
            self._tell(error)
            return written
        self._retry_at = 0.0
        if self._dropped:
            count, self._dropped = self._dropped, 0
            notices.warn("%d records are missing in %s" % (count, self.baseFilename))
        return written

    def _tell(self, error):
        notices.warn(
            "log %s cannot be written (%s); records wait for it"
            % (self.baseFilename, getattr(error, "strerror", error))
        )


class RunLogHandler(MultiProcessingLogHandler):
    """That of :func:`initialize_logger`."""


class TerminalHandler(logging.StreamHandler):
    """That of :func:`initialize_logger`."""

    def createLock(self):
        logging.StreamHandler.createLock(self)
        _make_signal_safe(self)

    def handleError(self, record):
        try:
            logging.StreamHandler.handleError(self, record)
        except RuntimeError:
            # A signal handler logged while the interrupted code wrote to stderr, which takes no second call in the
            # first.
            pass


def _make_signal_safe(handler):
    if sys.version_info[0] == 2:
        handler.lock = ReentrantLock()


_ON_BAD_TEXT = "strict" if sys.version_info[0] == 2 else "backslashreplace"
