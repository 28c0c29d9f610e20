"""Good-byes at once: what others' messages still say is edited, objects go, and the trail says what happened."""

from pathlib import Path

from bot.domain.jobs import Job
from bot.domain.requests import Action, JobId
from bot.pipeline.children import Press
from bot.pipeline.farewell import farewell, forget_person
from bot.ports import Accepted
from tests.support.make import requester
from tests.support.rig import OTHER, FakeChat, Rig

ADA = requester()


class Editing(FakeChat):
    """A chat whose messages can be edited later; remembers what they then say."""

    def __init__(self) -> None:
        super().__init__()
        self.anew: dict[JobId, str] = {}

    async def show_anew(self, job: Job) -> None:
        self.anew[job.job_id] = job.request.words


async def test_messages_of_others_that_say_words_of_somebody_erased_are_edited_at_once(
    tmp_path: Path,
) -> None:
    chat = Editing()
    async with Rig(tmp_path, chat=chat) as rig:
        made = await rig.finished("a zebra in the rain", requester=ADA)
        pressed = await rig.studio.press(Press("discord:pressed", OTHER, made.job_id, Action.REROLL))
        assert isinstance(pressed, Accepted)
        bobs = await rig.begun(pressed)
        assert bobs.request.words == "a zebra in the rain"

        assert (await forget_person(rig.parts, ADA.platform, ADA.user_id)).jobs == 1

        assert chat.anew == {bobs.job_id: ""}
        assert chat.retracted == [made.job_id]


async def test_of_a_community_that_leaves_the_objects_go_at_once_and_the_trail_says_so(
    tmp_path: Path,
) -> None:
    async with Rig(tmp_path) as rig:
        await rig.finished(requester=ADA)

        assert await farewell(rig.parts, ADA.tenant) == 1

        assert not [path for path in (tmp_path / "images").rglob("*") if path.is_file()]
        assert [row["event"] for row in await rig.store.policies.audited(ADA.tenant, 1)] == ["community_left"]
