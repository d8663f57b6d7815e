# -*- coding: utf-8 -*-
from __future__ import absolute_import

from seed_case import SeedCase

MODULES = (
    "ava.params.params", "ava.env.environment", "ava.log.logger", "ava.utils.cmd", "ava.utils.fetcher", "ava.utils.fileloc",
    "ava.utils.uploader", "ava.utils.utils", "ava.utils.compress", "ava.utils.config", "ava.utils.error", "ava.utils.date",
    "ava.utils.tool",
)  # fmt: skip

SCRIPT = """
import logging, os, sys, threading
logging.getLogger("other")
before = (logging.getLogger().handlers[:], logging.getLogger().level, dict(os.environ), threading.active_count())
__import__(sys.argv[1])
after = (logging.getLogger().handlers[:], logging.getLogger().level, dict(os.environ), threading.active_count())
heavy = [name for name in ("multiprocessing", "tarfile", "ssl", "csv", "asyncio", "numpy") if name in sys.modules]
print("%s %s %s" % (before == after, heavy, "ava.log.logger" in sys.modules))
"""


class ImportsTest(SeedCase):
    def test_imports_are_cheap_and_change_nothing(self):
        for module in MODULES:
            code, out, err = self.run_script(SCRIPT, module)
            expected = "True [] %s\n" % (module == "ava.log.logger")
            self.assertEqual((code, out.decode(), err), (0, expected, b""), module)
