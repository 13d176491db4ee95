import ipywidgets as widgets
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import plotly.express as px
import seaborn as sns
from tqdm.notebook import tqdm

matplotlib.use("macosx")
plt.switch_backend("Qt5Agg")
plt.ion()
sns.set_theme(style="whitegrid")
slider = widgets.IntSlider(value=3)
px.scatter(x=[1, 2], y=[2, 3]).show()


def prepare(x_train, x_test):
    mean, std = np.mean(x_train, axis=0), np.std(x_train, axis=0)
    result = []
    for part in (x_train, x_test):
        result.append((part - mean) / np.where(std == 0, 1, std))
    return result


for _ in tqdm(range(2)):
    plt.figure()
    sns.histplot(prepare(np.random.rand(20, 13), np.random.rand(1, 13))[0][:, 0])
    plt.pause(0.01)


# Not written yet:
def build_model(): raise NotImplementedError
def train(model, x_train, y_train, x_val, y_val): raise NotImplementedError
def evaluate(model, x, y): raise NotImplementedError
