# -*- coding: utf-8 -*-
"""The instance that the builders of 2018 name by its id, or not at all."""
from __future__ import absolute_import

from ava import notices
from ava.env.environment import get_job_id


def instance_for(training_ins_id=None):
    """Finds the instance of this process, or joins the one of that id. Without an id, and with no instance yet, that of the
    platform's job is taken, as in 2018.

    :param training_ins_id: id of an instance
    :returns: a ``TrainInstance``; ``None`` and a warning where nothing names one
    """
    from ava.train import base

    instance = base.current(training_ins_id)
    if instance is not None:
        return instance
    training_ins_id = training_ins_id or get_job_id()
    if not training_ins_id:
        notices.warn("there is no training instance to record to; make a TrainInstance() first")
        return None
    return base.TrainInstance(training_ins_id)
