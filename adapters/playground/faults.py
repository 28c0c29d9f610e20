"""Switches for practice: `GET /api/faults` lists them, `PUT /api/faults/{id}` turns one."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.playground.bodies import BadRequest, FaultBody, read
from bot.domain.practice import Fault, Switchboard


class FaultApi:
    """`switches` None: practice is not allowed here, which is an empty list."""

    def __init__(self, switches: Switchboard | None) -> None:
        self._switches = switches

    async def list(self, _request: Request) -> Response:
        state = self._switches.state() if self._switches else {}
        return JSONResponse([{"id": fault.value, "on": on} for fault, on in state.items()])

    async def turn(self, request: Request) -> Response:
        body = await read(request, FaultBody)
        try:
            fault = Fault(request.path_params["fault"])
        except ValueError:
            raise BadRequest("unknown_fault", "There is no such switch.", "id", status=404) from None
        if self._switches is None:
            raise BadRequest("no_practice", "Practice is switched off here.", "id", status=403)
        self._switches.turn(fault, on=body.on)
        return JSONResponse({"id": fault.value, "on": body.on})
