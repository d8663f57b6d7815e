# -*- coding: utf-8 -*-
from __future__ import absolute_import

import logging
import os

from ava.log.logger import MultiProcessingLogHandler, logger
from seed_case import SeedCase


class LoggerCase(SeedCase):
    def setUp(self):
        super(LoggerCase, self).setUp()
        kept, level = list(logger.handlers), logger.level
        for handler in kept:
            logger.removeHandler(handler)

        def restore():
            for handler in list(logger.handlers):
                logger.removeHandler(handler)
                handler.close()
            for handler in kept:
                logger.addHandler(handler)
            logger.setLevel(level)

        self.addCleanup(restore)
        self.log = os.path.join(self.workspace, "w.log")

    def handler(self, *args, **kwargs):
        handler = MultiProcessingLogHandler(self.log, *args, **kwargs)
        handler.setFormatter(logging.Formatter("%(message)s"))
        self.addCleanup(handler.close)
        return handler

    def lines(self):
        """:returns: lines of all pieces, oldest first; asserts that each piece ends with a whole line"""
        names = [name for name in os.listdir(self.workspace) if name.startswith("w.log")]
        found = []
        for name in sorted(names, key=lambda name: -int(name[6:] or 0)):
            content = self.read(name)
            self.assertTrue(content.endswith(b"\n") or not content, name)
            found += content.decode("utf-8").splitlines()
        return found
