"""Trains with Keras: keras_fit.py keras|tf_keras EVIDENCE_FOLDER. Two fits, the second with a schedule."""
import importlib
import io
import json
import os
import sys

name, folder = sys.argv[1:]
keras = importlib.import_module(name)
import numpy as np  # noqa: E402
from ava.train import base as train  # noqa: E402

BATCHES, BATCH_SIZE, EVERY = 5, 4, 2


class Collect(keras.callbacks.Callback):
    def __init__(self, rate_of):
        super().__init__()
        self.step = 0
        self.rate_of = rate_of

    def keep(self, metrics):
        with io.open(os.path.join(folder, "points.jsonl"), "a") as out:
            for key in metrics:
                point = {"name": key, "step": self.step, "epoch": self.step / BATCHES, "value": float(metrics[key])}
                out.write(json.dumps(point) + "\n")

    def on_train_batch_end(self, batch, logs=None):
        self.step += 1
        if self.step % EVERY == 0:
            self.keep(dict(logs, lr=self.rate_of(self.step), samples=self.step * BATCH_SIZE))

    def on_epoch_end(self, epoch, logs=None):
        self.keep(dict((key.replace("val_", "val/") if "val_" in key else "epoch/" + key, logs[key]) for key in logs))


keras.utils.set_random_seed(7)
x = np.random.rand(BATCHES * BATCH_SIZE, 3).astype("float32")
y = (x.sum(axis=1) > 1.5).astype("float32")
train_ins = train.TrainInstance()
monitor = train_ins.get_monitor_callback("keras", batch_freq=EVERY, batch_size=BATCH_SIZE)
checkpoint = keras.callbacks.ModelCheckpoint(
    os.path.join(train_ins.get_snapshot_base_path(), "{epoch}.weights.h5"), save_weights_only=True
)
epoch_end = train_ins.get_epoch_end_callback("keras")
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])


def fit(rate, rate_of, first_step, epochs, callbacks):
    collect = Collect(rate_of)
    collect.step = first_step
    optimizer = keras.optimizers.SGD(learning_rate=rate)
    model.compile(optimizer, "binary_crossentropy", metrics=["accuracy"])
    model.fit(
        x, y, BATCH_SIZE, epochs=epochs, validation_data=(x, y), verbose=0, callbacks=[collect, monitor] + callbacks
    )


fit(0.25, lambda step: 0.25, 0, 2, [checkpoint, epoch_end])
np.savez(os.path.join(folder, "weights.npz"), *model.get_weights())
# The rate of the step to come, which Keras counts from 0 in every optimizer.
schedule = keras.optimizers.schedules.PiecewiseConstantDecay([2], [0.5, 0.125])
fit(schedule, lambda step: 0.5 if step - 2 * BATCHES <= 2 else 0.125, 2 * BATCHES, 1, [])
train_ins.done()
