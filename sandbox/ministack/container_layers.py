"""Keep the layers that are uploaded to ECR, and their rules (docs.aws.amazon.com/AmazonECR/latest/APIReference).

- An upload is begun, gets its parts in order, and is completed with the digest of its bytes.
- A layer that a repository has is not uploaded again, and one that it lacks has no download URL.

MiniStack acknowledges uploads and drops them. Not checked: the least size of parts.
"""

import base64
import binascii
import uuid
from typing import Any

import ministack.services.ecr as ecr
from container_registry import Refusal, answering, in_registry, invalid, repository_of
from ministack.core.responses import get_account_id

Data = dict[str, Any]


def apply() -> None:
    """Replace the actions on layers."""
    ecr._initiate_layer_upload = answering(_initiate)
    ecr._upload_layer_part = answering(_upload_part)
    ecr._complete_layer_upload = answering(_complete)
    ecr._batch_check_layer_availability = answering(_check_availability)
    ecr._get_download_url_for_layer = _download_url(ecr._get_download_url_for_layer)


def _initiate(data: Data) -> Data:
    name = repository_of(data)
    upload = str(uuid.uuid4())
    ecr._uploads.setdefault(name, {})[upload] = bytearray()
    return {"uploadId": upload, "partSize": 10 * 1024 * 1024}


def _upload(data: Data) -> tuple[str, str, bytearray]:
    name, upload = repository_of(data), data.get("uploadId", "")
    received = ecr._uploads.get(name, {}).get(upload)
    if received is None:
        message = f"Upload with id '{upload}' does not exist in the repository with name '{name}'"
        raise Refusal("UploadNotFoundException", f"{message} {in_registry()}")
    return name, upload, received


def _answer(name: str, upload: str, more: Data) -> Data:
    return {"registryId": get_account_id(), "repositoryName": name, "uploadId": upload, **more}


def _upload_part(data: Data) -> Data:
    name, upload, received = _upload(data)
    try:
        part = base64.b64decode(data.get("layerPartBlob", ""), validate=True)
    except binascii.Error:
        raise invalid("layerPartBlob", "must be base64") from None
    first, last = data.get("partFirstByte"), data.get("partLastByte")
    if first != len(received) or last != len(received) + len(part) - 1:
        message = f"The layer part from byte {first} to {last} does not follow byte {len(received) - 1}"
        raise Refusal("InvalidLayerPartException", message)
    received.extend(part)
    return _answer(name, upload, {"lastByteReceived": len(received) - 1})


def _complete(data: Data) -> Data:
    name, upload, received = _upload(data)
    digests = data.get("layerDigests") or []
    if not received:
        raise Refusal("EmptyUploadException", "The specified layer upload does not contain any layer parts.")
    digest = ecr._content_digest(bytes(received))
    if digests != [digest]:
        raise Refusal("InvalidLayerException", f"The uploaded layer has the digest '{digest}', not {digests}")
    layers = ecr._layer_blobs.setdefault(name, {})
    del ecr._uploads[name][upload]
    if digest in layers:
        message = f"Layer with digest '{digest}' already exists in the repository with name '{name}'"
        raise Refusal("LayerAlreadyExistsException", f"{message} {in_registry()}")
    layers[digest] = bytes(received)
    return _answer(name, upload, {"layerDigest": digest})


def _check_availability(data: Data) -> Data:
    held = ecr._layer_blobs.get(repository_of(data), {})
    layers = [
        {
            "layerDigest": digest,
            "layerAvailability": "AVAILABLE" if digest in held else "UNAVAILABLE",
            "layerSize": len(held.get(digest, b"")),
        }
        for digest in data.get("layerDigests") or []
    ]
    return {"layers": layers, "failures": []}


def _download_url(download_url: Any) -> Any:
    def check(data: Data) -> None:
        name, digest = repository_of(data), data.get("layerDigest", "")
        if digest not in ecr._layer_blobs.get(name, {}):
            message = f"The layer with digest '{digest}' does not exist within the repository with name '{name}'"
            raise Refusal("LayersNotFoundException", f"{message} {in_registry()}")

    return lambda data: answering(check)(data) or download_url(data)
