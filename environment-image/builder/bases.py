"""python -m builder.bases: prints bases.json with the digests that the tags have today. A newer base makes no new image by itself:
count up RECIPE in lambda/packaging/environment.ts too."""

import json

from .image import BASES, base_repository

repository = base_repository()
for minor in BASES["digests"]:
    with repository.ask("HEAD", f"manifests/{minor}{BASES['tag']}", headers={"Accept": "application/vnd.oci.image.index.v1+json"}) as answer:
        BASES["digests"][minor] = answer.headers["Docker-Content-Digest"]
print(json.dumps(BASES, indent=2))
