"""Words for people."""
import io
import os
import shutil
import sys
import tempfile
import unittest

from ava import notices


class NoticesTest(unittest.TestCase):
    def setUp(self):
        notices._said.clear()
        self.addCleanup(notices._said.clear)
        self.addCleanup(notices.keep_in, notices._file)
        self.addCleanup(setattr, sys, "stderr", sys.stderr)
        sys.stderr = io.BytesIO() if str is bytes else io.StringIO()

    def test_a_new_warning_at_each_step_does_not_silence_another_kind(self):
        for step in range(5000):
            notices.warn("log() takes numbers; passed over: bad_%d" % step)
        notices.warn("params cannot be written: ENOSPC")
        notices.warn("params cannot be written: ENOSPC")
        said = sys.stderr.getvalue().splitlines()
        self.assertLess(len(said), 1000)
        self.assertEqual(len([line for line in said if "params" in line]), 1)

    def test_what_the_log_of_the_run_cannot_take_is_shown(self):
        kept = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, kept)
        for path in (os.path.join(kept, "ava-sdk.log"), "/proc/no/such/place/ava-sdk.log"):
            notices.keep_in(path)
            notices.tell("not everything reached the platform; see " + path)
        self.assertEqual(sys.stderr.getvalue(), "ava-sdk: not everything reached the platform; see /proc/no/such/place/ava-sdk.log\n")


if __name__ == "__main__":
    unittest.main()
