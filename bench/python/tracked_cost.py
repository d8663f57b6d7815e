# -*- coding: utf-8 -*-
"""Logs one metric so many times: tracked_cost.py wandb|mlflow CALLS, where the client sends it is the environment's choice. Prints what it took as JSON."""
import json
import os
import sys
import time


def open_wandb():
    import wandb

    run = wandb.init(project="bench", settings=wandb.Settings(console="off", silent=True, x_disable_stats=True))
    return (lambda step, value: run.log({"loss": value}, step=step)), run.finish


def open_mlflow():
    import mlflow

    mlflow.start_run()
    return (lambda step, value: mlflow.log_metric("loss", value, step=step)), mlflow.end_run


def main(tracker, calls):
    record, close = {"wandb": open_wandb, "mlflow": open_mlflow}[tracker]()
    clock = time.perf_counter
    times = []
    start = clock()
    for step in range(calls):
        before = clock()
        record(step, 1.0 / (step + 1))
        times.append(clock() - before)
    logged = clock()
    close()
    end = clock()
    times.sort()
    figures = {"medianMs": times[calls // 2] * 1e3, "p99Ms": times[calls * 99 // 100] * 1e3, "logS": logged - start, "allS": end - start}
    with open(os.environ["BENCH_RESULT"], "w") as out:
        json.dump(figures, out)


main(sys.argv[1], int(sys.argv[2]))
