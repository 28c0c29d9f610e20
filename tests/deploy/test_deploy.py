"""The files in deploy/: valid by their schemas and linters, and true to what the bot really does."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import WorkerSettings
from tests.deploy.compose_values import environment_of, required
from tests.deploy.validators import check_compose, check_dockerfile, check_kubernetes
from tests.twins.processes import privileges

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_NOBODY = 65534
GRACE = WorkerSettings.model_fields["shutdown_grace_seconds"].default


def names(file: Path) -> set[str]:
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", file.read_text(), re.MULTILINE))


def whole(composed: dict[str, Any]) -> dict[str, Any]:
    """The Compose file with what its services take from other files."""
    services = {}
    for name, service in composed["services"].items():
        taken = service.get("extends")
        source = yaml.safe_load((DEPLOY / taken["file"]).read_text()) if taken else None
        services[name] = {**(source["services"][taken["service"]] if source and taken else {}), **service}
    return {**composed, "services": services}


def test_every_volume_and_setting_of_the_compose_file_is_there() -> None:
    """Docker takes a name before the colon for a volume, and says nothing about a dashboard that forgets."""
    composed = whole(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))
    used = [
        one.split(":")[0] for service in composed["services"].values() for one in service.get("volumes", ())
    ]

    assert {name for name in used if not name.startswith(".")} == set(composed["volumes"])
    command = " ".join(composed["services"]["prometheus"]["command"])
    kept = re.search(r"retention\.time=(\d+)d", command)
    asked = re.findall(r"\[(\d+)d\]", (DEPLOY / "grafana" / "dashboards" / "imagine.json").read_text())
    assert kept is not None
    assert int(kept[1]) > max(map(int, asked))
    assert composed["services"]["flux2"]["profiles"] == ["flux2"], "nobody without a GPU starts it"


def test_what_the_example_sets_for_a_machine_does_not_reach_into_the_container() -> None:
    """`HTTP_HOST=127.0.0.1` of a copied .env would leave the container's port without anybody behind it."""
    example = (ROOT / ".env.example").read_text()
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    image = dict(re.findall(r"^(?:ENV|   ) +(\w+)=(\S+)", dockerfile, re.MULTILINE))
    machine = dict(re.findall(r"^(DATA_DIR|HTTP_HOST|HTTP_PORT)=(\S+)", example, re.MULTILINE))
    wanted = {name: image[name] for name in machine}

    run = dict(re.findall(r"-e (\w+)=(\S+)", dockerfile))
    bots = whole(yaml.safe_load((DEPLOY / "compose.yaml").read_text()))["services"]
    documents = check_kubernetes(DEPLOY / "kubernetes" / "imagine-bot.yaml")
    (stateful,) = [item for item in documents if item["kind"] == "StatefulSet"]
    (container,) = stateful["spec"]["template"]["spec"]["containers"]
    pod = {item["name"]: item["value"] for item in container["env"]}

    assert set(wanted) == {"DATA_DIR", "HTTP_HOST", "HTTP_PORT"}
    for pinned in (run, bots["bot"]["environment"], bots["bot-2"]["environment"], pod):
        assert wanted.items() <= pinned.items()


def test_the_dockerfile_passes_the_linter_and_keeps_the_rules() -> None:
    text = (DEPLOY / "Dockerfile").read_text()

    assert check_dockerfile(DEPLOY / "Dockerfile") == []
    assert text.count("\nFROM ") == 2, "build tools stay behind"
    assert text.count("--require-hashes") == 2
    assert "ca-certificates" in text
    assert "HEALTHCHECK" in text
    last = text[text.rindex("\nFROM ") :]
    user = re.search(r"^USER (\d+)", last, re.MULTILINE)
    assert user is not None
    assert int(user[1]) > 0


def test_the_image_gets_no_secret_and_nothing_that_it_does_not_need() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    wanted = {name for line in copied for name in line.split()}

    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == wanted
    assert all((ROOT / name).exists() for name in wanted)


def test_the_compose_file_is_valid_and_closed() -> None:
    services = whole(check_compose(DEPLOY / "compose.yaml"))["services"]

    assert set(services) == {"bot", "bot-2", "postgres", "seaweedfs", "prometheus", "grafana", "flux2"}
    for name, service in services.items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        assert service["restart"] == "unless-stopped"
        if not name.startswith("bot"):
            assert re.search(r":v?\d", service["image"]), f"{name} is not pinned"
    for name in ("bot", "bot-2"):
        bot = services[name]
        assert bot["read_only"]
        assert bot["cap_drop"] == ["ALL"]
        assert float(bot["stop_grace_period"].removesuffix("s")) > GRACE
        assert bot["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_compose_needs_no_more_than_its_one_file_explains() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    example = names(DEPLOY / "env.example")
    known = names(ROOT / ".env.example") | {"POSTGRES_PASSWORD", "GRAFANA_PASSWORD", "COMPOSE_PROFILES"}

    assert required(text) <= example
    assert example <= known


def test_two_bots_share_everything_but_their_shards_and_folders() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    env = dict.fromkeys(required((DEPLOY / "compose.yaml").read_text()), "x")
    one = environment_of(services["bot"], env)
    first, second = (
        environment_of(services[name], {**env, "DISCORD_SHARD_COUNT": "2"}) for name in ("bot", "bot-2")
    )

    assert one["DISCORD_SHARD_IDS"] == one["DISCORD_SHARD_COUNT"] == ""
    assert (first.pop("DISCORD_SHARD_IDS"), second.pop("DISCORD_SHARD_IDS")) == ("0", "1")
    assert first == second
    assert services["bot"]["volumes"] != services["bot-2"]["volumes"]
    assert services["bot"]["ports"] != services["bot-2"]["ports"]


def test_the_kubernetes_manifests_are_valid_and_restricted() -> None:
    kinds = {item["kind"]: item for item in check_kubernetes(DEPLOY / "kubernetes" / "imagine-bot.yaml")}
    stateful = kinds["StatefulSet"]["spec"]
    pod = stateful["template"]["spec"]
    (container,) = pod["containers"]
    variables = {item["name"]: item["value"] for item in container["env"]}

    assert set(kinds) == {
        "ServiceAccount", "StatefulSet", "Service", "PodDisruptionBudget", "NetworkPolicy"
    }  # fmt: skip
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz", (
        "a sick database is no reason to restart"
    )
    leaving = float(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > GRACE + leaving
    assert variables["DISCORD_SHARD_COUNT"] == str(stateful["replicas"])
    assert kinds["PodDisruptionBudget"]["spec"]["minAvailable"] < stateful["replicas"]
    labels = stateful["selector"]["matchLabels"]
    assert labels == kinds["Service"]["spec"]["selector"]
    assert labels == kinds["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"]


@pytest.mark.parametrize("pod", ["imagine-bot-0", "imagine-bot-11"])
def test_a_pods_number_is_its_shard(pod: str) -> None:
    documents = check_kubernetes(DEPLOY / "kubernetes" / "imagine-bot.yaml")
    (stateful,) = [item for item in documents if item["kind"] == "StatefulSet"]
    shell, flag, script = stateful["spec"]["template"]["spec"]["containers"][0]["command"]
    shown = script.replace("exec imagine-bot run", "exec printenv DISCORD_SHARD_IDS")
    environment = {"HOSTNAME": pod, "PATH": "/usr/bin:/bin"}

    done = subprocess.run([shell, flag, shown], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == pod.rpartition("-")[2]


def test_the_systemd_unit(tmp_path: Path) -> None:
    text = (DEPLOY / "systemd" / "imagine-bot.service").read_text()
    lines = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and line[0] not in "#[")

    assert float(lines["TimeoutStopSec"]) > GRACE
    assert lines["RestartPreventExitStatus"] == "78"
    assert lines["ProtectSystem"] == "strict"
    if shutil.which("systemd-analyze") is None:
        return
    unit = tmp_path / "imagine-bot.service"
    unit.write_text(text.replace(lines["ExecStart"].split()[0], "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    complaints = [line for line in done.stderr.splitlines() if "imagine-bot.service" in line]
    assert complaints == []


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter; pytest closes its own to them."""
    with tempfile.TemporaryDirectory(prefix="imagine-wheel-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for path in folder.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)


@pytest.mark.process
def test_the_wheel_runs_from_a_read_only_folder_as_an_ordinary_user(shared_folder: Path) -> None:
    """What the image does, without an engine: the wheel, nobody's rights, nothing writable but the data."""
    source, root, data = (shared_folder / name for name in ("source", "root", "data"))
    for name in ("bot", "adapters"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "deploy" / "slack", source / "deploy" / "slack")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(shared_folder / "wheel")]
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=120)
    shutil.rmtree(source)
    (built,) = (shared_folder / "wheel").glob("*.whl")
    shutil.unpack_archive(built, root, "zip")
    data.mkdir()
    as_root = os.geteuid() == 0
    if as_root:
        os.chown(data, _NOBODY, _NOBODY)
    for path in [root, *root.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    program = (
        f"import sys; sys.path.insert(0, {str(root)!r}); import bot.cli; "
        f"assert bot.__file__.startswith({str(root)!r}), bot.__file__; "
        "bot.cli.app(['imagine', 'a brass owl', '-o', 'owl.png'])"
    )
    user = [*privileges(_NOBODY), "--no-new-privs"] if as_root else []
    done = subprocess.run(
        [*user, sys.executable, "-c", program],
        cwd=data,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": "/nonexistent",
            "DATA_DIR": str(data),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert (data / "owl.png").read_bytes().startswith(b"\x89PNG")
    assert not list(root.rglob("*.pyc")), "nothing was written beside the program"
