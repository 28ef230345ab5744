"""FastText on the rows that the model is trained on, with sane settings: characters as words, n-grams of 2 and 3.

Usage: fasttext-baseline.py train.tsv test.tsv   Needs pip: `pip install fasttext-wheel "numpy<2"`. Prints the accuracy of each setting.
"""
import sys
import tempfile
import time

import fasttext


def prepared(path, folder):
    target = f"{folder}/{abs(hash(path))}.txt"
    with open(path, encoding="utf8") as rows, open(target, "w", encoding="utf8") as out:
        for row in rows:
            if "\t" in row:
                text, label = row.rstrip("\n").rsplit("\t", 1)
                out.write(f"__label__{label} {' '.join(sign for sign in text if sign.strip())}\n")
    return target


with tempfile.TemporaryDirectory() as folder:
    train, test = prepared(sys.argv[1], folder), prepared(sys.argv[2], folder)
    for grams, dimensions, epochs, rate in [(2, 100, 10, 0.5), (3, 100, 10, 0.5), (3, 100, 20, 0.3), (3, 200, 10, 0.25)]:
        begun = time.perf_counter()
        model = fasttext.train_supervised(
            train, lr=rate, dim=dimensions, epoch=epochs, wordNgrams=grams, minCount=1, bucket=2_000_000, thread=1, verbose=0
        )
        rows, precision, _ = model.test(test)
        print(
            f"word n-grams to {grams}, {dimensions} dimensions, {epochs} epochs, rate {rate}: accuracy "
            f"{100 * precision:.2f} % of {rows}, {time.perf_counter() - begun:.0f} s",
            flush=True,
        )
