"""Trains with scikit-learn, verbose: sklearn_fit.py ESTIMATOR EVIDENCE_FOLDER."""
import sys

import numpy as np
from evidence import Evidence
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.neural_network import MLPClassifier

estimator, folder = sys.argv[1:]
evidence = Evidence(folder)
x, y = make_classification(n_samples=300, n_features=10, random_state=7)

if estimator == "mlp":
    model = MLPClassifier(hidden_layer_sizes=(8,), max_iter=12, early_stopping=True, verbose=True, random_state=7).fit(x, y)
    for step, (loss, score) in enumerate(zip(model.loss_curve_, model.validation_scores_), 1):
        evidence.keep("loss", step, "%.8f" % loss)
        evidence.keep("validation/score", step, "%.6f" % score)
elif estimator == "gradient_boosting":
    model = GradientBoostingClassifier(n_estimators=12, subsample=0.7, verbose=2, random_state=7).fit(x, y)
    for step, (loss, improvement) in enumerate(zip(model.train_score_, model.oob_improvement_), 1):
        evidence.keep("train/loss", step, "%.4f" % loss)
        evidence.keep("oob_improve", step, "%.4f" % improvement)
elif estimator == "hist_gradient_boosting":
    model = HistGradientBoostingClassifier(max_iter=8, early_stopping=True, scoring="loss", verbose=2, random_state=7).fit(x, y)
    for step, (train, val) in enumerate(zip(model.train_score_[1:], model.validation_score_[1:]), 1):
        evidence.keep("train/loss", step, "%.5f" % -train)
        evidence.keep("val/loss", step, "%.5f" % -val)
else:
    model = SGDClassifier(max_iter=5, tol=None, verbose=1, random_state=7).fit(x, y)
    last = model.n_iter_ - 1
    norm = np.linalg.norm(model.coef_)
    evidence.keep("norm", last, "%.2f" % norm, last)
    evidence.keep("nnzs", last, "%d" % np.count_nonzero(model.coef_), last)
    evidence.keep("bias", last, "%.6f" % model.intercept_[0], last)
    evidence.keep("t", last, "%d" % (model.t_ - 1), last)
