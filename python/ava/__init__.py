# -*- coding: utf-8 -*-
"""AVA SDK: records training runs: metrics, log, params, models and how they ended."""

__version__ = "1.0.0"
