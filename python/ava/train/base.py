# -*- coding: utf-8 -*-
"""训练实例。Training instances."""
from __future__ import absolute_import

import os
import time

from ava import notices
from ava.agent.client import client_of
from ava.env.environment import Environment
from ava.journal.recorder import Recorder
from ava.lines import LineFile
from ava.log import instance_log
from ava.snapshot.job import SnapshotQueue
from ava.train import ending, platform_params
from ava.train.attributes import InstanceAttributes
from ava.train.callbacks import InstanceCallbacks
from ava.train.events import tell_of
from ava.train.finish import DONE, FAILED, message_of, record_end, rfc3339_now, ship
from ava.train.identity import read_rank
from ava.train.models import InstanceModels
from ava.train.place import InstancePlace
from ava.train.run import Run
from ava.train.steps import StepCounter
from ava.train.values import described, to_float, to_floats, to_ns
from ava.words import text_of
from ava.workspace import absolute

TRAIN_INS_STATUS_RUNNING = "running"
TRAIN_INS_STATUS_DONE = DONE
TRAIN_INS_STATUS_FAIL = FAILED

DONE_TIMEOUT_S = 10.0
"""Longest wait of ``done`` for the platform; what is unsent then stays in the journal."""

SNAPSHOT_TIMEOUT_S = 600.0
"""Longest wait of ``done`` for snapshots on their way to the storage; the agent goes on with them in any case."""

EXIT_TIMEOUT_S = 5.0
"""Longest delay of an interpreter that exits without ``done``."""

_live = []


def current(training_ins_id=None):
    """Finds an instance of this process.

    :param training_ins_id: its id; default: the newest
    :returns: a :class:`TrainInstance`, or ``None``
    """
    for instance in reversed(_live):
        if training_ins_id is None or instance.training_ins_id == training_ins_id:
            return instance
    return None


class TrainInstance(InstancePlace, InstanceModels, InstanceCallbacks, InstanceAttributes):
    """训练任务实例
    每一个训练实例，都会有对应的独立输出目录

    One run of a training: its folders, params, metrics, log and state. Waits for the network only at its start, where a training or an id is
    named: for the params that the platform has, two seconds at most. It may be used in forked processes, and pickled to spawned ones: they record to the same instance.
    """

    def __init__(self, training_ins_id=None, name=None):
        """初始化与训练相关的路径

        训练实例的工作目录:
        /workspace
        ├── params
        |   └── default.json    // 用户传递的参数json文件
        ├── data
        │   ├── test            // test data pvc
        │   ├── train           // train data pvc
        │   └── val             // val data pvc
        ├── model               // 存放模型的目录
        └── run                 // run data pvc
            ├── <training_ins_id1>
            |   ├── output      // 一次训练的 snapshot model 输出
            |   └── logs        // 一次训练的日志路径
            └── <training_ins_id2>

        Args:
            training_ins_id: 用户传入的训练ID，表明:1）用户复用之前的训练ID 或者 2）用户自定义的训练ID

            name: 实例的显示名，最多 128 个字符，可以重复；不合规则的名字会被忽略并给出警告

        Join the run of this id, or give a new one this id; default: ``AVA_TRAINING_INS_ID``, else a new one. ``name`` is the display
        name: up to 128 characters, need not be unique; a wrong one is passed over with a warning.

        :raises ValueError: for an id that cannot name a folder and a part of a URL
        """
        self._start(Run.of(training_ins_id, name), is_joined=False)

    def _start(self, run, is_joined):
        self._run = run
        self._is_joined = is_joined
        self._owner_pid = os.getpid()
        self._is_done = False
        self._stop_reason = None
        self.training_ins_id = run.instance
        self.training_name = run.training
        self.rundir = run.base
        self.snapshot_base_path = run.output
        self.log_base_path = run.logs
        run.make_folders()
        if not is_joined:
            notices.keep_in(os.path.join(run.logs, "ava-sdk.log"))
            platform_params.settle(run)
        self._rank = read_rank()
        labels = {} if self._rank is None else {"rank": self._rank}
        self._steps = StepCounter() if is_joined else StepCounter(os.path.join(run.base, "steps"), self._rank)
        self._recorder = Recorder(run.journal, run.instance, run.training, labels)
        self._snapshots = SnapshotQueue(run.base, run.output)
        if self._recorder.failure:
            notices.warn("%s (%s); this run is not recorded until that is over." % (self._recorder.failure, run.journal))
        self._start_time = rfc3339_now()
        self.train_ins_spec = {"status": TRAIN_INS_STATUS_RUNNING, "params": run.params()[1], "startTime": self._start_time}
        if not is_joined:
            self._recorder.facts(run.start_facts(self._start_time))
            instance_log.set_up(run.logs, self.log_text, os.environ.get("AVA_CONSOLE") == run.instance)
        client_of(run.workspace).attach(run.attachment(labels), self._on_event)
        _live.append(self)
        ending.watch(self)

    def __reduce__(self):
        return (_join, (self._run,))

    @property
    def stop_requested(self):
        """Why the run was asked to stop; ``None`` while it was not."""
        return self._stop_reason

    def log(self, metrics, step=None, epoch=None, time=None):
        """Records metrics of one step. They are in the journal when this returns. Never raises, never waits for the network.

        :param metrics: numbers by name: ``{"loss": 0.3, "val/accuracy": 0.9}``; NumPy's and the frameworks' own numbers are fine; NaN
            and the infinities are kept
        :param step: batch counted over the whole run; default: one more than that of the last call, also of one before the run was
            joined again; from 0
        :param epoch: counted from 0; fractions are fine
        :param time: seconds since 1970, or a ``datetime``; default now
        """
        try:
            step = self._steps.take(None if step is None else to_float(step, "step"))
            epoch = None if epoch is None else to_float(epoch, "epoch")
            time_ns = None if time is None else to_ns(time)
            for name, value in metrics.items():
                if type(value) is not float or type(name) is not str:
                    for taken in to_floats(metrics):
                        self._recorder.points(taken, step, epoch, time_ns)
                    return
            self._recorder.points(dict(metrics), step, epoch, time_ns)
        except Exception as error:
            notices.warn("log() could not record %s: %s" % (described(metrics), described(error)), topic="log()")

    def log_text(self, text):
        """Records text in the log of the run. Never raises.

        :param text: whole lines, or any piece
        """
        try:
            self._recorder.log(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
        except Exception as error:
            notices.warn("log_text() could not record %s: %s" % (described(text), described(error)), topic="log_text()")

    def lines(self, parser, purpose="metrics", batch_of_epoch=None, other_files=()):
        """Takes lines of a trainer's console, which the agent parses.

        :param parser: name of the trainer, such as ``caffe``
        :param purpose: ``metrics``: record what the lines tell; ``snapshots``: upload the snapshots that they name
        :param batch_of_epoch: batches of an epoch
        :param other_files: files to pack with every snapshot
        :returns: an object whose ``write(line)`` never raises
        """
        header = {
            "instance": self.training_ins_id,
            "training": self.training_name,
            "parser": parser,
            "purpose": purpose,
            "referenceTimeMs": int(time.time() * 1000),
            "workingFolder": absolute(""),
        }
        self._snapshots.is_told_by_lines |= purpose == "snapshots"
        if batch_of_epoch:
            header["batchOfEpoch"] = batch_of_epoch
        if self._run.rules and purpose == "metrics":
            header["rules"] = self._run.rules
        if other_files:
            header["otherFiles"] = [os.path.abspath(path) for path in other_files]
        if self._rank is not None:
            header["labels"] = {"rank": self._rank}
        return LineFile(self._run.base, header)

    def report_stop(self, err_msg=""):
        """通知服务端训练结束

        Args:
            err_msg: 错误信息，为空代表没有错误

        Returns:
            err(Exception): 返回错误，None 表示正常

        Records the end and returns at once; call :meth:`done` when there is time.
        """
        message = message_of(err_msg)
        self._recorder.event({"event": "stop", "message": message} if message else {"event": "stop"})
        self._record_end(err_msg)
        return None

    def done(self, err_msg=""):
        """训练结束显式调用，更新训练实例状态，err_msg 为空时表示训练正常结束，不为空表示训练异常结束

        Args:
            err_msg: 错误信息

        Records the end and waits until all is sent: ten seconds at most for records, ten minutes for snapshots. What is unsent then
        stays on the disk, and is sent by the agent, or by ``ava-sdk sync``. May be called from a signal handler. Never raises.
        """
        self._finish(err_msg, DONE_TIMEOUT_S, SNAPSHOT_TIMEOUT_S)

    def _end_with_process(self, reason):
        self._finish(reason, EXIT_TIMEOUT_S, EXIT_TIMEOUT_S)

    def _finish(self, err_msg, timeout_s, snapshot_timeout_s):
        if self._is_done:
            return
        try:
            if os.getpid() == self._owner_pid:
                self._is_done = True
                ending.forget(self)
                instance_log.end(self.log_text)
            self._end_worker(snapshot_timeout_s)
            self._record_end(err_msg)
            ship(self._run, self._recorder, self._snapshots, self._one_of_many(), timeout_s, snapshot_timeout_s)
        except Exception as error:
            notices.warn("the end of the run may not be recorded: %s" % text_of(error))

    def _record_end(self, err_msg):
        message = message_of(err_msg)
        self.train_ins_spec.update(status=FAILED if message else DONE, errMsg=message, stopTime=rfc3339_now())
        # The process that made the instance goes on when a worker of it is done.
        if message or not self._is_worker():
            record_end(self._recorder, message, self._one_of_many(), self._stop_reason is not None)

    def _is_worker(self):
        """:returns: whether this process got the instance from the one that made it, by a fork or as an argument"""
        return self._is_joined or os.getpid() != self._owner_pid

    def _one_of_many(self):
        """:returns: what this process is called when another one speaks for the whole instance; else ``None``"""
        if self._rank not in (None, "0"):
            return "rank %s" % self._rank
        return "process %d" % os.getpid() if self._is_worker() else None

    def _on_event(self, event):
        if event["event"] == "stop":
            self._stop_reason = event.get("reason") or "stopped"
        tell_of(event)


def _join(run):
    """A spawned process gets the instance of its parent."""
    Environment().reset_path(**run.environment)
    instance = current(run.instance)
    if instance is None:
        instance = TrainInstance.__new__(TrainInstance)
        instance._start(run, is_joined=True)
    return instance

