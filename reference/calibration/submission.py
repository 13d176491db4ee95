# %% [markdown]
# # Are 80 % really 80 %? A worked solution
#
# Compare what a network promised with what happened, and correct its promises.

# %%
import numpy as np
from matplotlib import pyplot as plt
from scipy.optimize import minimize

# %% [markdown]
# ## 1. What happened in each bin


# %%
def _find_bins(p, bins):
    """The number of the bin of each probability, from 0; one on a border belongs to the lower bin."""
    inner_borders = np.linspace(0, 1, bins + 1)[1:-1]
    return np.searchsorted(inner_borders, p)


def reliability(y_true, p, bins):
    """Mean prediction and fraction of positives of each bin that is not empty."""
    y_true, p = np.asarray(y_true), np.asarray(p)
    numbers = _find_bins(p, bins)
    filled = np.unique(numbers)
    mean_predictions = np.array([np.mean(p[numbers == number]) for number in filled])
    fractions = np.array([np.mean(y_true[numbers == number]) for number in filled])
    return mean_predictions, fractions


# %% [markdown]
# ## 2. One number for all bins


# %%
def expected_calibration_error(y_true, p, bins):
    """The gaps between prediction and fraction, each weighted by the share of the rows that it is about."""
    mean_predictions, fractions = reliability(y_true, p, bins)
    counts = np.unique(_find_bins(np.asarray(p), bins), return_counts=True)[1]
    return np.sum(counts / len(p) * np.abs(np.subtract(mean_predictions, fractions)))


# %% [markdown]
# ## 3. Calibrate: Platt scaling
#
# A line on the logits: its slope says how far to believe them, and being positive, it keeps their order.


# %%
def _logit(p):
    # 0 and 1 have no finite logit.
    p = np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def calibrate(p_fit, y_fit, p_new):
    """Probabilities of new rows, corrected by what happened to those of known ones."""
    logits, labels = _logit(p_fit), np.asarray(y_fit)

    def cross_entropy(line):
        z = line[0] * logits + line[1]
        # log(1 + exp(z)) without overflow
        return np.mean(np.logaddexp(0, z) - labels * z)

    slope, shift = minimize(cross_entropy, [1.0, 0.0]).x
    return 1 / (1 + np.exp(-(slope * _logit(p_new) + shift)))


# %% [markdown]
# ## 4. The reliability diagram


# %%
def reliability_plot(y_true, p, bins):
    """Mean prediction against fraction of positives, with the diagonal on which both are the same."""
    mean_predictions, fractions = reliability(y_true, p, bins)
    figure, axes = plt.subplots(figsize=(4.5, 4.5))
    axes.plot([0, 1], [0, 1], color="grey", linestyle="dashed", label="as promised")
    axes.plot(mean_predictions, fractions, marker="o", label="what happened")
    axes.set_xlabel("mean prediction")
    axes.set_ylabel("fraction of positives")
    axes.legend()
    return figure


# %%
if __name__ == "__main__":
    rng = np.random.default_rng(0)
    z = rng.normal(0, 1.5, 4000)
    y = (rng.uniform(size=4000) < 1 / (1 + np.exp(-z))).astype(int)
    too_sure = 1 / (1 + np.exp(-2.5 * z))
    corrected = calibrate(too_sure[:2000], y[:2000], too_sure[2000:])
    print("error before:", expected_calibration_error(y[2000:], too_sure[2000:], 10))
    print("error after:", expected_calibration_error(y[2000:], corrected, 10))
    reliability_plot(y[2000:], too_sure[2000:], 10)
    plt.show()
