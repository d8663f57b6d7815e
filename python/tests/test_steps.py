# -*- coding: utf-8 -*-
from __future__ import absolute_import

import os
import shutil
import tempfile
import unittest

from ava.train.steps import StepCounter


class StepsTest(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp()
        self.folder = os.path.join(self.base, "steps")

    def tearDown(self):
        shutil.rmtree(self.base)

    def test_a_run_that_is_joined_again_goes_on_after_its_last_step(self):
        first = StepCounter(self.folder)
        self.assertEqual([first.take(), first.take(), first.take(7.0), first.take()], [0, 1, 7, 8])
        self.assertEqual(StepCounter(self.folder).take(), 9)
        self.assertEqual(os.path.getsize(os.path.join(self.folder, "main")), 8)

    def test_ranks_count_for_themselves_and_who_has_none_goes_on_after_all(self):
        self.assertEqual(StepCounter(self.folder, "0").take(41.0), 41)
        self.assertEqual(StepCounter(self.folder, "1").take(), 0)
        self.assertEqual(StepCounter(self.folder, "0").take(), 42)
        self.assertEqual(StepCounter(self.folder).take(), 43)

    def test_without_a_place_to_remember_it_the_steps_are_counted_all_the_same(self):
        for counter in (StepCounter(), StepCounter("/proc/no/such/place")):
            self.assertEqual([counter.take(), counter.take()], [0, 1])

    @unittest.skipUnless(hasattr(os, "fork"), "no fork on this system")
    def test_a_forked_worker_does_not_set_the_step_of_its_parent(self):
        counter = StepCounter(self.folder)
        counter.take()
        pid = os.fork()
        if pid == 0:
            counter.take(1000.0)
            os._exit(0)
        os.waitpid(pid, 0)
        self.assertEqual(StepCounter(self.folder).take(), 1)
