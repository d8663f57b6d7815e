# -*- coding: utf-8 -*-
"""What tests of the seed's modules need: a workspace of their own, and nothing left from the test before."""

from __future__ import absolute_import

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from ava import notices, workspace
from ava.env.environment import Environment
from ava.utils.config import Config

PYTHON_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class SeedCase(unittest.TestCase):
    def setUp(self):
        self.workspace = tempfile.mkdtemp(prefix="ava-seed-")
        self.addCleanup(shutil.rmtree, self.workspace, True)
        kept = dict(os.environ)
        self.addCleanup(os.environ.update, kept)
        self.addCleanup(os.environ.clear)
        for name in [name for name in os.environ if name.startswith("AVA_") or name == "JOB_NAME"]:
            del os.environ[name]
        os.environ["AVA_WORKSPACE"] = self.workspace
        Environment._instance = None
        workspace._named = None
        Config.clear_cache()
        notices._said.clear()
        self.warnings = []
        warn, notices.warn = notices.warn, lambda message, topic=None: self.warnings.append(message)
        self.addCleanup(setattr, notices, "warn", warn)

    def put(self, name, content):
        """:returns: path of a file of the workspace that holds text, bytes, or a value as JSON"""
        path = os.path.join(self.workspace, name)
        if not os.path.isdir(os.path.dirname(path)):
            os.makedirs(os.path.dirname(path))
        if not isinstance(content, (bytes, type(u""))):
            content = json.dumps(content)
        with io.open(path, "wb") as opened:
            opened.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def read(self, name):
        """:returns: bytes of a file of the workspace"""
        with io.open(os.path.join(self.workspace, name), "rb") as opened:
            return opened.read()

    def start(self, script, *args, **options):
        """Starts this interpreter with a script (its text) in the workspace, with pipes."""
        environment = dict(os.environ, PYTHONPATH=PYTHON_FOLDER, PYTHONIOENCODING="utf-8", **options.pop("env", {}))
        command = [sys.executable, "-c", "# -*- coding: utf-8 -*-\n" + script] + [str(arg) for arg in args]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, cwd=self.workspace, env=environment, **options)

    def run_script(self, script, *args, **options):
        """:returns: exit code, stdout and stderr (bytes) of a script"""
        process = self.start(script, *args, **options)
        out, err = process.communicate()
        return process.returncode, out, err
