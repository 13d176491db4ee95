#!/usr/bin/env python
# coding: utf-8

# # Logistische Regression
# In diesem Notebook bauen wir ein einzelnes Neuron.

# In[1]:


get_ipython().run_line_magic('matplotlib', 'inline')
get_ipython().run_line_magic('load_ext', 'autoreload')
get_ipython().system('pip install --upgrade keras')
import keras
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer


# In[2]:


daten = load_breast_cancer(as_frame=True)
daten.frame.head()


# In[3]:


def build_model(n_features):
    modell = keras.Sequential([keras.layers.Input(shape=(n_features,)), keras.layers.Dense(1, activation='sigmoid')])
    modell.compile(optimizer=keras.optimizers.RMSprop(0.02), loss='binary_crossentropy', metrics=['accuracy'])
    return modell

build_model(2).summary()


# In[4]:


def train(model, x, y):
    return model.fit(x, y, epochs=40, batch_size=20, verbose=0)


# In[5]:


def predict_label(model, x, threshold=0.5):
    wahrscheinlichkeit = model.predict(x, verbose=0).flatten()
    return (wahrscheinlichkeit > threshold) * 1


# In[6]:


def decision_boundary(model):
    gewicht = model.layers[-1].kernel.numpy()[0][0]
    return -model.layers[-1].bias.numpy()[0] / gewicht


# In[7]:


display(daten.frame.describe())
plt.show()
