"""Permission bits and how they combine. Source: "Permissions" in Discord's developer documentation."""

from enum import IntFlag


class Permission(IntFlag):
    CREATE_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    MANAGE_ROLES = 1 << 28
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    USE_EXTERNAL_APPS = 1 << 50


P = Permission

NONE = Permission(0)
ALL = Permission((1 << 53) - 1)
MEMBER = (
    P.CREATE_INVITE
    | P.ADD_REACTIONS
    | P.VIEW_CHANNEL
    | P.SEND_MESSAGES
    | P.EMBED_LINKS
    | P.ATTACH_FILES
    | P.READ_MESSAGE_HISTORY
    | P.USE_APPLICATION_COMMANDS
    | P.CREATE_PUBLIC_THREADS
    | P.SEND_MESSAGES_IN_THREADS
    | P.USE_EXTERNAL_APPS
)
BOT = P.VIEW_CHANNEL | P.SEND_MESSAGES | P.SEND_MESSAGES_IN_THREADS | P.ATTACH_FILES | P.EMBED_LINKS
PRIVATE = MEMBER | P.MENTION_EVERYONE

_NEED_SEND = P.EMBED_LINKS | P.ATTACH_FILES | P.MENTION_EVERYONE


def implied(permissions: Permission, *, in_thread: bool) -> Permission:
    """Who cannot see has nothing; who cannot send can neither attach nor embed nor mention everyone."""
    if P.ADMINISTRATOR in permissions:
        return ALL
    if P.VIEW_CHANNEL not in permissions:
        return NONE
    send = P.SEND_MESSAGES_IN_THREADS if in_thread else P.SEND_MESSAGES
    return permissions if send in permissions else permissions & ~_NEED_SEND
