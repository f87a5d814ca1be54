"""Writes lambda/shared/images/table.json from the SageMaker SDK's public image configuration (PyPI `sagemaker-core`).

Usage: python scripts/refresh-image-table.py <sagemaker_core wheel> [<output>]
The wheel comes from `pip download --no-deps sagemaker-core`; nothing of it is installed or run. The dates on which AWS ends
patching are in end-of-patch.json beside this script, since the SDK does not know them.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

# Each framework's repository of images in script mode or with TensorFlow Serving; earlier ones work in other ways.
REPOSITORIES = {
    "sklearn": "sagemaker-scikit-learn",
    "xgboost": "sagemaker-xgboost",
    "tensorflow": "tensorflow-inference",
}
HERE = Path(__file__).parent
TABLE = HERE.parent / "lambda" / "shared" / "images" / "table.json"


def tag_of(name: str, version: str, image: dict) -> str:
    """The image's tag, as the SDK builds it: version, processor and Python, as far as the framework's tags name them."""
    processors = ["cpu"] if name == "tensorflow" else image.get("processors", [])[:1]
    return "-".join([version, *processors, *image.get("py_versions", [])[:1]])


def python_of(tag: str) -> str | None:
    """The Python that a tag names: `py312` is 3.12; `py3` says nothing."""
    found = re.search(r"py3(\d+)", tag)
    return f"3.{found.group(1)}" if found else None


def image_of(name: str, version: str, image: dict, end_of_patch: str | None) -> dict:
    """One line of the table."""
    tag = tag_of(name, version, image)
    known = {"version": version, "tag": tag, "pythonVersion": python_of(tag), "endOfPatch": end_of_patch}
    return {key: value for key, value in known.items() if value is not None}


def framework_of(wheel: zipfile.ZipFile, name: str, dates: dict[str, str]) -> dict:
    """One framework's inference images in the order of their versions, with the registry account of each region."""
    config = json.loads(wheel.read(f"sagemaker/core/image_uri_config/{name}.json"))["inference"]["versions"]
    versions = {version: image for version, image in config.items() if image["repository"] == REPOSITORIES[name]}
    ordered = sorted(versions, key=lambda version: [int(part) for part in re.findall(r"\d+", version)[:3]])
    unknown = set(dates) - set(versions)
    if unknown:
        sys.exit(f"end-of-patch.json has versions of {name} that the SDK does not have: {', '.join(sorted(unknown))}")
    return {
        "repository": REPOSITORIES[name],
        "images": [image_of(name, version, versions[version], dates.get(version)) for version in ordered],
        "accounts": dict(sorted(versions[ordered[-1]]["registries"].items())),
    }


def main(wheel_path: str, output: Path) -> None:
    """Reads the wheel and writes the table."""
    patches = json.loads((HERE / "end-of-patch.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(wheel_path) as wheel:
        table = {
            "sources": [
                f"PyPI {Path(wheel_path).name.split('-py3')[0]}: sagemaker/core/image_uri_config",
                patches["source"],
            ],
            "frameworks": {name: framework_of(wheel, name, patches["dates"].get(name, {})) for name in REPOSITORIES},
        }
    output.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {output}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) == 3 else TABLE)
