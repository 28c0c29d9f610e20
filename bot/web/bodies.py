"""Bodies of strangers' requests: never more of one in memory than its route needs."""

from starlette.requests import Request


async def body_within(request: Request, most: int) -> bytes | None:
    """The body's bytes; None as soon as there are more than `most` of them."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
