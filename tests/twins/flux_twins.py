"""Hosts of FLUX.2 on loopback: BFL, Replicate, fal and RunPod, each with its own words for everything.

    async with BFLTwin() as twin:
        twin.script.queue(ModeratedInput())
        ...                     # BFL_BASE_URL = twin.base_url, BFL_API_KEY = twin.key
        assert twin.leaked_keys() == []

Manual use: `python -m tests.twins.flux_twins bfl --port 8124`.
"""

import argparse
import asyncio

from tests.twins.flux_bfl import BFLTwin
from tests.twins.flux_fal import FalTwin
from tests.twins.flux_host import SubmitPollTwin
from tests.twins.flux_replicate import ReplicateTwin
from tests.twins.flux_runpod import RunPodTwin
from tests.twins.http_twin import serve_forever

__all__ = ["TWINS", "BFLTwin", "FalTwin", "ReplicateTwin", "RunPodTwin"]

TWINS: dict[str, type[SubmitPollTwin]] = {
    "bfl": BFLTwin,
    "replicate": ReplicateTwin,
    "fal": FalTwin,
    "runpod": RunPodTwin,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="A FLUX.2 host on loopback.")
    parser.add_argument("host", choices=sorted(TWINS))
    parser.add_argument("--port", type=int, default=8124)
    options = parser.parse_args()
    twin = TWINS[options.host](port=options.port)
    print(f"key {twin.key}", flush=True)
    asyncio.run(serve_forever(twin))


if __name__ == "__main__":
    main()
