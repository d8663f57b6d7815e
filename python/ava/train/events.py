# -*- coding: utf-8 -*-
"""What the agent says about a run, in words for people."""
from __future__ import absolute_import

import collections

from ava import notices

_SAID_OF = {
    "stop": "the platform asks the run to stop: %(reason)s",
    "trouble": "the platform does not take records (%(reason)s); they stay in the journal",
    "recovered": "the platform takes records again",
    "registered": "model %(model)s is stored: %(url)s",
    "notice": "%(message)s",
}


def tell_of(event):
    """:param event: of docs/formats/agent.md; unknown ones are passed over"""
    words = _SAID_OF.get(event["event"])
    if words is not None:
        notices.tell(words % collections.defaultdict(str, event))
