# Übung 5 - Jana
import keras
import numpy as np
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler

iris = load_iris(as_frame=True)
tabelle = iris.frame
print(tabelle.describe())
print(tabelle["target"].value_counts())
x_alle = StandardScaler().fit_transform(iris.data)
y_alle = iris.target
farben = ["tomato", "seagreen", "royalblue"]
plt.figure()
for art in range(3):
    plt.scatter(x_alle[y_alle == art, 2], x_alle[y_alle == art, 3], c=farben[art], label=iris.target_names[art])
plt.legend()
plt.show()

netz = None


def build_model():
    global netz
    eingang = keras.Input((4,))
    z1 = keras.layers.Dense(8)(eingang)
    a1 = keras.layers.ReLU()(z1)
    z2 = keras.layers.Dense(3)(a1)
    a2 = keras.layers.Softmax()(z2)
    netz = keras.Model(eingang, a2)
    netz.compile(optimizer=keras.optimizers.Adam(0.03), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    netz.summary()
    return netz


def train(model, x_train, y_train, x_val, y_val):
    verlauf = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=50, verbose=2)
    pd.DataFrame(verlauf.history).plot()
    plt.show()
    return verlauf


def relu(z):
    return (np.abs(z) + z) / 2


def softmax(z):
    zeilen = []
    for zeile in z:
        potenzen = [np.exp(wert - max(zeile)) for wert in zeile]
        zeilen.append([p / sum(potenzen) for p in potenzen])
    return np.array(zeilen)


def forward(model, x):
    gewichte = model.get_weights()
    schichten = len(gewichte) // 2
    werte = {"eingang": x}
    a = x
    for nr in range(schichten):
        z = np.matmul(a, gewichte[2 * nr]) + gewichte[2 * nr + 1]
        a = softmax(z) if nr == schichten - 1 else relu(z)
        werte[f"z{nr + 1}"] = z
        werte[f"a{nr + 1}"] = a
        print(f"Schicht {nr + 1}: {z.shape}")
    return werte


if __name__ == "__main__":
    m = build_model()
    train(m, x_alle[:100], y_alle[:100], x_alle[100:], y_alle[100:])
    print(np.abs(forward(m, x_alle)["a2"] - m.predict(x_alle)).max())
