"""Prints whether a file of weights has those of an .npz file: load_keras.py keras|tf_keras WEIGHTS NPZ"""
import importlib
import sys

import numpy as np

keras = importlib.import_module(sys.argv[1])
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid")])
model.build((None, 3))
model.load_weights(sys.argv[2])
expected = np.load(sys.argv[3])
same = [np.array_equal(weights, expected[key]) for weights, key in zip(model.get_weights(), expected.files)]
print("equal" if len(same) == 2 and all(same) else "different")
