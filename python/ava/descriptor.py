# -*- coding: utf-8 -*-
"""Descriptors of the SDK in a process that is not its own."""
from __future__ import absolute_import

import os


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
