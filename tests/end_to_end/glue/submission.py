"""A submission that uses, around two right functions, whatever notebooks and desktops offer."""

import locale
import os
import subprocess
import sys
import warnings

import matplotlib

matplotlib.use("TkAgg")

import keras
import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
import seaborn as sns
import tensorboard
import tensorflow as tf
import tensorflow_docs as tfdocs
import tensorflow_docs.modeling
import visualkeras
from google.colab import drive, files
from IPython import display as board
from IPython import get_ipython as shell
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import SVG, Image, clear_output
from ipywidgets import interact
from livelossplot import PlotLossesKeras
from matplotlib_inline.backend_inline import set_matplotlib_formats
from tqdm import notebook, tqdm, trange
from tqdm.auto import tqdm as bar
from tqdm.keras import TqdmCallback

STEPS = []  # what ran


def ran(value):
    STEPS.append(value)
    return value


# Notebooks.
display(STEPS)
clear_output(wait=True)
board.clear_output()
InteractiveShell.ast_node_interactivity = "all"
shell().run_line_magic("matplotlib", "inline")
get_ipython().magic("load_ext tensorboard")
get_ipython().system("pip install tqdm")
listing = get_ipython().getoutput("ls")
assert [line for line in listing] == []
get_ipython().run_line_magic("time", "ran('line')")
get_ipython().run_cell_magic("time", "", "%matplotlib inline\nran('cell')\n")
get_ipython().run_cell_magic("capture", "out", "ran('captured')\n")
get_ipython().run_cell_magic("bash", "", "ran('never')\n")
out.show()
assert "google.colab" not in str(get_ipython())
drive.mount("/content/drive")
for name in files.upload().keys():
    ran("never")


@interact(n=(1, 10))
def double(n=1):
    return 2 * n


assert double(4) == 8
try:
    import google.colab.patches

    IN_COLAB = True
except ImportError:
    IN_COLAB = False
assert not IN_COLAB

# Windows, styles and pictures.
plt.switch_backend("Qt5Agg")
plt.rcParams["backend"] = "TkAgg"
plt.rcParams["text.usetex"] = True
plt.rc("text", usetex=True)
matplotlib.use("Qt5Agg", warn=False, force=True)
set_matplotlib_formats("retina")
plt.style.use("seaborn-whitegrid")
plt.style.use(["no-such-style", "ggplot"])
with plt.style.context("seaborn-darkgrid"):
    plt.plot([1, 2], color=sns.color_palette("husl", 8)[7])
sns.set(style="whitegrid")
sns.set_theme()
sns.heatmap(np.eye(2), annot=True).set_title("never seen")
go.Figure(go.Scatter(x=[1], y=[1])).show()
plt.get_current_fig_manager().window.state("zoomed")
plt.gcf().canvas.set_window_title("curves")
plt.cm.get_cmap("tab10")
plt.ion()
plt.show(block=False)

# Progress, boards, pictures of networks.
assert [ran(i) for i in tqdm(range(2), desc="x")] == [0, 1]
assert list(trange(2)) == list(notebook.tqdm([0, 1])) == list(bar([0, 1])) == [0, 1]
with tqdm(total=3) as progress:
    progress.update(2)
    progress.set_description("x")

# Devices, threads, the system.
gpus = tf.config.list_physical_devices("GPU")
assert len(gpus) == 0
tf.config.experimental.set_memory_growth(gpus[0], True)
tf.constant(1.0) + 1.0
tf.config.set_visible_devices([], "GPU")
tf.config.threading.set_intra_op_parallelism_threads(8)
if tf.test.gpu_device_name() != "/device:GPU:0":
    raise SystemError("GPU device not found")
with tf.device("/device:GPU:0"):
    tf.constant(1.0) + 1.0
config = tf.compat.v1.ConfigProto()
config.gpu_options.allow_growth = True
session = tf.compat.v1.InteractiveSession(config=config)
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.system("cls")
os.getlogin()
subprocess.check_call([sys.executable, "-m", "pip", "install", "seaborn"])
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
warnings.filterwarnings("ignore")
tf.get_logger().setLevel("ERROR")
input("Press Enter to go on")


def one_hot(y):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.summary()
    keras.utils.plot_model(model, to_file="net.png", show_shapes=True)
    tf.keras.utils.plot_model(model)
    assert plt.imread("net.png").shape[0] == 1
    Image("net.png")
    SVG(keras.utils.model_to_dot(model).create(prog="dot", format="svg"))
    visualkeras.layered_view(model)
    with tf.summary.create_file_writer("logs").as_default():
        tf.summary.scalar("loss", 1.0, step=0)
    callbacks = [
        keras.callbacks.TensorBoard(log_dir="logs", histogram_freq=1),
        tf.keras.callbacks.TensorBoard("logs", update_freq="batch", profile_batch=(2, 4), embeddings_freq=1),
        TqdmCallback(verbose=0),
        PlotLossesKeras(),
        tfdocs.modeling.EpochDots(),
    ]
    history = model.fit(np.ones((4, 2)), np.ones(4), epochs=1, verbose=0, callbacks=callbacks)
    sns.lineplot(history.history)
    return np.eye(10)[y]


def scale(x):
    assert STEPS == ["line", "cell", "captured", 0, 1], STEPS
    return x / 16
