"""Logs to another tracker, without a word of AVA: python tracked.py mlflow|wandb|trackio EVIDENCE. Writes what it logged to EVIDENCE/points.jsonl."""
import json
import math
import os
import sys
import time

ODD = [0.1 + 0.2, float("nan"), float("inf"), float("-inf"), 2.0 ** 53 + 2, 5e-324, -1.797e308, -7.0]
ROWS = 400


def text(value):
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def main(tracker, evidence):
    points = open(os.path.join(evidence, "points.jsonl"), "w")

    def told(name, step, value):
        points.write(json.dumps({"name": name, "step": step, "value": text(value)}) + "\n")

    {"mlflow": with_mlflow, "wandb": with_wandb, "trackio": with_trackio}[tracker](told)
    points.close()
    print("logged")
    sys.exit(3)


def with_mlflow(told):
    import mlflow

    mlflow.set_experiment("视觉/one")
    with mlflow.start_run(run_name="first", tags={"team": "a"}):
        mlflow.log_params({"lr": "0.10", "seed": 12345678901234567890, "opt": "SGD"})
        for row in range(ROWS):
            value = ODD[row % len(ODD)]
            mlflow.log_metric("损失", value, step=ROWS - row)
            told("损失", ROWS - row, value)
            time.sleep(0.002)
        mlflow.log_metrics({"val/acc": 0.5, "c d": 2.5}, step=7)
        told("val/acc", 7, 0.5)
        told("c d", 7, 2.5)
        mlflow.log_text("hello", "notes/a b.txt")
        client = mlflow.MlflowClient()
        run = mlflow.active_run().info.run_id
        client.log_batch(run, metrics=[mlflow.entities.Metric("many", i / 3, i, i) for i in range(1000)])
        for i in range(1000):
            told("many", i, i / 3)


def with_wandb(told):
    import wandb

    run = wandb.init(project="视觉 one", name="first", tags=["a"], config={"lr": 0.1, "seed": 1234567890123456, "opt": {"name": "SGD"}})
    run.define_metric("epoch")
    run.define_metric("val/*", step_metric="epoch")
    for row in range(ROWS):
        value = ODD[row % len(ODD)]
        run.log({"损失": value, "nested": {"a": row}})
        told("损失", row, value)
        told("nested.a", row, row)
        time.sleep(0.002)
    for epoch in range(3):
        run.log({"epoch": epoch * 10, "val/acc": epoch / 7})
        told("epoch", ROWS + epoch, epoch * 10)
        told("val/acc", epoch * 10, epoch / 7)
    run.summary["best"] = 0.5
    run.finish()


def with_trackio(told):
    import numpy
    import trackio

    picture = numpy.zeros((4, 4, 3), dtype="uint8")
    trackio.init(project="视觉 one", name="first", config={"lr": 0.1, "seed": 1234567890123456, "opt": {"name": "SGD"}}, embed=False)
    for row in range(ROWS):
        value = ODD[row % len(ODD)]
        trackio.log(dict({"损失": value, "nested": {"a": row}}, **({"picture": trackio.Image(picture)} if row == 7 else {})))
        told("损失", row, value)
        told("nested.a", row, row)
        time.sleep(0.002)
    trackio.log({"val/acc": 0.5}, step=7)
    told("val/acc", 7, 0.5)
    trackio.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
