# -*- coding: utf-8 -*-
"""AVA SDK: records training runs and loses nothing of them."""

__version__ = "1.0.0"
