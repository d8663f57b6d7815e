# -*- coding: utf-8 -*-
"""AVA SDK: records training runs and loses nothing of them. See https://pypi.org/project/ava-sdk/."""

__version__ = "0.1.0"
