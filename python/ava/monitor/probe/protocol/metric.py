# -*- coding: utf-8 -*-
"""A metric as the SDK of 2018 reported it."""
from __future__ import absolute_import


class ProbeMetric(object):
    """探针上报数据信息

    ``measurement``, ``time`` in seconds since 1970 (``None``: now), tags and fields as lists of names and of values.
    """

    def __init__(self):
        self.measurement = ""
        self.time = None
        self.tagk_list = []
        self.tagv_list = []
        self.fieldk_list = []
        self.fieldv_list = []

    def __str__(self):
        shown = (self.measurement, self.time, self.tagk_list, self.tagv_list, self.fieldk_list, self.fieldv_list)
        return "m:%s,t:%s,tagk:%s,tagv:%s,fieldk:%s,fieldv:%s" % shown
