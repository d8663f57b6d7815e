# -*- coding: utf-8 -*-
"""Descriptors of the SDK in a process that is not its own."""
from __future__ import absolute_import

import os
import sys

_IS_LINUX = sys.platform.startswith("linux")
_HAS_PWRITE = hasattr(os, "pwrite")


class Descriptor(object):
    """An open descriptor that may be used as long as it is the SDK's own. A training may close any descriptor (a daemon closes all
    that it has), and what it opens next gets the same number: without a look, records would be written into its files."""

    def __init__(self, fd):
        """:param fd: an open file, pipe or socket"""
        self.fd = fd
        found = os.fstat(fd)
        self._inode, self._device = found.st_ino, found.st_dev

    def is_ours(self):
        """:returns: False once the training has closed it, whatever has its number now"""
        try:
            found = os.fstat(self.fd)
        except OSError:
            return False
        return found.st_ino == self._inode and found.st_dev == self._device

    def close(self):
        """Closes it, unless the number is the training's by now."""
        if self.is_ours():
            os.close(self.fd)


class MarkedFile(Descriptor):
    """The descriptor of a file, which is told by its offset: a random number, since ``pwrite`` neither uses nor moves it. That costs
    an eighth of what ``fstat`` does. Without ``pwrite`` (Python 2.7), on other systems than Linux, where ``pwrite`` need not append, and
    where the file system takes no such offset, it is told as any other."""

    _mark = None

    def __init__(self, fd):
        """:param fd: an open file"""
        Descriptor.__init__(self, fd)
        if _IS_LINUX and _HAS_PWRITE:
            try:
                self._mark = os.lseek(fd, int.from_bytes(os.urandom(5), "big") | 1 << 32, os.SEEK_SET)
            except OSError:
                pass

    def is_ours(self):
        if self._mark is None:
            return Descriptor.is_ours(self)
        try:
            return os.lseek(self.fd, 0, os.SEEK_CUR) == self._mark
        except OSError:
            return False

    def append(self, data, size):
        """Writes to the end of a file that is opened to append.

        :param size: bytes that it has
        :returns: bytes written
        :raises OSError: the file system's error
        """
        return os.write(self.fd, data) if self._mark is None else os.pwrite(self.fd, data, size)

    def write_at_start(self, data):
        """:raises OSError: the file system's error"""
        if _HAS_PWRITE:
            os.pwrite(self.fd, data, 0)
        else:
            os.lseek(self.fd, 0, os.SEEK_SET)
            os.write(self.fd, data)
