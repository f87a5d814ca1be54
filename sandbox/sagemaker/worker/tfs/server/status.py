"""Errors of the model server, and their HTTP status."""

# tensorflow_serving/model_servers/http_server.cc, ToHTTPStatusCode, by the number of the error's code.
HTTP_STATUS = {
    1: 499, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409, 11: 400, 12: 501, 13: 500, 14: 503, 15: 500,
    16: 401,
}


class StatusError(Exception):
    """A request that the model server answers with an error."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def status_of(code: int) -> int:
    """The HTTP status for an error code of TensorFlow's."""
    return HTTP_STATUS.get(code, 500)
