"""Fits a model of Keras below mlflow.autolog, without a word of AVA: keras_autolog.py mlflow EVIDENCE. Writes what `fit` gives back to EVIDENCE/points.jsonl."""
import json
import os
import sys

import keras
import mlflow
import numpy

mlflow.autolog()
mlflow.set_experiment("demo")
keras.utils.set_random_seed(7)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.125), loss="mse", metrics=["mae"])
inputs = numpy.random.default_rng(7).normal(size=(24, 4)).astype("float32")
with mlflow.start_run(run_name="fit"):
    history = model.fit(inputs, inputs.sum(axis=1), epochs=3, batch_size=4, validation_split=0.25, verbose=0).history
with open(os.path.join(sys.argv[2], "points.jsonl"), "w") as points:
    for name, values in history.items():
        for epoch, value in enumerate(values):
            points.write(json.dumps({"name": name, "step": epoch, "value": value}) + "\n")
            if name.startswith("val_"):
                # `fit` validates by `evaluate`, of which autolog tells on its own.
                points.write(json.dumps({"name": "validation_" + name[4:], "step": 0, "value": value}) + "\n")
