"""What was learned about one provider, and whether it has what a task needs."""

import asyncio
import dataclasses

import pytest

from bot.domain.images import ImageTask, MediaType, ReferenceImage, SafePrompt
from bot.domain.profile import ModelProfile, SizeRule
from bot.domain.requests import Background, Quality, ReferenceRole
from bot.providers.circuit import Circuit
from bot.providers.profiles import FLUX_2, FLUX_SELF_HOSTED, GPT_IMAGE_2
from bot.providers.route import Route, can_serve
from tests.support.fakes import FakeClock, ScriptedProvider

TASK = ImageTask(SafePrompt("an owl"), 1024, 1024, quality=Quality.MEDIUM)


def route(profile: ModelProfile = GPT_IMAGE_2, name: str = "first") -> Route:
    return Route(ScriptedProvider(name, profile=profile), Circuit(FakeClock().now), asyncio.Semaphore(1))


def references(count: int, *roles: ReferenceRole) -> ImageTask:
    wanted = (*roles, *[ReferenceRole.EDIT] * (count - len(roles)))
    return dataclasses.replace(
        TASK, references=tuple(ReferenceImage(b"", MediaType.PNG, role) for role in wanted)
    )


def serves(profile: ModelProfile, task: ImageTask, *, filtered_hosts_only: bool = False) -> bool:
    provider = ScriptedProvider("first", profile=profile)
    return can_serve(provider, task, model=None, filtered_hosts_only=filtered_hosts_only)


def test_the_newest_of_its_seconds_weighs_a_fifth() -> None:
    one = route()
    assert one.usual_seconds(Quality.MEDIUM) > 3600
    one.measured(Quality.MEDIUM, 10.0)
    assert one.usual_seconds(Quality.MEDIUM) == 10.0
    one.measured(Quality.MEDIUM, 20.0)

    assert one.usual_seconds(Quality.MEDIUM) == pytest.approx(12.0)
    assert one.usual_seconds(Quality.HIGH) > 3600


def test_qualities_that_are_the_same_to_the_model_share_what_was_learned() -> None:
    one = route(FLUX_SELF_HOSTED)
    one.measured(Quality.LOW, 3.0)

    assert one.usual_seconds(Quality.HIGH) == 3.0


@pytest.mark.parametrize(
    ("profile", "side", "pixels"),
    [
        # An HD redraw is made as large as the model can, and a small wish as small.
        (GPT_IMAGE_2, 2048, 1920 * 1920),
        (GPT_IMAGE_2, 512, 816 * 816),
        (FLUX_2, 2048, 2000 * 2000),
        (dataclasses.replace(FLUX_2, sizes=SizeRule(fixed=((1024, 1024),))), 2048, 1024 * 1024),
    ],
)
def test_a_price_is_that_of_the_size_that_the_model_takes(
    profile: ModelProfile, side: int, pixels: int
) -> None:
    task = dataclasses.replace(TASK, width=side, height=side)
    expected = profile.price_of(task.quality, pixels=pixels)

    assert expected is not None
    assert route(profile).price(task) == pytest.approx(expected, rel=0.02)


def test_tasks_are_alike_that_take_about_as_long_at_the_same_route() -> None:
    one, high = route(), dataclasses.replace(TASK, quality=Quality.HIGH)

    assert one.alike(TASK) == one.alike(dataclasses.replace(TASK, prompt=SafePrompt("a fox")))
    different = [one.alike(TASK), one.alike(high), one.alike(dataclasses.replace(TASK, count=2))]
    assert len({*different, route(name="second").alike(TASK)}) == 4
    flux = route(FLUX_SELF_HOSTED)
    assert flux.alike(TASK) == flux.alike(high)


def test_a_model_takes_as_many_references_as_it_says_and_the_roles_that_it_knows() -> None:
    most = GPT_IMAGE_2.max_references

    assert serves(GPT_IMAGE_2, references(most))
    assert not serves(GPT_IMAGE_2, references(most + 1))
    assert serves(GPT_IMAGE_2, references(most, *GPT_IMAGE_2.roles))
    assert not serves(dataclasses.replace(GPT_IMAGE_2, roles=frozenset({ReferenceRole.STYLE})), references(1))


def test_a_host_that_needs_our_check_is_left_out_where_only_filtered_ones_may_serve() -> None:
    needs_check = dataclasses.replace(GPT_IMAGE_2, own_check=True)

    assert not serves(needs_check, TASK, filtered_hosts_only=True)
    assert serves(needs_check, TASK)
    assert serves(dataclasses.replace(needs_check, own_check=False), TASK, filtered_hosts_only=True)


def test_transparency_is_only_for_models_that_have_it() -> None:
    clear = dataclasses.replace(TASK, background=Background.TRANSPARENT)

    assert serves(dataclasses.replace(FLUX_2, transparency=True), clear)
    assert not serves(dataclasses.replace(FLUX_2, transparency=False), clear)
