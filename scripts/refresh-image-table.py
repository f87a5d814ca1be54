"""Writes lambda/shared/images/table.json from the SageMaker SDK's public image configuration (PyPI `sagemaker-core`).

Usage: python scripts/refresh-image-table.py <sagemaker_core wheel>
The wheel comes from `pip download --no-deps sagemaker-core`; nothing of it is installed or run.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path

FRAMEWORKS = ("sklearn", "xgboost")
TABLE = Path(__file__).parent.parent / "lambda" / "shared" / "images" / "table.json"


def tag_of(version: str, config: dict) -> str:
    """The image's tag: version, processor and Python, as far as the framework's tags name them."""
    return "-".join([version, *config.get("processors", [])[:1], *config.get("py_versions", [])[:1]])


def framework_of(wheel: zipfile.ZipFile, name: str) -> dict:
    """One framework's inference images, with the registry account of each region."""
    config = json.loads(wheel.read(f"sagemaker/core/image_uri_config/{name}.json"))["inference"]["versions"]
    # The first-generation XGBoost image (version 1) has no script mode and lives in other accounts.
    versions = {version: image for version, image in config.items() if "." in version}
    newest = list(versions.values())[-1]
    return {
        "repository": newest["repository"],
        "images": [{"version": version, "tag": tag_of(version, image)} for version, image in versions.items()],
        "accounts": newest["registries"],
    }


def main(wheel_path: str) -> None:
    """Reads the wheel and writes the table."""
    with zipfile.ZipFile(wheel_path) as wheel:
        table = {
            "source": f"PyPI {Path(wheel_path).name.split('-py3')[0]}: sagemaker/core/image_uri_config",
            "frameworks": {name: framework_of(wheel, name) for name in FRAMEWORKS},
        }
    TABLE.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {TABLE}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
