# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import shutil
import stat
import tempfile
import unittest

from ava import workspace
from ava.journal.recorder import Recorder

UNWRITABLE = "/proc/no-such-process/ws"
"""Not even root can make a folder there."""


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@unittest.skipUnless(hasattr(os, "getuid"), "no users on this system")
class WorkspaceTest(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp()
        self.before, tempfile.tempdir = tempfile.tempdir, self.base
        self.personal = os.path.join(self.base, "ava-workspace-%d" % os.getuid())

    def tearDown(self):
        tempfile.tempdir = self.before
        shutil.rmtree(self.base)

    def test_what_is_made_is_for_its_user_only(self):
        made = os.path.join(self.base, "outer", "ws")
        self.assertEqual(workspace.prepare_workspace(made), made)
        journal = os.path.join(made, "run", "i", "journal")
        Recorder(journal, "i", "t", {}).close()
        for folder in (os.path.dirname(made), made, os.path.join(made, "run"), os.path.dirname(journal), journal):
            self.assertEqual(mode_of(folder), 0o700, folder)
        (name,) = os.listdir(journal)
        self.assertEqual(mode_of(os.path.join(journal, name)), 0o600)

    def test_a_workspace_that_the_user_made_stays_as_it_is(self):
        made = os.path.join(self.base, "ws")
        os.mkdir(made)
        os.chmod(made, 0o755)
        self.assertEqual(workspace.prepare_workspace(made), made)
        self.assertEqual((mode_of(made), mode_of(os.path.join(made, "run"))), (0o755, 0o700))

    def test_where_it_cannot_be_written_one_private_folder_takes_its_place_again_and_again(self):
        for _ in range(2):
            self.assertEqual(workspace.prepare_workspace(UNWRITABLE), self.personal)
        self.assertEqual(mode_of(self.personal), 0o700)

    def test_a_planted_folder_is_not_used(self):
        for plant in (lambda path: os.symlink(self.base, path), lambda path: open(path, "w").close()) + tuple(
            lambda path, mode=mode: (os.mkdir(path), os.chmod(path, mode)) for mode in (0o777, 0o755)
        ):
            plant(self.personal)
            taken = workspace.prepare_workspace(UNWRITABLE)
            self.assertNotEqual(taken, self.personal)
            self.assertEqual(mode_of(taken), 0o700)
            if os.path.isdir(self.personal) and not os.path.islink(self.personal):
                shutil.rmtree(self.personal)
            else:
                os.unlink(self.personal)
