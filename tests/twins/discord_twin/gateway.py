"""The gateway: sessions with their own sequence, replay on RESUME, close codes.

Source: "Gateway" in Discord's developer documentation. Events are buffered for each session, so that a
client that was away gets them when it resumes.
"""

import asyncio
import json
import secrets
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiohttp import WSMsgType, web

from tests.twins.http_twin import HttpTwin, Recorded, Route

PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
_SENDS_PER_MINUTE = 120

_GUILDS, _MEMBERS, _MODERATION, _AUTOMOD = 1 << 0, 1 << 1, 1 << 2, 1 << 20
EVENT_INTENTS = {
    "GUILD_CREATE": _GUILDS,
    "GUILD_UPDATE": _GUILDS,
    "GUILD_DELETE": _GUILDS,
    "GUILD_ROLE_CREATE": _GUILDS,
    "GUILD_ROLE_UPDATE": _GUILDS,
    "CHANNEL_CREATE": _GUILDS,
    "CHANNEL_UPDATE": _GUILDS,
    "CHANNEL_DELETE": _GUILDS,
    "THREAD_CREATE": _GUILDS,
    "THREAD_UPDATE": _GUILDS,
    "GUILD_MEMBER_ADD": _MEMBERS,
    "GUILD_AUDIT_LOG_ENTRY_CREATE": _MODERATION,
    "AUTO_MODERATION_RULE_CREATE": _AUTOMOD,
    "AUTO_MODERATION_RULE_UPDATE": _AUTOMOD,
    "AUTO_MODERATION_RULE_DELETE": _AUTOMOD,
    "MESSAGE_CREATE": 1 << 9 | 1 << 12,
    "MESSAGE_UPDATE": 1 << 9 | 1 << 12,
    "MESSAGE_DELETE": 1 << 9 | 1 << 12,
}


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    SHARDING_REQUIRED = 4011
    DISALLOWED_INTENTS = 4014


@dataclass(slots=True, eq=False)
class Connection:
    """One websocket. With `compressor` frames are binary and share one zlib stream."""

    socket: web.WebSocketResponse
    compressor: "zlib._Compress | None" = None
    session: "Session | None" = None
    received: deque[float] = field(default_factory=deque)
    closed_here: bool = False

    async def close(self, code: int) -> None:
        self.closed_here = True
        await self.socket.close(code=code)

    async def send(self, frame: dict[str, Any]) -> None:
        if self.socket.closed:
            return
        text = json.dumps(frame, ensure_ascii=False)
        try:
            if self.compressor is None:
                await self.socket.send_str(text)
            else:
                data = self.compressor.compress(text.encode())
                await self.socket.send_bytes(data + self.compressor.flush(zlib.Z_SYNC_FLUSH))
        except (ConnectionError, RuntimeError):
            return


@dataclass(slots=True, eq=False)
class Session:
    """What survives a lost connection: identity, sequence and every event since."""

    id: str
    shard: tuple[int, int]
    intents: int
    connection: Connection | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    def add(self, name: str, data: Any) -> None:
        self.events.append({"op": Op.DISPATCH, "t": name, "s": len(self.events) + 1, "d": data})

    async def pump(self, *, dropping: bool = False) -> None:
        """Send what was not sent yet, in order; with `dropping` it is lost on the way."""
        async with self._sending:
            while self.connection is not None and self.sent < len(self.events):
                frame = self.events[self.sent]
                self.sent += 1
                if not dropping:
                    await self.connection.send(frame)

    def wants(self, name: str) -> bool:
        needed = EVENT_INTENTS.get(name)
        return needed is None or bool(self.intents & needed)


@dataclass(slots=True)
class Gateway(HttpTwin):
    """Serves websockets on `/` and `/gateway`.

    Attributes:
        ready: Makes the READY body and the events that follow it for a shard.
        dropping: Events are lost on their way, but kept for RESUME.
        compress: Use zlib-stream where the client asks for it.
        identify_interval: Seconds that have to pass between two IDENTIFY of one bucket (5 in production).
        identifies: Shards that identified, in order; `resumes` likewise session ids.
    """

    token: str = ""
    ready: Callable[[tuple[int, int]], tuple[dict[str, Any], list[tuple[str, Any]]]] = lambda _: ({}, [])
    members: Callable[[dict[str, Any]], dict[str, Any] | None] = lambda _: None
    heartbeat_interval: float = 41.25
    compress: bool = False
    dropping: bool = False
    privileged_intents: int = 0
    min_shards: int = 1
    max_concurrency: int = 1
    identify_interval: float = 0.0
    sessions: dict[str, Session] = field(default_factory=dict, init=False)
    connections: set[Connection] = field(default_factory=set, init=False)
    identifies: list[tuple[int, int]] = field(default_factory=list, init=False)
    resumes: list[str] = field(default_factory=list, init=False)
    closes: list[int] = field(default_factory=list, init=False)
    changed: Callable[[], None] = lambda: None
    _last_identify: dict[int, float] = field(default_factory=dict, init=False)

    def routes(self) -> Iterable[Route]:
        yield Route("GET", "/", self._serve)
        yield Route("GET", "/gateway", self._serve)
        yield Route("GET", "/gateway/", self._serve)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        await self.close_all(1001)
        await HttpTwin.stop(self)

    async def dispatch(self, name: str, data: Any, guild_id: int | None = None) -> int:
        """Send an event to every session of the guild's shard (shard 0 without a guild); how many there are."""
        reached = 0
        for session in list(self.sessions.values()):
            shard, count = session.shard
            wanted = 0 if guild_id is None else (guild_id >> 22) % count
            if shard == wanted and session.wants(name):
                reached += 1
                await self._deliver(session, name, data)
        return reached

    async def replay(self, name: str, data: Any) -> None:
        """Send an event again to all sessions, as a new event."""
        for session in list(self.sessions.values()):
            await self._deliver(session, name, data)

    async def close_all(self, code: int = Close.UNKNOWN_ERROR) -> None:
        """Close every connection. The sessions stay, except with 4009 (session timed out)."""
        if code == Close.SESSION_TIMED_OUT:
            self.sessions.clear()
        for connection in list(self.connections):
            await connection.close(code)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """INVALID_SESSION to everybody; sessions that are not resumable are forgotten."""
        for connection in list(self.connections):
            await connection.send({"op": Op.INVALID_SESSION, "d": resumable})
        if not resumable:
            self.sessions.clear()

    @property
    def connected_shards(self) -> list[tuple[int, int]]:
        return sorted(session.shard for session in self.sessions.values() if session.connection is not None)

    async def _deliver(self, session: Session, name: str, data: Any) -> None:
        session.add(name, data)
        await session.pump(dropping=self.dropping)

    async def _serve(self, request: web.Request, _seen: Recorded) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        zipped = self.compress and request.query.get("compress") == "zlib-stream"
        connection = Connection(socket, zlib.compressobj() if zipped else None)
        self.connections.add(connection)
        try:
            interval = int(self.heartbeat_interval * 1000)
            await connection.send({"op": Op.HELLO, "d": {"heartbeat_interval": interval}})
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._receive(connection, message.data)
        finally:
            self.connections.discard(connection)
            self._part(connection, socket.close_code)
        return socket

    def _part(self, connection: Connection, code: int | None) -> None:
        session = connection.session
        self.closes.append(code or 0)
        if session is not None and session.connection is connection:
            session.connection = None
            if code in (1000, 1001) and not connection.closed_here:
                self.sessions.pop(session.id, None)
        self.changed()

    async def _receive(self, connection: Connection, text: str) -> None:
        now = time.monotonic()
        connection.received.append(now)
        while connection.received[0] < now - 60:
            connection.received.popleft()
        if len(connection.received) > _SENDS_PER_MINUTE:
            await connection.close(Close.RATE_LIMITED)
            return
        try:
            frame = json.loads(text)
            op, data = Op(frame["op"]), frame.get("d")
        except (ValueError, KeyError):
            await connection.close(Close.UNKNOWN_OPCODE)
            return
        await self._handle(connection, op, data)

    async def _handle(self, connection: Connection, op: Op, data: Any) -> None:
        match op:
            case Op.HEARTBEAT:
                await connection.send({"op": Op.HEARTBEAT_ACK})
            case Op.IDENTIFY:
                await self._identify(connection, data)
            case Op.RESUME:
                await self._resume(connection, data)
            case _ if connection.session is None:
                await connection.close(Close.NOT_AUTHENTICATED)
            case Op.REQUEST_MEMBERS:
                chunk = self.members(data)
                if chunk is not None:
                    await self._deliver(connection.session, "GUILD_MEMBERS_CHUNK", chunk)

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        shard = tuple(data.get("shard") or (0, 1))
        refusal = self._refusal(connection, data, shard)
        if refusal is not None:
            await connection.close(refusal)
            return
        bucket, now = shard[0] % self.max_concurrency, time.monotonic()
        if now - self._last_identify.get(bucket, -1e9) < self.identify_interval:
            await connection.send({"op": Op.INVALID_SESSION, "d": False})
            return
        self._last_identify[bucket] = now
        self.identifies.append((shard[0], shard[1]))
        session = Session(secrets.token_hex(16), (shard[0], shard[1]), int(data.get("intents", 0)))
        session.connection = connection
        self.sessions[session.id] = session
        connection.session = session
        body, events = self.ready(session.shard)
        shown = body | {
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "shard": list(session.shard),
        }
        session.add("READY", shown)
        for name, event in events:
            if session.wants(name):
                session.add(name, event)
        await session.pump()
        self.changed()

    def _refusal(self, connection: Connection, data: dict[str, Any], shard: tuple[int, ...]) -> Close | None:
        if connection.session is not None:
            return Close.ALREADY_AUTHENTICATED
        if data.get("token") != self.token:
            return Close.AUTHENTICATION_FAILED
        if int(data.get("intents", 0)) & PRIVILEGED_INTENTS & ~self.privileged_intents:
            return Close.DISALLOWED_INTENTS
        if len(shard) != 2 or not 0 <= shard[0] < shard[1]:
            return Close.INVALID_SHARD
        if shard[1] < self.min_shards:
            return Close.SHARDING_REQUIRED
        return None

    async def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        session = self.sessions.get(data.get("session_id", ""))
        if session is None or data.get("token") != self.token:
            await connection.send({"op": Op.INVALID_SESSION, "d": False})
            return
        if int(data.get("seq") or 0) > len(session.events):
            await connection.close(Close.INVALID_SEQ)
            return
        self.resumes.append(session.id)
        connection.session, session.connection = session, connection
        session.sent = int(data.get("seq") or 0)
        session.add("RESUMED", {})
        await session.pump()
        self.changed()
