"""A made-up table of Californian districts: the columns of the real one, and values that follow a known formula.

The real table (Pace and Barry, "Sparse Spatial Autoregressions", Statistics & Probability Letters 33, 1997, from
the census of 1990) has to be downloaded. This one needs no network. Its ranges and correlations are like those of
the real one: income counts most, and where a district lies counts along no straight line of latitude or longitude.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from grader.core.arrays import Array

ROWS = 20_640  # of the real table
# What is added to the value that the formula gives is uniform between minus and plus this, in 100,000 dollars. Its
# variance is known, NOISE² / 3, and so is the best R² that any model can reach: about 0.89.
NOISE = 0.65
# Latitude, longitude, what it adds to the value of a place, share of the districts.
_CITIES = (
    (34.05, -118.25, 1.0, 0.30),  # Los Angeles
    (37.75, -122.30, 2.2, 0.27),  # San Francisco
    (32.80, -117.15, 1.2, 0.10),  # San Diego
    (38.55, -121.45, 0.0, 0.10),  # Sacramento
    (36.00, -119.50, -0.8, 0.13),  # the Central Valley
    (40.50, -122.30, -0.3, 0.10),  # the north
)
_COAST_LATITUDES = (32.5, 33.9, 34.5, 36.0, 37.5, 39.0, 42.0)
_COAST_LONGITUDES = (-117.25, -118.45, -120.5, -121.6, -122.5, -123.7, -124.3)

# As `keras.datasets.california_housing` orders them, and as `sklearn.datasets.fetch_california_housing` does.
KERAS_COLUMNS = (
    "longitude", "latitude", "housing_median_age", "total_rooms", "total_bedrooms", "population", "households",
    "median_income",
)  # fmt: skip


def draw_districts(rows: int, random: np.random.Generator) -> Mapping[str, Array]:
    """Return made-up districts: the columns of `KERAS_COLUMNS`, and `value` in 100,000 dollars, each (rows,).

    `clean_value` is what the formula gives, without the noise.
    """
    shares = np.array([city[3] for city in _CITIES])
    city = random.choice(len(_CITIES), rows, p=shares / shares.sum())
    width = np.where(random.uniform(size=rows) < 0.15, 2.5, 1.0)
    centres = np.array([city[:2] for city in _CITIES])[city]
    latitude = np.clip(centres[:, 0] + random.normal(0.0, 0.6, rows) * width, 32.54, 41.95)
    coast = _find_coast(latitude)
    longitude = centres[:, 1] + random.normal(0.0, 0.7, rows) * width
    longitude = np.clip(np.maximum(longitude, coast + 0.02), -124.35, -114.31)
    nearness = np.exp(-(longitude - coast) / 0.8) - 0.5
    wealth = random.normal(0.0, 1.0, rows)
    logarithm = 1.18 + 0.42 * (0.85 * wealth + 0.5 * nearness) + 0.15 * random.normal(0.0, 1.0, rows)
    income = np.clip(np.exp(logarithm), 0.5, 15.0)
    age = np.clip(np.round(30 - 4 * wealth + 8 * nearness + 11 * random.normal(0.0, 1.0, rows)), 1, 52)
    households = np.clip(np.round(np.exp(random.normal(6.0, 0.65, rows) - 0.004 * (age - 28))), 5, 6000)
    rooms = np.clip(5.2 + 0.9 * wealth - 0.02 * (age - 28) + 0.8 * random.normal(0.0, 1.0, rows), 1.5, 14.0)
    bedrooms = np.clip(0.55 + 0.095 * rooms + 0.06 * random.normal(0.0, 1.0, rows), 0.6, 3.0)
    people = np.clip(np.exp(np.log(2.95) - 0.06 * wealth + 0.22 * random.normal(0.0, 1.0, rows)), 1.2, 9.0)
    clean = compute_value(latitude, longitude, income, age, people)
    return MappingProxyType(
        {
            "longitude": longitude,
            "latitude": latitude,
            "housing_median_age": age,
            "total_rooms": np.round(households * rooms),
            "total_bedrooms": np.round(households * bedrooms),
            "population": np.round(households * people),
            "households": households,
            "median_income": income,
            "value": clean + random.uniform(-NOISE, NOISE, rows),
            "clean_value": clean,
        }
    )


def compute_value(latitude: Array, longitude: Array, income: Array, age: Array, people: Array) -> Array:
    """Return what a district is worth without noise, in 100,000 dollars: from 0.8 to 4.35.

    `people`: in a household, on average.
    """
    place = 1.2 * np.exp(-(longitude - _find_coast(latitude)) / 0.9)
    for north, east, height, _share in _CITIES:
        place += height * np.exp(-((latitude - north) ** 2 + (longitude - east) ** 2) / (2 * 0.8**2))
    score = 1.4 * np.log(income / 3.4) + (place - 1.2) + 0.012 * (age - 28) - np.log(people / 2.95)
    value: Array = 0.8 + 3.55 / (1 + np.exp(-1.25 * (score - 0.1)))
    return value


def _find_coast(latitude: Array) -> Array:
    """Return the longitude of the coast at each latitude."""
    return np.interp(latitude, _COAST_LATITUDES, _COAST_LONGITUDES)


def arrange_as_keras(districts: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return features (rows, 8) and values in dollars, as `keras.datasets.california_housing` has them."""
    x = np.column_stack([districts[name] for name in KERAS_COLUMNS])
    return x, districts["value"] * 100_000
