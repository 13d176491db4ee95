from bisect import bisect_left
from collections import defaultdict
from math import fsum, log, tanh

from matplotlib.figure import Figure


def fill_bins(y_true, p, bins):
    borders = [(i + 1) / bins for i in range(bins)]
    found = defaultdict(list)
    for label, chance in zip(y_true, p):
        found[min(bisect_left(borders, chance), bins - 1)].append((float(chance), int(label)))
    return [found[i] for i in range(bins) if found[i]]


def reliability(y_true, p, bins):
    means, shares = [], []
    for rows in fill_bins(y_true, p, bins):
        chances, labels = zip(*rows)
        means.append(fsum(chances) / len(rows))
        shares.append(sum(labels) / len(rows))
    return means, shares


def expected_calibration_error(y_true, p, bins):
    total = 0
    for rows in fill_bins(y_true, p, bins):
        total += abs(sum(c for c, _ in rows) - sum(l for _, l in rows))
    return total / len(p)


def calibrate(p_fit, y_fit, p_new):
    """Platt scaling of the logit, by Newton steps on two numbers."""
    def logit(q):
        q = min(max(float(q), 1e-5), 1 - 1e-5)
        return log(q / (1 - q))

    def sigmoid(t):
        return (1 + tanh(t / 2)) / 2

    z = [logit(q) for q in p_fit]
    a = b = 0.0
    for _ in range(50):
        ga = gb = haa = hab = hbb = 0.0
        for zi, yi in zip(z, y_fit):
            s = sigmoid(a * zi + b)
            w = s * (1 - s)
            ga += (s - yi) * zi
            gb += s - yi
            haa += w * zi * zi
            hab += w * zi
            hbb += w
        haa += 1e-6
        hbb += 1e-6
        det = haa * hbb - hab * hab
        a -= (hbb * ga - hab * gb) / det
        b -= (haa * gb - hab * ga) / det
    return [sigmoid(a * logit(q) + b) for q in p_new]


def reliability_plot(y_true, p, bins):
    fig = Figure()
    ax = fig.subplots()
    ax.axline((0, 0), slope=1, color="grey")
    for mean, share in zip(*reliability(y_true, p, bins)):
        ax.plot(mean, share, "ks")
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="said", ylabel="happened")
    return fig
