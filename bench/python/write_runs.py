# -*- coding: utf-8 -*-
"""Writes the same runs with one tracker's own client: ``write_runs.py TOOL TARGET RUNS``; TARGET is a server's address or a folder."""
import json
import math
import os
import sys
import time

STEPS = 1000
NAMES = ["train/loss", "val/loss", "train/acc", "val/acc", "lr", "grad/norm"] + ["layer/%d" % number for number in range(6)]


def params_of(run):
    return {"lr": 10.0 ** -(2 + run % 5 / 2.0), "optimizer": ("adam", "sgd")[run // 5 % 2], "batch": (32, 64, 128)[run // 10 % 3], "seed": run // 30}


def values_at(run, step):
    decay = math.exp(-step / (200.0 + 5 * run))
    return dict((name, decay * (1 + number / 10.0) + math.sin(step * (number + 1) + run) / 50) for number, name in enumerate(NAMES))


def write_ava(target, runs):
    os.environ["AVA_PLATFORM_URL"] = target
    from ava.train.base import TrainInstance

    for run in range(runs):
        path = os.path.join(os.environ["AVA_WORKSPACE"], "params", "default.json")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as opened:
            json.dump(params_of(run), opened)
        instance = TrainInstance(name="run-%03d" % run)
        for step in range(STEPS):
            instance.log(values_at(run, step), step=step)
        instance.done()


def write_mlflow(target, runs):
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=target)
    for run in range(runs):
        made = client.create_run("0", run_name="run-%03d" % run)
        client.log_batch(made.info.run_id, params=[Param(key, str(value)) for key, value in params_of(run).items()])
        waiting = []
        for step in range(STEPS):
            now = int(time.time() * 1000)
            waiting += [Metric(name, value, now, step) for name, value in values_at(run, step).items()]
            if len(waiting) + len(NAMES) > 1000:  # The most that the server takes.
                client.log_batch(made.info.run_id, metrics=waiting)
                waiting = []
        client.log_batch(made.info.run_id, metrics=waiting)
        client.set_terminated(made.info.run_id)


def write_tensorboard(target, runs):
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in range(runs):
        writer = EventFileWriter(os.path.join(target, "run-%03d" % run))
        for step in range(STEPS):
            values = [Summary.Value(tag=name, simple_value=value) for name, value in values_at(run, step).items()]
            writer.add_event(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))
        writer.close()


def write_trackio(target, runs):
    import trackio

    for run in range(runs):
        trackio.init("peers", name="run-%03d" % run, config=params_of(run), embed=False, auto_log_gpu=False, auto_log_cpu=False)
        for step in range(STEPS):
            trackio.log(values_at(run, step), step=step)
        trackio.finish()


if __name__ == "__main__":
    started = time.time()
    globals()["write_" + sys.argv[1]](sys.argv[2], int(sys.argv[3]))
    sys.stderr.write("seconds %.2f\n" % (time.time() - started))
