"""Hold multipart uploads to S3's rules for sizes, and know checksums of whole objects.

S3 refuses to complete an upload with a part below 5 MiB that is not the last
(docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). An upload that was begun with a checksum type of FULL_OBJECT is
completed with the checksum of all its bytes (docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html);
MiniStack knows the type COMPOSITE only.

S3 sends the marker of a next page of parts with the last page too, and 0 with an empty one: who goes by the marker alone, as the
paginators of some SDKs do, lists the parts for ever. MiniStack sends it only where there is more.
"""

import base64
import struct
import zlib
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

import ministack.services.s3 as s3

PART_BYTES_MIN = 5 * 1024 * 1024
TYPE = "x-amz-checksum-type"
CRC32 = "x-amz-checksum-crc32"


def apply() -> None:
    """Wrap the beginning and the completion of multipart uploads."""
    _remember_type()
    _check_completion()
    _always_send_marker()


def _remember_type() -> None:
    create = s3._create_multipart_upload

    def create_multipart_upload(bucket: str, key: str, headers: dict[str, str], *rest: Any) -> Any:
        known = set(s3._multipart_uploads.keys())
        response = create(bucket, key, headers, *rest)
        if headers.get(TYPE, "").upper() == "FULL_OBJECT":
            for upload_id in set(s3._multipart_uploads.keys()) - known:
                s3._multipart_uploads[upload_id]["full_object"] = True
        return response

    s3._create_multipart_upload = create_multipart_upload


def _check_completion() -> None:
    complete = s3._complete_multipart_upload

    def complete_multipart_upload(
        bucket: str, key: str, body: bytes, query: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Any:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        if upload is None:
            return complete(bucket, key, body, query, headers)
        parts = [upload["parts"][number] for number in _numbers(body) if number in upload["parts"]]
        if any(part["size"] < PART_BYTES_MIN for part in parts[:-1]):
            message = "Your proposed upload is smaller than the minimum allowed size"
            return s3._error("EntityTooSmall", message, 400, f"/{bucket}/{key}")
        if not upload.get("full_object"):
            return complete(bucket, key, body, query, headers)
        wanted = dict(headers or {})
        expected = wanted.pop(CRC32, None)
        if expected not in (None, _crc32(parts)):
            message = "The CRC32 you specified did not match the calculated checksum."
            return s3._error("BadDigest", message, 400, f"/{bucket}/{key}")
        return complete(bucket, key, body, query, wanted)

    s3._complete_multipart_upload = complete_multipart_upload


def _always_send_marker() -> None:
    list_parts = s3._list_parts

    def marked_parts(*args: Any) -> Any:
        status, headers, body = list_parts(*args)
        if status == 200 and b"NextPartNumberMarker" not in body:
            numbers = _numbers(body)
            marker = f"<NextPartNumberMarker>{numbers[-1] if numbers else 0}</NextPartNumberMarker>"
            body = body.replace(b"</ListPartsResult>", f"{marker}</ListPartsResult>".encode())
        return status, headers, body

    s3._list_parts = marked_parts


def _numbers(body: bytes) -> list[int]:
    """The part numbers that a completion or a listing names, in its order."""
    try:
        root = fromstring(body)
    except ParseError:
        return []
    return [int(element.text or 0) for element in root.iter() if element.tag.rpartition("}")[2] == "PartNumber"]


def _crc32(parts: list[dict[str, Any]]) -> str:
    crc = 0
    for part in parts:
        crc = zlib.crc32(part["body"], crc)
    return base64.b64encode(struct.pack(">I", crc)).decode()
