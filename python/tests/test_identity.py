# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import subprocess
import sys
import unittest

from ava.train import identity

LAUNCHERS = ("RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID", "DMLC_WORKER_ID", "JOB_COMPLETION_INDEX", "TF_CONFIG")
PROGRAM = "from ava.train import identity; print(identity.new_instance_id()); print(identity.new_instance_id())"


class IdentityTest(unittest.TestCase):
    def setUp(self):
        self.environment = dict(os.environ)
        for name in LAUNCHERS:
            os.environ.pop(name, None)

    def tearDown(self):
        os.environ.clear()
        os.environ.update(self.environment)

    def test_ids_differ_sort_by_time_and_fit_the_pattern(self):
        ids = set(identity.new_instance_id() for _ in range(1000))
        self.assertEqual(len(ids), 1000)
        for one in ids:
            self.assertEqual(identity.check_id(one, "id"), one)
            self.assertRegex(one, r"^\d{8}-\d{6}-[a-z0-9]{6}$")

    def test_processes_of_one_launcher_share_their_first_and_their_second_instance(self):
        def started(rank):
            environment = dict(os.environ, RANK=rank) if rank else dict(os.environ)
            return subprocess.check_output([sys.executable, "-c", PROGRAM], env=environment).decode().split()

        if not os.path.exists("/proc/self/stat"):
            self.skipTest("the system does not tell when a process started")
        self.assertEqual(started("0"), started("1"))
        self.assertNotEqual(*started("0"))
        self.assertNotEqual(started(None), started(None))

    def test_ranks_of_launchers_are_found(self):
        self.assertIsNone(identity.read_rank())
        os.environ["TF_CONFIG"] = '{"cluster": {"chief": ["a"], "worker": ["b", "c"]}, "task": {"type": "worker", "index": 1}}'
        self.assertEqual(identity.read_rank(), "2")
        os.environ["TF_CONFIG"] = "not for us"
        self.assertIsNone(identity.read_rank())
        os.environ["SLURM_PROCID"] = "7"
        self.assertEqual(identity.read_rank(), "7")

    def test_a_wrong_id_says_what_is_allowed(self):
        for wrong in ("", "../up", "a b", "x" * 129, u"训练", "line\n"):
            self.assertRaises(ValueError, identity.check_id, wrong, "instance id")


if not hasattr(IdentityTest, "assertRegex"):
    IdentityTest.assertRegex = IdentityTest.assertRegexpMatches
