"""Hold the images of ECR to the rules of its API reference (docs.aws.amazon.com/AmazonECR/latest/APIReference).

- The digest of an image is the SHA-256 of its manifest's bytes; a digest that does not match is refused.
- An immutable tag stays at its image, and pushing the same image with the same tag again is an error.
- A tag is at one image. Deleting the last tag of an image deletes the image.
- An image has layers, and they and its configuration were uploaded before (container_layers.py).
- Images that are asked for and missing are errors or failures; lists have pages and filters.
"""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.ecr as ecr
from ministack.core.responses import error_response_json, get_account_id, json_response

NAME = re.compile(r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*")
DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
PAGE = 100
Data = dict[str, Any]
Image = dict[str, Any]


class Refusal(Exception):
    """An error of ECR's: its name and its message."""


def apply() -> None:
    """Replace the actions on images, and check the names of new repositories."""
    ecr._put_image = answering(_put_image)
    ecr._batch_get_image = answering(_batch_get_image)
    ecr._batch_delete_image = answering(_batch_delete_image)
    ecr._list_images = answering(_list_images)
    ecr._describe_images = answering(_describe_images)
    create = ecr._create_repository

    def create_repository(data: Data) -> Any:
        return answering(_check_name)(data) or create(data)

    ecr._create_repository = create_repository
    handlers = provisioners._RESOURCE_HANDLERS["AWS::ECR::Repository"]
    handlers["create"] = _new(handlers["create"])


def answering(action: Callable[[Data], Data | None]) -> Callable[[Data], Any]:
    """An action as MiniStack calls it: a refusal is the answer."""

    def handle(data: Data) -> Any:
        try:
            answer = action(data)
        except Refusal as refusal:
            return error_response_json(*refusal.args, 400)
        return None if answer is None else json_response(answer)

    return handle


def _new(create: Callable[..., Any]) -> Callable[..., Any]:
    def create_new(logical_id: str, properties: Data, stack: str) -> Any:
        name = properties.get("RepositoryName")
        if name in ecr._repositories:
            raise ValueError(f"Resource of type 'AWS::ECR::Repository' with identifier '{name}' already exists.")
        if name is not None:
            try:
                _check_name({"repositoryName": name})
            except Refusal as refusal:
                raise ValueError(refusal.args[1]) from None
        return create(logical_id, properties, stack)

    return create_new


def _check_name(data: Data) -> None:
    name = data.get("repositoryName", "")
    if not 2 <= len(name) <= 256 or not NAME.fullmatch(name):
        raise invalid("repositoryName", f"must satisfy regular expression '{NAME.pattern}'")


def invalid(member: str, constraint: str) -> Refusal:
    message = f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'"
    return Refusal("InvalidParameterException", message)


def in_registry() -> str:
    return f"in the registry with id '{get_account_id()}'"


def repository_of(data: Data) -> str:
    """The name of the repository that a request is for."""
    name = data.get("repositoryName", "")
    registry = data.get("registryId", get_account_id())
    if registry != get_account_id() or name not in ecr._repositories:
        message = f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
        raise Refusal("RepositoryNotFoundException", message)
    return name


def _images_of(data: Data) -> tuple[str, list[Image]]:
    name = repository_of(data)
    return name, ecr._images[name]


def _put_image(data: Data) -> Data:
    name, images = _images_of(data)
    manifest, tag = data.get("imageManifest", ""), data.get("imageTag")
    media_type = data.get("imageManifestMediaType") or _parsed(manifest).get("mediaType", DOCKER_MANIFEST)
    if tag is not None and not TAG.fullmatch(tag):
        raise invalid("imageTag", f"must satisfy regular expression '{TAG.pattern}'")
    digest = ecr._image_digest(manifest)
    if data.get("imageDigest", digest) != digest:
        raise Refusal("ImageDigestDoesNotMatchException", "The specified image digest does not match the manifest")
    _check_layers(name, manifest)
    image = next((each for each in images if each["imageDigest"] == digest), None)
    if image and (tag is None or tag in image["imageTags"]):
        tagged = "" if tag is None else f" and tag '{tag}'"
        message = f"Image with digest '{digest}'{tagged} already exists in the repository with name '{name}'"
        raise Refusal("ImageAlreadyExistsException", f"{message} {in_registry()}")
    holder = next((each for each in images if tag is not None and tag in each["imageTags"]), None)
    if holder:
        if ecr._repositories[name]["imageTagMutability"] == "IMMUTABLE":
            message = f"The image tag '{tag}' already exists in the '{name}' repository and cannot be overwritten"
            raise Refusal("ImageTagAlreadyExistsException", f"{message} because the tag is immutable.")
        holder["imageTags"].remove(tag)
    if image is None:
        image = {
            "registryId": get_account_id(),
            "repositoryName": name,
            "imageId": {"imageDigest": digest},
            "imageDigest": digest,
            "imageTags": [],
            "imageManifest": manifest,
            "imageManifestMediaType": media_type,
            "imagePushedAt": int(time.time()),
        }
        images.append(image)
    if tag is not None:
        image["imageTags"].append(tag)
    return {"image": _shape(image, tag)}


def _parsed(manifest: str) -> Data:
    try:
        parsed = json.loads(manifest)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise invalid("ImageManifest", "Invalid JSON syntax")
    return parsed


def _check_layers(name: str, manifest: str) -> None:
    """Refuses what cannot be pulled. A list of manifests has no layers of its own."""
    parsed = _parsed(manifest)
    if "manifests" in parsed:
        return
    parts = [parsed.get("config"), *(parsed.get("layers") or [])]
    if len(parts) < 2:
        raise invalid("ImageManifest", "Image has to have at least 1 layer")
    digests = [part.get("digest") if isinstance(part, dict) else None for part in parts]
    missing = [digest for digest in digests if digest not in ecr._layer_blobs.get(name, {})]
    if missing:
        message = f"Layers with digests '{missing}' not found in the repository with name '{name}'"
        raise Refusal("LayersNotFoundException", f"{message} {in_registry()}")


def _shape(image: Image, tag: str | None) -> Data:
    members = ("registryId", "repositoryName", "imageManifest", "imageManifestMediaType")
    return {**{member: image[member] for member in members}, "imageId": _id(image, tag)}


def _id(image: Image, tag: str | None) -> Data:
    return {"imageDigest": image["imageDigest"], **({} if tag is None else {"imageTag": tag})}


def _ids_of(data: Data) -> list[Data]:
    ids = data.get("imageIds") or []
    if not 1 <= len(ids) <= 100:
        raise invalid("imageIds", "Member must have length between 1 and 100")
    return ids


def _find(images: list[Image], wanted: Data) -> tuple[Image | None, Data | None]:
    """The image that an identifier names, or the failure that ECR reports for it."""
    digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
    if digest is None and tag is None:
        reason = "Invalid request parameters: both tag and digest cannot be null"
        return None, {"imageId": wanted, "failureCode": "MissingDigestAndTag", "failureReason": reason}
    if digest is not None and not DIGEST.fullmatch(digest):
        reason = f"Invalid request parameters: image digest should satisfy the regex '{DIGEST.pattern}'"
        return None, {"imageId": wanted, "failureCode": "InvalidImageDigest", "failureReason": reason}
    for image in images:
        if digest in (None, image["imageDigest"]) and (tag is None or tag in image["imageTags"]):
            return image, None
    return None, {"imageId": wanted, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"}


def _batch_get_image(data: Data) -> Data:
    _, images = _images_of(data)
    found, failures = [], []
    for wanted in _ids_of(data):
        image, failure = _find(images, wanted)
        if image:
            found.append(_shape(image, wanted.get("imageTag")))
        else:
            failures.append(failure)
    return {"images": found, "failures": failures}


def _batch_delete_image(data: Data) -> Data:
    _, images = _images_of(data)
    deleted, failures = [], []
    for wanted in _ids_of(data):
        image, failure = _find(images, wanted)
        if image is None:
            failures.append(failure)
            continue
        tag = wanted.get("imageTag")
        gone = [tag] if tag is not None else list(image["imageTags"])
        deleted.extend(_id(image, each) for each in gone or [None])
        image["imageTags"] = [each for each in image["imageTags"] if each not in gone]
        if not image["imageTags"]:
            images.remove(image)
    return {"imageIds": deleted, "failures": failures}


def _filtered(data: Data, images: list[Image]) -> list[Image]:
    status = (data.get("filter") or {}).get("tagStatus", "ANY")
    return [image for image in images if status == "ANY" or (status == "TAGGED") == bool(image["imageTags"])]


def _list_images(data: Data) -> Data:
    _, images = _images_of(data)
    ids = [_id(image, tag) for image in _filtered(data, images) for tag in image["imageTags"] or [None]]
    return _page(data, "imageIds", ids)


def _describe_images(data: Data) -> Data:
    name, images = _images_of(data)
    if not data.get("imageIds"):
        return _page(data, "imageDetails", [_details(image) for image in _filtered(data, images)])
    if "maxResults" in data or "nextToken" in data:
        raise invalid("maxResults", "cannot be used when you specify images with imageIds")
    found: list[Image] = []
    for wanted in _ids_of(data):
        image, failure = _find(images, wanted)
        if image is None:
            digest, tag = wanted.get("imageDigest", "null"), wanted.get("imageTag", "null")
            message = f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within"
            raise Refusal("ImageNotFoundException", f"{message} the repository with name '{name}' {in_registry()}")
        if image not in found:
            found.append(image)
    return {"imageDetails": [_details(image) for image in found]}


def _details(image: Image) -> Data:
    manifest = _parsed(image["imageManifest"])
    parts = [manifest.get("config") or {}, *(manifest.get("layers") or [])]
    details = {
        "registryId": image["registryId"],
        "repositoryName": image["repositoryName"],
        "imageDigest": image["imageDigest"],
        "imageSizeInBytes": sum(part.get("size", 0) for part in parts),
        "imagePushedAt": image["imagePushedAt"],
        "imageManifestMediaType": image["imageManifestMediaType"],
        "artifactMediaType": parts[0].get("mediaType"),
        "imageTags": list(image["imageTags"]),
    }
    return {member: value for member, value in details.items() if value not in (None, [])}


def _page(data: Data, member: str, items: list[Any]) -> Data:
    size = data.get("maxResults", PAGE)
    if not isinstance(size, int) or not 1 <= size <= 1000:
        raise invalid("maxResults", "must have value between 1 and 1000")
    token = str(data.get("nextToken") or 0)
    if not token.isdecimal():
        raise invalid("nextToken", "Invalid token")
    end = int(token) + size
    return {member: items[int(token) : end], **({"nextToken": str(end)} if end < len(items) else {})}
