"""The files that serve FLUX.2: valid by their schemas, and true to what the bot sends and asks."""

import base64
import importlib.util
import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from bot.domain.images import ImageTask, MediaType, ReferenceImage, SafePrompt
from bot.domain.requests import ReferenceRole
from bot.providers.dialects import DIALECTS
from bot.providers.host_spec import Order, values_at
from bot.providers.hosts.runpod import RUNPOD
from bot.providers.profiles import profile_of
from tests.deploy.validators import check_compose, check_dockerfile, check_kubernetes
from tests.support.make import picture

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "flux2"


def test_the_compose_file_is_valid() -> None:
    services = check_compose(FOLDER / "compose.yaml")["services"]

    assert set(services) == set(DIALECTS) & {"vllm-omni", "sglang"}
    for name, service in services.items():
        assert ":" in service["image"], "a pinned version"
        assert all(port.startswith("127.0.0.1:") for port in service["ports"]), "no password: loopback only"
        assert (DIALECTS[name].health_path or "none") in " ".join(service["healthcheck"]["test"])
        assert "black-forest-labs/FLUX.2-klein-4B" in " ".join(service["command"])


def test_the_kubernetes_manifest_is_valid() -> None:
    kinds = {item["kind"]: item for item in check_kubernetes(FOLDER / "kubernetes.yaml")}

    (container,) = kinds["Deployment"]["spec"]["template"]["spec"]["containers"]
    probes = [
        container[name]["httpGet"]["path"] for name in ("startupProbe", "readinessProbe", "livenessProbe")
    ]
    assert probes == [DIALECTS["vllm-omni"].health_path] * 3
    assert kinds["NetworkPolicy"]["spec"]["ingress"], "nobody but the bot may reach it"


def test_both_serve_the_same_model_by_the_same_name() -> None:
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]["vllm-omni"]
    documents = yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text())
    (deployment,) = [item for item in documents if item["kind"] == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]

    assert (container["image"], container["args"]) == (compose["image"], compose["command"])
    assert "--served-model-name=flux-2-klein-4b" in container["args"]
    assert f"flux:{'flux-2-klein-4b'}" in (FOLDER / "README.md").read_text()


def test_the_workers_dockerfile_passes_the_linter() -> None:
    assert check_dockerfile(FOLDER / "runpod" / "Dockerfile") == []


class Engine(BaseHTTPRequestHandler):
    """Answers as vLLM-Omni does, and remembers."""

    seen: list[tuple[str, str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, self.headers["Content-Type"], body))
        answer = json.dumps({"data": [{"b64_json": base64.b64encode(picture()).decode()}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Silence."""


@pytest.fixture
def worker() -> Iterator[tuple[Any, list[tuple[str, str, bytes]]]]:
    """The worker's module, its engine a local server."""
    spec = importlib.util.spec_from_file_location("runpod_handler", FOLDER / "runpod" / "handler.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    seen: list[tuple[str, str, bytes]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("One", (Engine,), {"seen": seen}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    module.BASE = f"http://127.0.0.1:{server.server_address[1]}"
    yield module, seen
    server.shutdown()
    server.server_close()
    thread.join()


def job(*references: ReferenceImage, lora: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the bot's own spec sends."""
    task = ImageTask(SafePrompt("an owl"), 1024, 768, seed=7, references=references)
    body = RUNPOD.body(Order(task, profile_of("flux-2-klein-4b"), "endpoint", 1024, 768, 60.0, lora))
    return json.loads(json.dumps(body))  # type: ignore[no-any-return]


def test_the_worker_takes_what_the_bot_sends_and_gives_what_it_reads(worker: Any) -> None:
    module, seen = worker

    output = module.handle(job())

    ((path, _, body),) = seen
    assert path == "/v1/images/generations"
    assert json.loads(body) == {
        "model": "served", "prompt": "an owl", "size": "1024x768", "n": 1, "seed": 7, "response_format": "b64_json"
    }  # fmt: skip
    found = list(values_at({"output": output}, RUNPOD.pictures[0]))
    assert [base64.b64decode(value) for value in found] == [picture()]


def test_the_worker_passes_references_on(worker: Any) -> None:
    module, seen = worker

    module.handle(job(ReferenceImage(picture(), MediaType.PNG, ReferenceRole.STYLE)))

    ((path, kind, body),) = seen
    assert path == "/v1/images/edits"
    assert kind.startswith("multipart/form-data")
    assert picture() in body


def test_the_worker_passes_a_lora_of_its_folder_on(worker: Any) -> None:
    module, seen = worker
    lora = {"name": "acme", "path": "/runpod-volume/loras/acme.safetensors", "scale": 0.5}

    module.handle(job(lora=lora))
    module.handle(job(ReferenceImage(picture(), MediaType.PNG, ReferenceRole.STYLE), lora=lora))

    (_, _, new), (_, _, edit) = seen
    assert json.loads(new)["lora"] == lora
    assert json.dumps(lora).encode() in edit


@pytest.mark.parametrize(
    "path",
    [
        "https://weights.example/x",
        "/etc/passwd",
        "/runpod-volume/loras/../secret",
        "loras/x",
        "/runpod-volume/lorasx",
    ],
)
def test_the_worker_loads_no_lora_from_elsewhere(worker: Any, path: str) -> None:
    module, seen = worker

    with pytest.raises(ValueError, match="LoRAs lie in"):
        module.handle(job(lora={"name": "x", "path": path, "scale": 1.0}))
    assert seen == []


def test_the_worker_never_fetches_an_address(worker: Any) -> None:
    module, seen = worker
    given = job()
    given["input"]["images"] = ["https://169.254.169.254/latest"]

    with pytest.raises(ValueError, match="data: URLs"):
        module.handle(given)
    assert seen == []
