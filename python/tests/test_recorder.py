# -*- coding: utf-8 -*-
from __future__ import absolute_import

import errno
import math
import os
import shutil
import tempfile
import unittest

from ava.journal import record, writer as writer_module
from ava.journal.recorder import Recorder

from journal_reader import json_of, points_of, read_writers


class RecorderTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.journal = os.path.join(self.folder, "run", "i1", "journal")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def recorder(self):
        return Recorder(self.journal, "i1", "digits", {"rank": "3"})

    def read_one(self):
        (records,) = read_writers(self.journal).values()
        return records

    def test_values_come_back_as_they_were(self):
        recorder = self.recorder()
        recorder.points({"loss": 0.1, u"准确率": float("inf")}, 3.0, 0.5, 1700000000123456789)
        recorder.points({"loss": float("nan")}, 2.0)
        first, second = points_of(self.read_one())
        self.assertEqual(first, (3.0, 0.5, 1700000000123456789, {"loss": 0.1, u"准确率": float("inf")}))
        self.assertTrue(math.isnan(second[3]["loss"]) and math.isnan(second[1]))

    def test_records_are_numbered_from_one_without_gaps_over_segments_that_can_be_read_alone(self):
        before, writer_module.SEGMENT_BYTES = writer_module.SEGMENT_BYTES, 2000
        try:
            recorder = self.recorder()
            for step in range(200):
                recorder.points({"loss": float(step), "lr": 0.1}, float(step))
        finally:
            writer_module.SEGMENT_BYTES = before
        self.assertGreater(len(os.listdir(self.journal)), 5)
        records = self.read_one()
        self.assertEqual([seq for seq, _, _ in records], list(range(1, len(records) + 1)))
        self.assertEqual([row[3]["loss"] for row in points_of(records)], [float(step) for step in range(200)])
        last = sorted(os.listdir(self.journal))[-1]
        for name in os.listdir(self.journal):
            if name != last:
                os.unlink(os.path.join(self.journal, name))
        self.assertEqual(points_of(self.read_one())[-1][3], {"loss": 199.0, "lr": 0.1})

    def test_what_json_has_no_word_for_becomes_text(self):
        recorder = self.recorder()
        recorder.facts({"params": {"nan": float("nan"), "set": {1}, "bytes": b"\xff", "object": object, "inf": [-float("inf")]}})
        (facts,) = json_of(self.read_one(), record.FACTS)
        self.assertEqual(facts["params"]["nan"], "NaN")
        self.assertEqual((facts["params"]["set"], facts["params"]["inf"]), ([1], ["-Infinity"]))

    def test_names_that_the_platform_would_refuse_are_left_out_and_the_others_recorded(self):
        recorder = self.recorder()
        recorder.points({"": 1.0, u"\U0001F600" * 513: 1.0, "a\0": 1.0, "ok": 2.0, u"\U0001F600" * 300: 3.0}, 0.0)
        (row,) = points_of(self.read_one())
        self.assertEqual(sorted(row[3].values()), [2.0, 3.0])
        self.assertEqual(recorder.drops["points"], 3)

    def test_many_long_names_cost_what_they_take_once_and_nothing_in_the_calls_after(self):
        recorder = self.recorder()
        recorder.points(dict(("n" * 500 + str(at), float(at)) for at in range(36000)), 0.0)
        size = self.size()
        self.assertLess(size, 22000000)
        for step in range(5):
            recorder.points({"loss": 1.0}, float(step))
        self.assertLess(self.size() - size, 500)
        rows = points_of(self.read_one())
        self.assertEqual(sum(len(row[3]) for row in rows), 36005)
        self.assertLess(max(len(row[3]) for row in rows), 2200)

    def test_facts_and_events_wait_for_room_in_their_order(self):
        recorder = self.recorder()
        recorder.facts({"state": "running"})
        journal = recorder._now.journal
        append, journal._file.append = journal._file.append, self.full_disk
        recorder.facts({"host": "a", "command": ["x"]})
        recorder.facts({"state": "failed"})
        waiting = [{"host": "a", "command": ["x"]}, {"state": "failed"}]
        journal._file.append = append
        recorder.facts({"host": "b"})
        self.assertEqual(json_of(self.read_one(), record.FACTS), [{"state": "running"}] + waiting + [{"host": "b"}])
        self.assertIsNone(recorder.last_words())

    def test_facts_that_fit_no_record_are_left_out_and_the_others_recorded(self):
        recorder = self.recorder()
        recorder.facts({"state": "running", "paramsText": "x" * (4 * 1024 * 1024)})
        self.assertEqual(json_of(self.read_one(), record.FACTS), [{"state": "running"}])

    def size(self):
        return sum(os.path.getsize(os.path.join(self.journal, name)) for name in os.listdir(self.journal))

    def test_drops_are_counted_and_recorded_when_there_is_room_again(self):
        recorder = self.recorder()
        recorder.points({"loss": 1.0}, 0.0)
        journal = recorder._now.journal
        append, journal._file.append = journal._file.append, self.full_disk
        recorder.points({"loss": 2.0, "lr": 0.1}, 1.0)
        recorder.log(b"lost text")
        journal._file.append = append
        recorder.points({"loss": 3.0}, 2.0)
        recorder.close()
        records = self.read_one()
        self.assertEqual([row[3] for row in points_of(records)], [{"loss": 1.0}, {"loss": 3.0}])
        (drops,) = json_of(records, record.DROPS)
        self.assertEqual((drops["points"], drops["logBytes"]), (2, 9))
        self.assertIn("ENOSPC", drops["reason"])
        self.assertEqual([seq for seq, _, _ in records], list(range(1, len(records) + 1)))

    def test_facts_and_events_wait_for_room_in_their_order_or_are_last_words(self):
        recorder = self.recorder()
        journal = recorder._now.journal
        append, journal._file.append = journal._file.append, self.full_disk
        recorder.facts({"state": "running"})
        recorder.event({"event": "stop"})
        journal._file.append = append
        recorder.facts({"state": "done"})
        self.assertIsNone(recorder.last_words())
        journal._file.append = self.full_disk
        recorder.points({"loss": 2.0}, 1.0)
        recorder.facts({"state": "failed"})
        words = recorder.last_words()
        self.assertIsNone(recorder.last_words())
        records = self.read_one()
        self.assertEqual([kind for _, kind, _ in records], [record.FACTS, record.EVENT, record.FACTS])
        self.assertEqual(words["afterSeq"], records[-1][0])
        self.assertEqual([one["type"] for one in words["records"]], ["facts", "drops"])
        self.assertEqual(words["records"][1]["drops"]["points"], 1)

    @staticmethod
    def full_disk(data):
        raise OSError(errno.ENOSPC, "No space left on device")

    def test_the_journal_is_bounded(self):
        before, writer_module.MAX_JOURNAL_BYTES = writer_module.MAX_JOURNAL_BYTES, 5000
        try:
            recorder = self.recorder()
            for step in range(200):
                recorder.points({"loss": float(step)}, float(step))
                recorder.log(b"x" * 100)
        finally:
            writer_module.MAX_JOURNAL_BYTES = before
        (name,) = os.listdir(self.journal)
        self.assertLess(os.path.getsize(os.path.join(self.journal, name)), 5001)
        self.assertGreater(recorder.drops["points"], 0)
        self.assertGreater(recorder.drops["logBytes"], 0)
        self.assertIn("limit", recorder.drops["reason"])

    def test_a_forked_child_has_a_journal_of_its_own(self):
        recorder = self.recorder()
        recorder.points({"loss": 1.0}, 0.0)
        pid = os.fork()
        if pid == 0:
            recorder.points({"loss": 2.0}, 1.0)
            os._exit(0)
        os.waitpid(pid, 0)
        recorder.points({"loss": 3.0}, 2.0)
        rows = sorted([row[3]["loss"] for row in points_of(records)] for records in read_writers(self.journal).values())
        self.assertEqual(rows, [[1.0, 3.0], [2.0]])

    def test_a_signal_handler_that_interrupts_a_write_and_ends_the_program_loses_nothing_of_its_own(self):
        recorder = self.recorder()
        recorder.points({"loss": 1.0}, 0.0)
        journal = recorder._now.journal
        append = journal._file.append

        def interrupted(data):
            recorder.points({"handled": 2.0}, 1.0)
            raise KeyboardInterrupt

        journal._file.append = interrupted
        self.assertRaises(KeyboardInterrupt, recorder.points, {"loss": 3.0}, 2.0)
        journal._file.append = append
        recorder.points({"loss": 4.0}, 3.0)
        rows = sorted(([row[3] for row in points_of(records)] for records in read_writers(self.journal).values()), key=len)
        self.assertEqual(rows, [[{"handled": 2.0}], [{"loss": 1.0}, {"loss": 4.0}]])

    def test_a_folder_that_cannot_be_made_loses_nothing_silently(self):
        blocker = os.path.join(self.folder, "file")
        open(blocker, "w").close()
        recorder = Recorder(os.path.join(blocker, "journal"), "i1", "digits", {})
        recorder.points({"loss": 1.0}, 0.0)
        self.assertEqual(recorder.drops["points"], 1)
        self.assertIn("ENOTDIR", recorder.failure)
