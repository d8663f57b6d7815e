"""Trains with Keras 3: keras_history.py VERBOSE EVIDENCE_FOLDER. A bar is on a terminal, a line for each epoch is not."""
import sys

import keras
import numpy as np
from evidence import Evidence

verbose, folder = sys.argv[1:]
evidence = Evidence(folder)
batches = 5
keras.utils.set_random_seed(7)
x = np.random.rand(batches * 8, 3).astype("float32")
y = (x.sum(axis=1) > 1.5).astype("float32")
model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=8, epochs=3, validation_data=(x[:16], y[:16]), verbose=int(verbose)).history
# Its bar shows means of means, which the history does not have, of all but the validation.
for name in history if verbose == "2" else ["val_loss", "val_accuracy"]:
    for epoch, value in enumerate(history[name]):
        evidence.keep(name, (epoch + 1) * batches, "%.4f" % value, epoch)
