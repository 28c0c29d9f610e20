"""Who may ask, where, and with which options: the cheapest checks, pure, before anything is acknowledged."""

from bot.domain.outcomes import DecidedBy, RefusalReason, Refused
from bot.domain.policy import Access, Policy
from bot.domain.requests import ImagineRequest, Options, Quality, Requester

_RANK = {Quality.LOW: 0, Quality.MEDIUM: 1, Quality.HIGH: 2}


def check_access(request: ImagineRequest, policy: Policy) -> Refused | None:
    """The first rule of the community that the request breaks, None if it breaks none."""
    access = policy.access
    person = request.requester
    if not access.enabled:
        return _no(RefusalReason.DISABLED)
    if not _channel_allowed(person, access):
        return _no(RefusalReason.CHANNEL)
    if access.roles and not person.moderator and not (access.roles | access.exempt_roles) & person.roles:
        return _no(RefusalReason.ROLE)
    return _check_options(request.options, access)


def _channel_allowed(person: Requester, access: Access) -> bool:
    places = {person.channel_id, person.thread_id or person.channel_id}
    if places & access.denied_channels:
        return False
    return not access.channels or bool(places & access.channels)


def _check_options(options: Options, access: Access) -> Refused | None:
    if options.model and access.models and options.model not in access.models:
        return _no(RefusalReason.MODEL_NOT_ALLOWED, ("allowed", ", ".join(sorted(access.models))))
    if options.count > access.max_count:
        return _no(RefusalReason.OPTION_NOT_ALLOWED, ("option", "count"), ("limit", str(access.max_count)))
    if options.quality is not Quality.AUTO and _RANK[options.quality] > _RANK[Quality(access.max_quality)]:
        return _no(RefusalReason.OPTION_NOT_ALLOWED, ("option", "quality"), ("limit", access.max_quality))
    return None


def _no(reason: RefusalReason, *params: tuple[str, str]) -> Refused:
    return Refused(reason, DecidedBy.GUARD, params=params)
