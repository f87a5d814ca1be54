"""
Makes a model folder for the benchmark. Usage: generate.py SET SCALE FOLDER, with the scale 1 for the full size.

Everything comes from one seed, so that two machines measure the same bytes as far as their libraries agree.
"""

import json
import os
import pickle
import shutil
import sys
from pathlib import Path

import numpy as np

SEED = 7


def weights(folder, scale):
    """Four shards of float32, like the initial weights of a transformer: 1.07 GB that hardly compress."""
    random = np.random.default_rng(SEED)
    for shard in range(4):
        values = random.standard_normal(int(64 * 1024 * 1024 * scale), dtype=np.float32) * np.float32(0.02)
        values.tofile(folder / f"model-{shard}.bin")


def pickles(folder, scale):
    """A pickled forest, boosted trees in both of XGBoost's formats, and a vocabulary: about 300 MB."""
    # The other sets need neither, and both take seconds to import.
    import xgboost
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.feature_extraction.text import TfidfVectorizer

    random = np.random.default_rng(SEED)
    rows = random.standard_normal((105_000, 20)).astype(np.float32)
    noise = random.standard_normal(len(rows))
    labels = (rows[:, :5].sum(axis=1) + noise > 0).astype(int)
    forest = RandomForestClassifier(max(1, int(150 * scale)), n_jobs=-1, random_state=SEED).fit(rows, labels)
    (folder / "model.pkl").write_bytes(pickle.dumps(forest))
    boosted = xgboost.train(
        {"max_depth": 10, "eta": 0.05, "seed": SEED, "nthread": os.cpu_count()},
        xgboost.DMatrix(rows, label=rows[:, 0] * rows[:, 1] + noise),
        max(1, int(400 * scale)),
    )
    boosted.save_model(folder / "model.json")
    boosted.save_model(folder / "model.ubj")
    words = [bytes(random.integers(97, 123, random.integers(3, 10), dtype=np.uint8)).decode() for _ in range(120_000)]
    texts = [" ".join(words[rank % len(words)] for rank in random.zipf(1.3, 60)) for _ in range(int(30_000 * scale))]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(texts)
    (folder / "vectorizer.pkl").write_bytes(pickle.dumps(vectorizer))


def small_files(folder, scale):
    """5,000 files of 0.5 to 12 KB in 50 folders, in turn JSON and floats: 40 MB."""
    random = np.random.default_rng(SEED)
    for number in range(int(5_000 * scale)):
        parent = folder / f"part-{number % 50:02}"
        parent.mkdir(exist_ok=True)
        values = random.standard_normal(int(random.integers(125, 3_000)))
        if number % 2 == 0:
            (parent / f"{number}.json").write_text(json.dumps(values[: len(values) // 5].tolist()))
        else:
            values.astype(np.float32).tofile(parent / f"{number}.bin")


SETS = {"weights": weights, "pickles": pickles, "small-files": small_files}


def main():
    name, scale, folder = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    draft = folder.with_name(f"{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    SETS[name](draft, scale)
    (draft / "MLmodel").write_text("flavors:\n  python_function:\n    loader_module: any\n")
    # Appears whole or not at all: an interrupted run leaves a draft.
    draft.rename(folder)


if __name__ == "__main__":
    main()
