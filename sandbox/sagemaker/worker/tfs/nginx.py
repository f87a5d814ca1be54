"""What the image's nginx does by itself, where an archive has no script (sagemaker/tensorflowServing.js).

Its conversions work on text, by patterns, and so does this: a body that fools the image fools the sandbox too.
"""

import json
import re

from ..kinds import api
from . import context as contexts

JSON_TYPES = ("application/json", "application/jsonlines", "application/jsons")
CSV = "text/csv"
OWN_REQUEST = re.compile(r'"(instances|inputs|examples)"\s*:')
SEVERAL_DOCUMENTS = re.compile(r"[}\]]\s*[\[{]")
NESTED_LIST = re.compile(r"\s*\[\s*\[")
NUMBER_OR_QUOTE = re.compile(r'\s*("|[\d.Ee+\-]+.*)')


class Nginx:
    """Converts JSON, JSON lines and CSV to TensorFlow Serving's requests, and passes its answers on."""

    def __init__(self, port: int, default_model: str) -> None:
        self._port = port
        self._default_model = default_model

    def invoke(self, request: api.Request) -> api.Response:
        import requests

        content_type = request.headers.get("content-type")
        text = request.body.decode("utf-8")
        if content_type in JSON_TYPES:
            body = from_json(text)
        elif content_type == CSV:
            body = from_csv(text)
        else:
            message = json.dumps({"error": f"Unsupported Media Type: {content_type or 'Unknown'}"})
            return api.Response(415, message.encode("utf-8"), {"Content-Type": "application/json"})
        uri = contexts.rest_uri(self._port, contexts.attributes_of(request), self._default_model)
        reply = requests.post(uri, data=body.encode("utf-8"))
        accepted = [name.strip() for name in request.headers.get("accept", "").split(",")]
        is_known = bool({"application/json", "application/jsonlines"} & set(accepted))
        content = reply.content.replace(b"\n", b"") if is_known else reply.content
        return api.Response(reply.status_code, content, {"Content-Type": accepted[0] if is_known else "application/json"})


def from_json(text: str) -> str:
    """A request of TensorFlow Serving's as it is, JSON lines as its instances, other JSON as its one instance."""
    if OWN_REQUEST.search(text):
        return text
    if SEVERAL_DOCUMENTS.search(text):
        lines = [line.strip() for line in re.split(r"\r?\n", text.strip()) if line.strip()]
        return f'{{"instances":[{",".join(lines)}]}}' if len(lines) != 1 else f'{{"instances":{lines[0]}}}'
    return f'{{"instances":{text if NESTED_LIST.match(text) else f"[{text}]"}}}'


def from_csv(text: str) -> str:
    """Each line an instance, without a header; text is quoted when the first field is neither a number nor quoted."""
    is_text = not NUMBER_OR_QUOTE.match(text)
    instances = []
    for line in (line.strip() for line in re.split(r"\r?\n", text.strip())):
        if not line:
            continue
        # The image replaces the first quote and the first comma only.
        fields = '"' + line.replace('"', '\\"', 1).replace(",", '","', 1) + '"' if is_text else line
        instances.append(f"[{fields}]" if "," in line else fields)
    return f'{{"instances":[{",".join(instances)}]}}'
