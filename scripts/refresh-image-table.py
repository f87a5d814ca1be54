"""Writes lambda/packaging/framework-images.json: for each framework AWS's newest image that AWS still patches.

Usage: python scripts/refresh-image-table.py <sagemaker_core wheel> [--lock <framework>=<uv.lock>] [--today <ISO date>]
           [--output <file>]

The wheel comes from `pip download --no-deps sagemaker-core`: the SageMaker SDK's public image configuration has tags and
accounts. Nothing of it is installed or run. The SDK knows neither Pythons nor the dates on which AWS ends patching: they are in
patched-images.json beside this script, kept by hand. The packages of an image stay as they are in the table; those of a new one
come from its uv.lock (github.com/aws/deep-learning-containers, docker/<framework>/...). The script prints what it dropped and why.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

# Each framework's repository of images in script mode or with TensorFlow Serving; earlier ones work in other ways.
REPOSITORIES = {
    "sklearn": "sagemaker-scikit-learn",
    "xgboost": "sagemaker-xgboost",
    "tensorflow": "tensorflow-inference",
}
HERE = Path(__file__).parent
TABLE = HERE.parent / "lambda" / "packaging" / "framework-images.json"


def tag_of(name: str, version: str, image: dict) -> str:
    """The image's tag, as the SDK builds it: version, processor and Python, as far as the framework's tags name them."""
    processors = ["cpu"] if name == "tensorflow" else image.get("processors", [])[:1]
    return "-".join([version, *processors, *image.get("py_versions", [])[:1]])


def why_dropped(version: str, known: dict | None, today: str) -> str | None:
    """Why an image is not in the table; None for one that AWS patches."""
    if known is None:
        return "patched-images.json has no date for it: add the date if AWS publishes one"
    if known["endOfPatch"] < today:
        return f"AWS ended patching it on {known['endOfPatch']}"
    return None


def newest_patched(name: str, versions: dict, known: dict[str, dict], today: str) -> str:
    """The version of the newest image that AWS patches. Prints why the others are dropped."""
    unknown = set(known) - set(versions)
    if unknown:
        sys.exit(f"patched-images.json has versions of {name} that the SDK does not have: {', '.join(sorted(unknown))}")
    ordered = sorted(versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)[:3]])
    reasons = {version: why_dropped(version, known.get(version), today) for version in ordered}
    patched = [version for version in ordered if reasons[version] is None]
    if not patched:
        sys.exit(f"AWS patches no image of {name} on {today}: add newer ones to patched-images.json, or drop the framework")
    for version in ordered[::-1]:
        if version != patched[-1]:
            print(f"{name}: dropped {version}: {reasons[version] or f'AWS patches the newer {patched[-1]}'}")
    print(f"{name}: kept {patched[-1]}, patched until {known[patched[-1]]['endOfPatch']}")
    return patched[-1]


def pins_of(lock: Path) -> dict[str, str]:
    """Version by name of what a uv.lock pins. A package that it has in several versions is left out: nobody knows which one."""
    packages = tomllib.loads(lock.read_text(encoding="utf-8"))["package"]
    pins: dict[str, set[str]] = {}
    for package in packages:
        if "registry" in package["source"]:
            pins.setdefault(package["name"], set()).add(package["version"])
    return {name: versions.pop() for name, versions in sorted(pins.items()) if len(versions) == 1}


def content_of(name: str, tag: str, lock: str | None, present: dict) -> dict:
    """What is in an image: by its lock file, or as in the present table."""
    if lock is not None:
        return {"source": f"uv.lock of {tag}, read on {datetime.date.today()}", "pins": pins_of(Path(lock))}
    if present.get("tag") != tag:
        sys.exit(f"the packages of {name} {tag} are not known: pass its uv.lock as --lock {name}=<file>")
    return {key: present[key] for key in ("source", "resolvedAsOf", "pins") if key in present}


def framework_of(wheel: zipfile.ZipFile, name: str, known: dict[str, dict], args: argparse.Namespace, present: dict) -> dict:
    """One framework's image, with the registry account of each region."""
    config = json.loads(wheel.read(f"sagemaker/core/image_uri_config/{name}.json"))["inference"]["versions"]
    versions = {version: image for version, image in config.items() if image["repository"] == REPOSITORIES[name]}
    version = newest_patched(name, versions, known, args.today)
    tag = tag_of(name, version, versions[version])
    return {
        "repository": REPOSITORIES[name],
        "version": version,
        "tag": tag,
        "python": known[version]["python"],
        "endOfPatch": known[version]["endOfPatch"],
        **content_of(name, tag, dict(args.lock).get(name), present),
        "accounts": dict(sorted(versions[version]["registries"].items())),
    }


def main(args: argparse.Namespace) -> None:
    """Reads the wheel and writes the table."""
    patched = json.loads((HERE / "patched-images.json").read_text(encoding="utf-8"))
    present = json.loads(TABLE.read_text(encoding="utf-8"))
    with zipfile.ZipFile(args.wheel) as wheel:
        table = {
            "sources": [
                f"PyPI {Path(args.wheel).name.split('-py3')[0]}: sagemaker/core/image_uri_config",
                patched["source"],
                present["sources"][-1],
            ],
            "frameworks": {
                name: framework_of(wheel, name, patched["images"][name], args, present["frameworks"][name])
                for name in REPOSITORIES
            },
        }
    args.output.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {args.output}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel")
    parser.add_argument("--lock", action="append", default=[], type=lambda text: text.split("=", 1))
    parser.add_argument("--today", default=datetime.date.today().isoformat())
    parser.add_argument("--output", type=Path, default=TABLE)
    main(parser.parse_args())
