"""Words for people."""
import io
import sys
import unittest

from ava import notices


class NoticesTest(unittest.TestCase):
    def setUp(self):
        notices._said.clear()
        self.addCleanup(notices._said.clear)

    def test_a_new_warning_at_each_step_does_not_silence_another_kind(self):
        stderr, sys.stderr = sys.stderr, io.BytesIO() if str is bytes else io.StringIO()
        try:
            for step in range(5000):
                notices.warn("log() takes numbers; passed over: bad_%d" % step)
            notices.warn("params cannot be written: ENOSPC")
            notices.warn("params cannot be written: ENOSPC")
            said = sys.stderr.getvalue().splitlines()
        finally:
            sys.stderr = stderr
        self.assertLess(len(said), 1000)
        self.assertEqual(len([line for line in said if "params" in line]), 1)


if __name__ == "__main__":
    unittest.main()
