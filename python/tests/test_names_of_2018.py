# -*- coding: utf-8 -*-
"""Every public name of the SDK of 2018 is there, with its arguments and defaults; ``names_of_2018.txt`` lists them."""
from __future__ import absolute_import

import ast
import importlib
import inspect
import io
import os
import re

from seed_case import SeedCase

# What is not there, or is different, and why.
EXCEPTIONS = {
    "ava.evals": "evaluation jobs were a service of the platform of 2018; results are recorded with log()",
    "ava.evals.evals": "as ava.evals",
    "ava.evals.metrics": "as ava.evals; it needs scikit-learn",
    "ava.tools": "empty but for the tool below",
    "ava.tools.image_uploader": "a program for another service of Qiniu",
    "ava.monitor.parser.caffe_raw": "a script of Caffe's own tools, which nothing imported",
    "ava.monitor.parser.extract_seconds": "a script of Caffe's own tools; parse() reads the time",
    "ava.monitor.probe.probe.UploadWorker": "a thread of Probe's own; records go by the journal",
    "ava.env.environment.singleton": "a decorator that only Environment used, which is one object without it",
    "ava.utils.fetcher.pattern": "a regular expression of parse_qiniu_url",
    "ava.client.api_cli.DEFAULT_APISERVER_HOST": "the platform is on loopback by default",
    "ava.log.logger.initialize_logger": "the document of the seed calls its first argument workdir",
}  # fmt: skip

LINE = re.compile(r"(?P<name>[\w.]+)(?P<arguments>\(.*\))?(?: = (?P<value>.*))?\Z")


def listed():
    with io.open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "names_of_2018.txt"), encoding="utf-8") as opened:
        return [LINE.match(line.rstrip("\n")).groupdict() for line in opened if not line.startswith("#")]


def is_excepted(name):
    return any(name == excepted or name.startswith(excepted + ".") for excepted in EXCEPTIONS)


def found(name):
    """:returns: module, or object in one"""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            value = importlib.import_module(".".join(parts[:length]))
        except ImportError:
            continue
        for part in parts[length:]:
            value = getattr(value, part)
        return value
    raise AttributeError(name)


def arguments_of(function):
    spec = getattr(inspect, "getfullargspec", None) or inspect.getargspec
    spec = spec(function)
    names = [name for name in spec.args if name not in ("self", "cls")]
    required = len(names) - len(spec.defaults or ())
    told = [name if at < required else "%s=%r" % (name, spec.defaults[at - required]) for at, name in enumerate(names)]
    has_more = [getattr(spec, "varkw", None) or getattr(spec, "keywords", None)]
    return told + ["*"] * bool(spec.varargs) + ["**"] * bool(has_more[0])


class NamesOf2018Test(SeedCase):
    def test_every_name_argument_default_and_constant_of_2018_is_there(self):
        missing = []
        for line in listed():
            name = line["name"]
            if is_excepted(name):
                continue
            try:
                value = found(name)
            except AttributeError:
                missing.append(name)
                continue
            if line["value"] is not None:
                expected = ast.literal_eval(line["value"])
                if value != (tuple(expected) if isinstance(value, tuple) else expected):
                    missing.append("%s = %r" % (name, value))
            if line["arguments"] is not None and value is not object.__init__:
                wanted = [word for word in line["arguments"][1:-1].split(", ") if word]
                ours = arguments_of(value)
                if ours[: len(wanted)] != wanted or any("=" not in word for word in ours[len(wanted) :]):
                    missing.append("%s%s: %s" % (name, line["arguments"], ours))
        self.assertEqual(missing, [])

    def test_no_exception_is_out_of_date(self):
        names = set(line["name"] for line in listed())
        self.assertEqual(set(EXCEPTIONS) - names, set())

    def test_an_instance_has_the_attributes_of_2018(self):
        os.environ["AVA_AGENT"] = "tcp:127.0.0.1:1"
        self.put("config/user", {"uid": 7, "key": "AK", "secret": "SK", "bucket": "b"})
        self.put("params/default.json", {"lr": 0.1})
        script = """
from ava.train import base as train
ins = train.TrainInstance("one")
print(repr([ins.user_id, str(ins.user_ak), str(ins.user_sk), str(ins.user_bucket), str(ins.uploader.default_bucket), str(ins.api_cli.ak)]))
print(repr([ins.env.workdir, ins.train_ins_spec["status"], ins.train_ins_spec["params"]["lr"], ins.training_name, ins.training_ins_id]))
print(ins.snapshot_model_queue.qsize())
ins.report_stop("bad")
print(repr([str(ins.train_ins_spec[name]) for name in ("status", "errMsg")]))
import os, sys
sys.stdout.flush()
os.kill(os.getpid(), 9)  # Without the wait for an agent.
"""
        code, out, err = self.run_script(script)
        self.assertEqual(code, -9, err)
        lines = [ast.literal_eval(line) for line in out.decode("utf-8").splitlines()]
        self.assertEqual(lines[0], [7, "AK", "SK", "b", "b", "AK"])
        self.assertEqual(lines[1], [self.workspace, "running", 0.1, "default", "one"])
        self.assertEqual(lines[2:], [0, ["failed", "bad"]])
