# -*- coding: utf-8 -*-
"""Runs all tests of this folder; warnings of the package about things that Python will drop are errors.

python run.py [name of a test module ...]
"""

from __future__ import absolute_import

import os
import sys
import unittest
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))


def main(names):
    sys.path[:0] = [os.path.dirname(HERE), HERE]
    # For the processes that tests start.
    os.environ["PYTHONPATH"] = os.path.dirname(HERE)
    for category in (DeprecationWarning, PendingDeprecationWarning, SyntaxWarning):
        warnings.filterwarnings("error", category=category, module=r"ava(\.|$)")
    loader = unittest.defaultTestLoader
    found = loader.loadTestsFromNames(names) if names else loader.discover(HERE, top_level_dir=HERE)
    result = unittest.TextTestRunner(stream=sys.stderr).run(found)
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main(sys.argv[1:])
