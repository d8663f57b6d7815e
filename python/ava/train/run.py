# -*- coding: utf-8 -*-
"""Where a run lies, and what it belongs to."""
from __future__ import absolute_import

import os
import socket
import sys

from ava import notices, rules
from ava.env.environment import Environment
from ava.params.json_object import Unreadable, read_json_text
from ava.process.mark import own_process
from ava.train.identity import check_id, new_instance_id
from ava.workspace import absolute, make_private_folder, prepare_workspace

DEFAULT_TRAINING = "default"
"""Name of the training when nothing names another one."""

_UNTOLD = ("AVA_AGENT", "AVA_CONSOLE", "AVA_WORKSPACE", "AVA_TRAINING_INS_ID")


class Run(object):
    """Folders and names of one instance; plain values, since it is pickled to spawned processes."""

    def __init__(self, workspace, training, instance, environment, name, has_chosen_id):
        """:param environment: folders that are named, of :meth:`ava.env.environment.Environment.named`
        :param name: display name; ``None``: that which the instance has
        :param has_chosen_id: the id is not one that was made for this run"""
        self.workspace = workspace
        self.environment = environment
        self.training = training
        self.instance = instance
        self.name = name
        self.has_chosen_id = has_chosen_id
        self.params_from = "workspace"
        self.rules = []
        self.params_revision = None
        self.base = os.path.join(workspace, "run", instance)
        self.output = os.path.join(self.base, "output")
        self.logs = os.path.join(self.base, "logs")
        self.journal = os.path.join(self.base, "journal")

    @classmethod
    def of(cls, training_ins_id, name=None):
        """Names a run from what the caller, the environment and ``config/*`` say.

        :raises ValueError: for a wrong id
        """
        env = Environment().find()
        workspace = prepare_workspace(absolute(env.workdir))
        spec = _read_json(env.training_spec_file)
        training = _first_valid(
            "training", _check_training, [("AVA_TRAINING", os.environ.get("AVA_TRAINING")), ("config/trainingspec", spec.get("name"))]
        )
        if training_ins_id is not None:
            instance = _check_instance_id(training_ins_id)
        else:
            instance = _first_valid("instance id", _check_instance_id, [("AVA_TRAINING_INS_ID", os.environ.get("AVA_TRAINING_INS_ID"))])
        return cls(workspace, training or DEFAULT_TRAINING, instance or new_instance_id(), env.named(), _display_name(name), instance is not None)

    @property
    def is_named(self):
        """:returns: whether a person or a program has named its training or its id"""
        return self.has_chosen_id or self.training != DEFAULT_TRAINING

    def folder(self, path):
        """:returns: a folder of the environment; where it does not exist and cannot be made, the one of the workspace that took its place"""
        workdir = Environment().workdir
        relative = os.path.relpath(path, workdir)
        if self.workspace == absolute(workdir) or os.path.isdir(path) or relative.startswith(os.pardir):
            return path
        return os.path.join(self.workspace, relative)

    def make_folders(self):
        """Makes the folders of the run and of the workspace, as far as they can be made."""
        env = Environment()
        shared = [env.model_base_path, env.params_base_path, env.trainset_base_path, env.valset_base_path, env.testset_base_path]
        for folder in [self.output, self.logs] + [self.folder(path) for path in shared]:
            try:
                make_private_folder(folder)
            except (OSError, IOError) as error:
                notices.tell("folder %s cannot be made: %s" % (folder, error))

    def params(self):
        """:returns: text of the run's params, and the params; those of an empty object where there are none"""
        own = os.path.join(self.base, "params.json")
        return _read_json_text(own if os.path.exists(own) else Environment().params_file)

    def start_facts(self, start_time):
        """:returns: facts of the instance at its start; a run that joins it and names no training, no display name and no params leaves it those that it has"""
        facts = {
            "state": "running",
            "startTime": start_time,
            "command": _command()[:2],  # Its arguments may be secrets: the agent knows which.
            "workingFolder": absolute(""),
            "host": socket.gethostname(),
            "pid": os.getpid(),
        }
        text, params = self.params()
        if params and self.params_from != "instance":
            facts["paramsText"] = text
            facts["paramsFrom"] = self.params_from
        if self.params_revision is not None and self.params_from == "training":
            facts["paramsRevision"] = self.params_revision
        if self.training != DEFAULT_TRAINING:
            facts["training"] = self.training
        if self.name is not None:
            facts["name"] = self.name
        return facts

    def training_ref(self, start_time):
        """:returns: where a model comes from"""
        spec = _read_json(Environment().training_spec_file)
        text, params = self.params()
        return dict(
            spec,
            training=self.training,
            instanceID=self.instance,
            status="running",
            startTime=start_time,
            params=params,
            paramsText=text,
        )

    def attachment(self, labels):
        """:returns: fields with which an agent is asked to attend the run"""
        fields = {
            "run": self.base,
            "workspace": self.workspace,
            "instance": self.instance,
            "training": self.training,
            "command": _command(),
            "program": sys.executable or "python",
            "workingFolder": absolute(""),
            "environment": dict(
                (name, value) for name, value in os.environ.items() if name.startswith("AVA_") and name not in _UNTOLD
            ),
        }
        mark = own_process()
        fields.update((name, mark[name]) for name in ("pid", "process") if name in mark)
        if labels:
            fields["labels"] = labels
        return fields


def _command():
    return [sys.executable or "python"] + [str(word) for word in getattr(sys, "argv", [])]


def _check_instance_id(value):
    return check_id(str(value), "instance id")


def _check_training(value):
    name = rules.composed(value)
    why = rules.why_not_training_name(name)
    if why is not None:
        raise ValueError(why)
    return name


def _display_name(value):
    if value is None:
        return None
    name = rules.composed(value)
    why = rules.why_not_display_name(name)
    if why is None:
        return name
    notices.warn("%s; the run is recorded without it" % why)
    return None


def _first_valid(what, check, choices):
    """A wrong value in the environment or a file is told and passed over, since it must not stop a training."""
    for source, value in choices:
        if not value or not isinstance(value, (str, type(u""))):
            continue
        try:
            return check(value)
        except ValueError as error:
            notices.warn("%s from %s is passed over: %s" % (what, source, error))
    return None


def _read_json(path):
    return _read_json_text(path)[1]


def _read_json_text(path):
    try:
        return read_json_text(path)
    except EnvironmentError:
        pass
    except Unreadable as error:
        notices.warn("%s is passed over: %s" % (path, error))
    return u"{}", {}
