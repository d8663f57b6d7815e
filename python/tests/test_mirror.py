# -*- coding: utf-8 -*-
from __future__ import absolute_import

import base64
import os
import shutil
import tempfile
import time
import unittest

from ava.agent.mirror import Mirror
from ava.journal import record, writer
from ava.journal.recorder import Recorder


class Agent(object):
    """Takes copies, as an agent does that does not see the folder; the far side of a network."""

    def __init__(self):
        self.missing = None
        self.is_ending = False
        self.copies = {}

    def pause(self, longest_s):
        time.sleep(0.001)

    def request(self, op, fields, timeout_s):
        copy = self.copies.setdefault(fields["file"], bytearray())
        if fields["offset"] <= len(copy):
            copy[fields["offset"] :] = base64.b64decode(fields["data"])
        return {"size": len(copy)}


class MirrorTest(unittest.TestCase):
    def setUp(self):
        self.run_folder = tempfile.mkdtemp()
        self.journal = os.path.join(self.run_folder, "journal")
        self.agent = Agent()

    def tearDown(self):
        self.agent.is_ending = True
        shutil.rmtree(self.run_folder)

    def test_what_was_recorded_is_copied_and_closed_segments_are_deleted(self):
        before, writer.SEGMENT_BYTES = writer.SEGMENT_BYTES, 2000
        try:
            recorder = Recorder(self.journal, "i1", "digits", {})
            for step in range(200):
                recorder.points({"loss": float(step)}, float(step))
        finally:
            writer.SEGMENT_BYTES = before
        names = sorted(os.listdir(self.journal))
        contents = {}
        for name in names:
            with open(os.path.join(self.journal, name), "rb") as source:
                contents["journal/" + name] = source.read()
        mirror = Mirror(self.agent, self.run_folder)
        mirror.settle(time.time() + 20)
        self.assertEqual(dict((name, bytes(copy)) for name, copy in self.agent.copies.items()), contents)
        self.assertEqual(os.listdir(self.journal), names[-1:])

    def test_a_journal_that_another_program_sends_itself_is_left_alone(self):
        os.makedirs(self.journal)
        for number in (0, 1):
            path = os.path.join(self.journal, "0123456789abcdef.%06d.ava" % number)
            with open(path, "wb") as segment:
                segment.write(record.segment_head({"writer": "0123456789abcdef", "isSelfShipped": True}))
        Mirror(self.agent, self.run_folder).settle(time.time() + 20)
        self.assertEqual(self.agent.copies, {})
        self.assertEqual(len(os.listdir(self.journal)), 2)
