# loses: nothing
# why: German words throughout; the sheet lies on its side, with a row for each question and a column for each task.
# from: reference

ZEILEN = {
    "Anzahl Ausgabe-Neuronen": {
        "Regression": "1", "Binäre Klassifikation": "eins", "Mehrere Klassen, One-Hot": "Anzahl Klassen",
        "Mehrere Klassen, ganzzahlige Labels": "eins pro Klasse", "Mehrfach-Labels (Tags)": "Anzahl Tags",
    },
    "Aktivierung": {
        "Regression": "keine", "Binäre Klassifikation": "Sigmoid", "Mehrere Klassen, One-Hot": "Softmax",
        "Mehrere Klassen, ganzzahlige Labels": "Softmax", "Mehrfach-Labels (Tags)": "Sigmoid",
    },
    "Verlustfunktion": {
        "Regression": "mittlerer quadratischer Fehler oder mittlerer absoluter Fehler",
        "Binäre Klassifikation": "binäre Kreuzentropie",
        "Mehrere Klassen, One-Hot": "kategoriale Kreuzentropie",
        "Mehrere Klassen, ganzzahlige Labels": "sparse_categorical_crossentropy",
        "Mehrfach-Labels (Tags)": "binäre Kreuzentropie",
    },
    "Label-Format": {
        "Regression": "Kommazahlen", "Binäre Klassifikation": "0 oder 1", "Mehrere Klassen, One-Hot": "One-Hot-Zeilen",
        "Mehrere Klassen, ganzzahlige Labels": "ganze Zahlen von 0 bis 9",
        "Mehrfach-Labels (Tags)": "0/1 für jeden Tag",
    },
    "Nützliche Metriken": {
        "Regression": "Bestimmtheitsmaß und mittlerer absoluter Fehler",
        "Binäre Klassifikation": "Genauigkeit, Sensitivität, Spezifität",
        "Mehrere Klassen, One-Hot": "Genauigkeit, Konfusionsmatrix",
        "Mehrere Klassen, ganzzahlige Labels": "Genauigkeit, F1-Maß",
        "Mehrfach-Labels (Tags)": "Präzision, Trefferquote",
    },
}
CHEAT_SHEET = ZEILEN
