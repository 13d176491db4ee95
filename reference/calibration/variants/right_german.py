# loses: nothing
# why: German names, matrices of truth values in place of loops, float32, and Newton's method for Platt scaling.

import numpy as np
import matplotlib.pyplot as plt


def _zugehoerig(p, bins):
    grenzen = np.linspace(0.0, 1.0, bins + 1)
    p = np.asarray(p, dtype=np.float64)[None, :]
    drin = (p > grenzen[:-1, None]) & (p <= grenzen[1:, None])
    drin[0] |= p[0] == 0
    return drin


def reliability(y_true, p, bins):
    drin = _zugehoerig(p, bins)
    anzahl = drin.sum(axis=1)
    voll = anzahl > 0
    mittel = (drin @ np.asarray(p, float))[voll] / anzahl[voll]
    anteil = (drin @ np.asarray(y_true, float))[voll] / anzahl[voll]
    return np.array([mittel, anteil], dtype=np.float32)


def expected_calibration_error(y_true, p, bins):
    anzahl = _zugehoerig(p, bins).sum(axis=1)
    mittel, anteil = reliability(y_true, p, bins)
    return float(np.dot(anzahl[anzahl > 0] / len(p), np.abs(mittel - anteil)))


def _logit(p):
    p = np.clip(p, 1e-5, 1 - 1e-5)
    return np.log(p) - np.log1p(-p)


def calibrate(p_fit, y_fit, p_new):
    merkmale = np.column_stack([np.ones(len(p_fit)), _logit(np.asarray(p_fit))])
    gewichte = np.zeros(2)
    for _ in range(25):
        q = 1 / (1 + np.exp(-merkmale @ gewichte))
        steigung = merkmale.T @ (y_fit - q)
        kruemmung = (merkmale * (q * (1 - q))[:, None]).T @ merkmale
        gewichte += np.linalg.solve(kruemmung, steigung)
    q_neu = 1 / (1 + np.exp(-(gewichte[0] + gewichte[1] * _logit(np.asarray(p_new)))))
    return q_neu.reshape(-1, 1)


def reliability_plot(y_true, p, bins):
    bild, achse = plt.subplots()
    mittel, anteil = reliability(y_true, p, bins)
    achse.plot(100 * mittel, 100 * anteil, "o-")
    achse.plot((0, 100), (0, 100))
    achse.set_xlabel("vorhergesagt in %")
    achse.set_ylabel("eingetreten in %")
    return bild, achse
