"""
Makes one data set of the benchmark: a model folder as MLflow writes it, and a manifest that says what must come out.

usage: generate.py SET SCALE FOLDER
  SET     weights, pickles or small-files
  SCALE   1 for the full size; 0.1 for a tenth of it
  FOLDER  gets the folder `files` and, as the last thing, `manifest.json`

Everything comes from one seed, so that two machines measure the same bytes as far as their libraries agree.
"""

import hashlib
import json
import os
import pickle
import sys
from pathlib import Path

import numpy as np

SEED = 7
# What a layer of a transformer begins with: bits that hardly compress.
WEIGHT_SPREAD = np.float32(0.02)
SHARDS = 4
FLOATS_IN_A_SHARD = 64 * 1024 * 1024
SMALL_FILES = 5_000
FOLDERS = 50


def weights(folder, scale):
    """Float32 shards and what lies beside them: 1.07 GB."""
    random = np.random.default_rng(SEED)
    model = folder / "data" / "model"
    model.mkdir(parents=True)
    for shard in range(SHARDS):
        values = random.standard_normal(int(FLOATS_IN_A_SHARD * scale), dtype=np.float32) * WEIGHT_SPREAD
        values.tofile(model / f"model-{shard + 1:05}-of-{SHARDS:05}.bin")
    vocabulary = {f"token{number}": number for number in range(32_000)}
    (model / "tokenizer.json").write_text(json.dumps({"vocab": vocabulary}))


def pickles(folder, scale):
    """A pickled forest, boosted trees in both of XGBoost's formats, and a vocabulary: about 310 MB."""
    # Imported here: the other sets need neither, and both take seconds.
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
    words = word_list(random)
    texts = [" ".join(words[rank % len(words)] for rank in random.zipf(1.3, 60)) for _ in range(int(30_000 * scale))]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(texts)
    (folder / "vectorizer.pkl").write_bytes(pickle.dumps(vectorizer))
    np.save(folder / "input_example.npy", rows)


def small_files(folder, scale):
    """5,000 files of 0.5 to 12 KB in 50 folders: JSON, floats and text, 30 MB."""
    random = np.random.default_rng(SEED)
    words = word_list(random)
    for number in range(int(SMALL_FILES * scale)):
        parent = folder / f"part-{number % FOLDERS:02}"
        parent.mkdir(exist_ok=True)
        size = int(random.integers(500, 12_000))
        if number % 3 == 0:
            numbers = random.standard_normal(size // 30 + 1)
            (parent / f"{number}.json").write_text(json.dumps({f"k{key}": float(value) for key, value in enumerate(numbers)}))
        elif number % 3 == 1:
            (parent / f"{number}.bin").write_bytes(random.standard_normal(size // 4 + 1).astype(np.float32).tobytes())
        else:
            (parent / f"{number}.txt").write_text(" ".join(words[rank] for rank in random.integers(0, 5_000, size // 7 + 1)))


SETS = {"weights": weights, "pickles": pickles, "small-files": small_files}


def word_list(random):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ["".join(letters[letter] for letter in random.integers(0, 26, random.integers(3, 10))) for _ in range(120_000)]


def describe_model(folder):
    """The files that MLflow puts beside every model."""
    environment = "name: mlflow-env\nchannels:\n- conda-forge\n" * 10
    for name in ("MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt"):
        (folder / name).write_text(environment)


def manifest(folder):
    files = [
        {"path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return {"bytes": sum(file["size"] for file in files), "files": files}


def sha256_of(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main():
    name, scale, target = sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])
    folder = target / "files"
    folder.mkdir(parents=True)
    SETS[name](folder, scale)
    describe_model(folder)
    draft = target / "manifest.draft"
    draft.write_text(json.dumps(manifest(folder)))
    # Appears whole or not at all: an interrupted run leaves a folder that is made again.
    draft.rename(target / "manifest.json")


if __name__ == "__main__":
    main()
