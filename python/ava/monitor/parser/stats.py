# -*- coding: utf-8 -*-
"""What a line of Caffe's log told the SDK of 2018."""
from __future__ import absolute_import


class IntervalTrainStats(object):
    """训练过程中根据每一行解析的统计信息

    Each is ``None`` where the line does not tell it: ``iteration`` (batch of the whole run), ``epoch``, ``accuracy``, ``lr``, ``loss``, ``dt`` (a
    ``datetime``).
    """

    def __init__(self):
        self.iteration = self.epoch = self.accuracy = self.lr = self.loss = self.dt = None

    def __str__(self):
        shown = (self.iteration, self.epoch, self.accuracy, self.lr, self.loss, self.dt)
        return "iter:%s,epoch:%s,accu:%s,lr:%s,loss:%s,dt:%s" % shown
