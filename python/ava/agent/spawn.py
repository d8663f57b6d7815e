# -*- coding: utf-8 -*-
"""Starts programs beside a training without forking it.

``fork`` runs handlers of the libraries in the process, on the thread that forks. MXNet's stop its engine and start it again: operators
that the training's own thread has under way are lost, and it waits for them for ever. ``posix_spawn`` runs no handlers. ``subprocess``
forks before Python 3.10, and ``os.posix_spawn`` is not there before 3.8, so the C library is asked itself.
"""
from __future__ import absolute_import

import ctypes
import errno
import os
import signal
import sys
import time

from ava.descriptor import Descriptor

try:
    import fcntl
except ImportError:  # Windows, where the agent has to be named.
    fcntl = None

# Of <spawn.h>: a session of its own, and, for glibc before 2.24, no fork. glibc before 2.26 knows no sessions.
_FLAGS = (0x0400,) if sys.platform == "darwin" else (0x80 | 0x40, 0x40)
_STRUCT_BYTES = 1024  # Room for posix_spawn's structures; the largest known has 336.
_CHUNK_BYTES = 65536
_POLL_S = 0.005


class PipeClosed(OSError):
    """The training has closed all its descriptors, and the pipe to the program with them. It may be run again."""


def run(command, environment, error_path=os.devnull, timeout_s=None):
    """Runs a program to its end, in a session of its own. It inherits nothing but its working folder, and
    what is open above the limit of descriptors.

    :param command: path of the program, and its arguments
    :param environment: all of its variables
    :param error_path: file to which its stderr is appended
    :param timeout_s: after which it is killed; default: never
    :returns: bytes that it wrote to stdout
    :raises OSError: when it cannot be started
    :raises PipeClosed: when the training has closed the pipe
    """
    reading, writing = os.pipe()
    reading = Descriptor(reading)
    try:
        writing = Descriptor(_above_stdio(writing))
        try:
            pid = _spawn(command, environment, writing, error_path)
        finally:
            writing.close()
        fcntl.fcntl(_checked(reading), fcntl.F_SETFL, os.O_NONBLOCK)
        chunks = []
        has_ended = False
        deadline = None if timeout_s is None else time.time() + timeout_s
        # Not to the end of the pipe: a child that the training forked meanwhile may have it open, too.
        while not has_ended:
            # Asked first: what it wrote before its end can be read then.
            has_ended = _has_ended(pid)
            size = len(chunks)
            while _read_into(chunks, _checked(reading)):
                pass
            if len(chunks) == size and not has_ended:
                time.sleep(_POLL_S)
            if deadline is not None and not has_ended and time.time() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline = None
        return b"".join(chunks)
    finally:
        reading.close()


def _checked(descriptor):
    if not descriptor.is_ours():
        raise PipeClosed("the training has closed the pipe to a program that was started")
    return descriptor.fd


def _has_ended(pid):
    try:
        return _again(os.waitpid, pid, os.WNOHANG)[0] == pid
    except OSError as error:
        if error.errno != errno.ECHILD:
            raise
        return True  # The training waits for any child, and was quicker.


def _read_into(chunks, reading):
    """:returns: whether there was something to read"""
    try:
        chunk = _again(os.read, reading, _CHUNK_BYTES)
    except OSError as error:
        if error.errno != errno.EAGAIN:
            raise
        return False
    if chunk:
        chunks.append(chunk)
    return bool(chunk)


def _spawn(command, environment, stdout, error_path):
    libc = ctypes.CDLL(None, use_errno=True)
    pid = ctypes.c_int()
    actions, attributes = (ctypes.create_string_buffer(_STRUCT_BYTES) for _ in range(2))
    _check(libc.posix_spawn_file_actions_init(actions))
    _check(libc.posix_spawnattr_init(attributes))
    try:
        any(libc.posix_spawnattr_setflags(attributes, ctypes.c_short(flags)) == 0 for flags in _FLAGS)
        append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        _check(libc.posix_spawn_file_actions_addopen(actions, 0, b"/dev/null", os.O_RDONLY, 0))
        _check(libc.posix_spawn_file_actions_adddup2(actions, stdout.fd, 1))
        _check(libc.posix_spawn_file_actions_addopen(actions, 2, _bytes(error_path), append, 0o600))
        for descriptor in _open_descriptors():
            code = libc.posix_spawn_file_actions_addclose(actions, descriptor)
            # Above a limit that was lowered later it cannot be closed: better a program that has it than none.
            if code != errno.EBADF:
                _check(code)
        words = _c_array([_bytes(word) for word in command])
        variables = _c_array([_bytes(name) + b"=" + _bytes(value) for name, value in environment.items()])
        _checked(stdout)
        _check(libc.posix_spawn(ctypes.byref(pid), words[0], actions, attributes, words, variables))
    finally:
        libc.posix_spawn_file_actions_destroy(actions)
        libc.posix_spawnattr_destroy(attributes)
    return pid.value


def _check(code):
    if code != 0:
        raise OSError(code, os.strerror(code))


def _open_descriptors():
    """All but the first three. Python 2.7 leaves every file open to the programs that it starts; a pipe that the agent holds would
    have its reader wait for the agent."""
    return sorted(int(name) for name in os.listdir("/dev/fd") if name.isdigit() and int(name) > 2)


def _above_stdio(descriptor):
    """The same pipe at a number that the program's own stdin, stdout and stderr do not take: a training may have closed its own."""
    if descriptor > 2:
        return descriptor
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 3)
    os.close(descriptor)
    return moved


def _again(call, *arguments):
    """Calls once more where a signal interrupted it, as Python 3.5 and newer do themselves."""
    while True:
        try:
            return call(*arguments)
        except OSError as error:
            if error.errno != errno.EINTR:
                raise


def _c_array(words):
    return (ctypes.c_char_p * (len(words) + 1))(*(words + [None]))


def _bytes(text):
    return text if isinstance(text, bytes) else text.encode(sys.getfilesystemencoding() or "utf-8", _ON_BAD_TEXT)


_ON_BAD_TEXT = "strict" if sys.version_info[0] == 2 else "surrogateescape"
