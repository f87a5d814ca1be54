"""One module a kind of image. Each has `create(container) -> Handler`."""
