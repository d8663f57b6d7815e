"""Fits a model of scikit-learn below mlflow.autolog, without a word of AVA: sklearn_autolog.py mlflow EVIDENCE. Writes what the model says of itself to EVIDENCE/points.jsonl."""
import json
import os
import sys

import mlflow
import numpy
from sklearn import metrics
from sklearn.linear_model import LogisticRegression

mlflow.autolog()
mlflow.set_experiment("demo")
generator = numpy.random.default_rng(7)
inputs = generator.normal(size=(200, 4))
classes = (inputs[:, 0] + inputs[:, 1] > 0).astype(int)
with mlflow.start_run(run_name="fit") as run:
    model = LogisticRegression(C=0.25).fit(inputs, classes)
    score = model.score(inputs, classes)
mlflow.autolog(disable=True)
predicted, chances = model.predict(inputs), model.predict_proba(inputs)
told = {
    "training_score": score,
    "training_accuracy_score": metrics.accuracy_score(classes, predicted),
    "training_f1_score": metrics.f1_score(classes, predicted, average="weighted"),
    "training_precision_score": metrics.precision_score(classes, predicted, average="weighted"),
    "training_recall_score": metrics.recall_score(classes, predicted, average="weighted"),
    "training_log_loss": metrics.log_loss(classes, chances),
    "training_roc_auc": metrics.roc_auc_score(classes, chances[:, 1]),
    "LogisticRegression_score_inputs": score,
}
with open(os.path.join(sys.argv[2], "points.jsonl"), "w") as points:
    for name, value in told.items():
        points.write(json.dumps({"name": name, "step": 0, "value": value}) + "\n")
loaded = mlflow.sklearn.load_model("runs:/%s/model" % run.info.run_id)
assert (loaded.predict(inputs) == model.predict(inputs)).all()
