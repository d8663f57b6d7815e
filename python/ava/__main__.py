# -*- coding: utf-8 -*-
"""``python -m ava`` is the command line ``ava-sdk``."""
import sys

from ava.command import main

if __name__ == "__main__":
    sys.exit(main())
