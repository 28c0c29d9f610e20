"""RunPod worker: starts vLLM-Omni beside itself and passes each job on to its Images API.

Takes {"prompt", "width", "height", "seed"?, "images"? (data: URLs), "lora"? {"name", "path", "scale"}} and gives
{"images": [base64, ...]}.
"""

import base64
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from typing import Any

BASE = "http://127.0.0.1:8000"
NAME = "served"
LORAS = os.environ.get("LORAS", "/runpod-volume/loras")
START_SECONDS = 600
ANSWER_SECONDS = 300


def start_engine() -> subprocess.Popen[bytes]:
    """The engine, once it answers. Raises RuntimeError if it ends or does not come up in time."""
    model = os.environ["MODEL"]
    engine = subprocess.Popen(
        ["vllm", "serve", model, "--omni", "--host=127.0.0.1", "--port=8000", f"--served-model-name={NAME}"]
    )
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if engine.poll() is not None:
            raise RuntimeError(f"the engine ended with {engine.returncode}")
        try:
            with urllib.request.urlopen(f"{BASE}/health", timeout=3):
                return engine
        except OSError:
            time.sleep(1)
    raise RuntimeError("startup_timeout: the engine did not come up")


def handle(job: dict[str, Any]) -> dict[str, Any]:
    """One job; what goes wrong comes back as {"error": text}, which RunPod turns into a failed job."""
    given = job["input"]
    size = f"{int(given['width'])}x{int(given['height'])}"
    fields: dict[str, Any] = {"model": NAME, "prompt": given["prompt"], "size": size, "n": 1}
    if given.get("seed") is not None:
        fields["seed"] = int(given["seed"])
    if given.get("lora"):
        fields["lora"] = lora_of(given["lora"])
    pictures = [data_of(url) for url in given.get("images") or ()]
    try:
        answer = edit(fields, pictures) if pictures else generate(fields)
    except urllib.error.HTTPError as error:
        return {"error": f"{error.code}: {error.read(500).decode(errors='replace')}"}
    return {"images": [entry["b64_json"] for entry in answer["data"]]}


def generate(fields: dict[str, Any]) -> Any:
    body = json.dumps({**fields, "response_format": "b64_json"}).encode()
    return post("/v1/images/generations", body, "application/json")


def edit(fields: dict[str, Any], pictures: list[bytes]) -> Any:
    """The edit route takes a form; its pictures come first in the order given."""
    boundary = uuid.uuid4().hex
    parts = [form_part(boundary, name, text_of(value).encode()) for name, value in fields.items()]
    parts.append(form_part(boundary, "response_format", b"b64_json"))
    parts += [form_part(boundary, "image[]", data, f"{n}.png") for n, data in enumerate(pictures)]
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return post("/v1/images/edits", body, f"multipart/form-data; boundary={boundary}")


def form_part(boundary: str, name: str, value: bytes, filename: str = "") -> bytes:
    named = f'; filename="{filename}"\r\nContent-Type: application/octet-stream' if filename else ""
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def text_of(value: Any) -> str:
    """In a form, where nested fields have no agreed shape, they travel as JSON."""
    return json.dumps(value) if isinstance(value, dict) else str(value)


def lora_of(given: dict[str, Any]) -> dict[str, Any]:
    """One of the worker's folder. An address, or a file elsewhere, is never loaded."""
    path = os.path.normpath(str(given["path"]))
    if not path.startswith(f"{LORAS}/"):
        raise ValueError(f"LoRAs lie in {LORAS}")
    return {"name": str(given["name"]), "path": path, "scale": float(given.get("scale", 1.0))}


def post(path: str, body: bytes, content_type: str) -> Any:
    request = urllib.request.Request(BASE + path, data=body, headers={"Content-Type": content_type})
    with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
        return json.load(answer)


def data_of(url: str) -> bytes:
    """Bytes of a data: URL. An address elsewhere is never fetched."""
    head, _, encoded = url.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise ValueError("references come as data: URLs")
    return base64.b64decode(encoded, validate=True)


if __name__ == "__main__":
    import runpod  # in the image only

    start_engine()
    runpod.serverless.start({"handler": handle})
