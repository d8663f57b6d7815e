# -*- coding: utf-8 -*-
"""Params that the platform has for a run: the engine asks for them before the run starts."""
from __future__ import absolute_import

import json
import os

from ava import notices
from ava.agent import launch, spawn
from ava.params import params

_MOST_S = 10.0
"""The engine itself waits two seconds for the platform; on a machine that is busy its own start takes some, too."""


def settle(run):
    """Gives a run the params that the platform has for its instance, or for its training: as ``params.json`` of its folder, those of the training as
    ``params/default.json`` of the workspace, too. Asked is only for a named training or instance. Never raises.

    :param run: a :class:`ava.train.run.Run` whose folders are there; told where its params come from
    """
    # A parent that records this process's console has asked, and left them in the folder of the run.
    if os.environ.get("AVA_CONSOLE") or not run.is_named:
        return
    try:
        node = launch.find_node()
        if node is not None and os.path.exists(launch.engine_path()):
            _take(run, _ask(run, node))
        else:  # That nothing is sent without it is said by the agent's client.
            notices.tell("params of the platform are not asked for: there is no Node.js %d.%d or newer" % launch.LEAST_NODE)
    except Exception as error:
        notices.warn("the platform cannot be asked for params (%s); used are those of the workspace" % error)


def _ask(run, node):
    command = [node, launch.engine_path(), "params", "fetch", "--json", "--workspace", run.workspace, "--training", run.training]
    if run.has_chosen_id:
        command += ["--id", run.instance]
    answer = spawn.run(command, launch.environment(), os.path.join(run.logs, "ava-sdk.log"), _MOST_S)
    if not answer:
        raise EnvironmentError("the engine does not answer within %d s; %s may say why" % (_MOST_S, os.path.join(run.logs, "ava-sdk.log")))
    return json.loads(answer.decode("utf-8"))


def _take(run, answer):
    for message in answer["warnings"]:
        notices.warn(message)
    for message in answer["notes"]:
        notices.tell(message)
    run.rules = answer.get("rules") or []
    found = answer.get("params")
    if found is None:
        return
    path = os.path.join(run.base, "params.json")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:
        written.write(found["text"].encode("utf-8"))
    params.read_from(path)
    run.params_from = found["from"]
    run.params_revision = found.get("paramsRevision")
