import numpy as np
import matplotlib
matplotlib.use("TkAgg")
import matplotlib.pyplot as plt
from sklearn.isotonic import IsotonicRegression


def klassen_nummern(p, bins):
    p = np.array(p, dtype=float)
    nummer = np.ceil(p * bins).astype(int) - 1
    nummer[nummer < 0] = 0
    return nummer


def reliability(y_true, p, bins):
    y_true, p = np.array(y_true), np.array(p)
    nr = klassen_nummern(p, bins)
    anzahl = np.bincount(nr, minlength=bins)
    voll = anzahl > 0
    mittel = np.bincount(nr, weights=p, minlength=bins)[voll] / anzahl[voll]
    anteil = np.bincount(nr, weights=y_true, minlength=bins)[voll] / anzahl[voll]
    return np.vstack([mittel, anteil])


def expected_calibration_error(y_true, p, bins):
    mittel, anteil = reliability(y_true, p, bins)
    anzahl = np.bincount(klassen_nummern(p, bins))
    anzahl = anzahl[anzahl > 0]
    return np.average(np.abs(mittel - anteil), weights=anzahl)


def calibrate(p_fit, y_fit, p_new):
    stufen = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    stufen.fit(p_fit, y_fit)
    return stufen.transform(p_new)


def reliability_plot(y_true, p, bins):
    mittel, anteil = reliability(y_true, p, bins)
    bild, (oben, unten) = plt.subplots(2, 1, gridspec_kw={"height_ratios": [3, 1]}, sharex=True)
    oben.plot([0, 1], [0, 1], "k:", label="perfekt kalibriert")
    oben.plot(mittel, anteil, "o-", label="Modell")
    oben.set_xlabel("mittlere Vorhersage")
    oben.set_ylabel("Anteil der 1")
    oben.legend(loc="upper left")
    unten.hist(p, bins=bins, range=(0, 1))
    unten.set_xlabel("Vorhersage"); unten.set_ylabel("Zeilen")
    return bild


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    p = rng.random(1000)
    y = rng.random(1000) < p**2
    reliability_plot(y, p, 10)
    plt.show()
