"""An address that lacks its beginning is told at the start, by its name, and not by whoever stumbles over it later."""

import pytest

from bot.domain.errors import ConfigurationError
from bot.settings import load_settings

ADDRESSES = (
    "OPENAI_BASE_URL",
    "FLUX_BASE_URL",
    "S3_ENDPOINT_URL",
    "CDN_BASE_URL",
    "PUBLIC_BASE_URL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
)


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("address", ["seaweedfs:8333", "cdn.example.org", "//cdn.example.org", "https://"])
def test_an_address_without_its_scheme_or_its_host(
    monkeypatch: pytest.MonkeyPatch, name: str, address: str
) -> None:
    monkeypatch.setenv(name, address)

    with pytest.raises(ConfigurationError, match=name) as told:
        load_settings()
    assert "whole address" in told.value.problem


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_whole_one(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "http://seaweedfs:8333")

    load_settings()


def test_each_of_several_servers_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLUX_BASE_URL", "http://one:8000/v1, two:8000/v1")

    with pytest.raises(ConfigurationError, match="FLUX_BASE_URL"):
        load_settings()
