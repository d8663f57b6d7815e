# -*- coding: utf-8 -*-
"""Times single calls that record three metrics: log_cost.py LOGGER CALLS. Prints median and 99th percentile in ns as JSON."""
import json
import os
import sys
import time

WARM_UP_CALLS = 200
START_S = 1.0
"""What a logger starts in the background is up and running by then."""


def open_ava():
    from ava.train.base import TrainInstance

    ins = TrainInstance()
    return (lambda step, metrics: ins.log(metrics, step=step)), ins.done


def open_wandb():
    import wandb

    run = wandb.init(project="bench", mode="offline", settings=wandb.Settings(console="off", silent=True))
    return (lambda step, metrics: run.log(metrics, step=step)), run.finish


def open_mlflow():
    import mlflow

    mlflow.set_tracking_uri("file:" + os.path.abspath("mlruns"))
    mlflow.start_run()
    return (lambda step, metrics: mlflow.log_metrics(metrics, step=step)), mlflow.end_run


def open_tensorboard():
    from tensorboard.summary import Writer

    return scalars_of(Writer(os.path.abspath("events")))


def open_tensorboardx():
    from tensorboardX import SummaryWriter

    return scalars_of(SummaryWriter(os.path.abspath("events")))


def scalars_of(writer):
    def record(step, metrics):
        for name, value in metrics.items():
            writer.add_scalar(name, value, step)

    return record, writer.close


LOGGERS = {
    "ava": open_ava,
    "wandb": open_wandb,
    "mlflow": open_mlflow,
    "tensorboard": open_tensorboard,
    "tensorboardX": open_tensorboardx,
}


def main(logger, calls):
    record, close = LOGGERS[logger]()
    time.sleep(START_S)
    clock = time.perf_counter_ns
    times = []
    for step in range(-WARM_UP_CALLS, calls):
        metrics = {"loss": 1.0 / (step + WARM_UP_CALLS + 1), "accuracy": step / calls, "lr": 0.1}
        start = clock()
        record(step + WARM_UP_CALLS, metrics)
        end = clock()
        if step >= 0:
            times.append(end - start)
    close()
    times.sort()
    print(json.dumps({"medianNs": times[calls // 2], "p99Ns": times[calls * 99 // 100]}))


main(sys.argv[1], int(sys.argv[2]))
