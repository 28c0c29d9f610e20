"""Files: three steps of an upload, and a file that can be shown only a moment later."""

import time
from typing import Any

from aiohttp import web

from tests.twins.http_twin import Recorded
from tests.twins.slack_twin.records import UploadedFile, error, loaded
from tests.twins.slack_twin.state import State


class FilesApi(State):
    """Uploads of the bot, and downloads of what people uploaded."""

    def file_of(self, data: bytes, mimetype: str = "image/png") -> dict[str, Any]:
        """A file that a person has uploaded, as it appears in messages and forms."""
        file = UploadedFile(f"F{next(self._numbers):09d}", "x.png", len(data), data, 0.0)
        self.files[file.id] = file
        return {"id": file.id, "mimetype": mimetype, "url_private": f"{self.origin}/files/{file.id}"}

    async def _files_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        file = self.files.get(arguments["file"])
        if file is None:
            return error("file_not_found")
        ready = time.monotonic() >= file.ready_at
        return {"ok": True, "file": {"id": file.id, "mimetype": "image/png" if ready else ""}}

    async def _download(self, request: web.Request, _seen: Recorded) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file = self.files.get(request.match_info["id"])
        if token not in self.tokens or "files:read" not in self.scopes or file is None:
            return web.Response(status=403)
        return web.Response(body=file.data, content_type="image/png")

    async def _files_getUploadURLExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        if not self.uploads_allowed:
            return error("file_uploads_disabled")
        if len(arguments.get("alt_txt", "")) > 1000 or int(arguments["length"]) < 1:
            return error("invalid_arguments")
        file = UploadedFile(f"F{next(self._numbers):09d}", arguments["filename"], int(arguments["length"]))
        self.files[file.id] = file
        return {"ok": True, "file_id": file.id, "upload_url": f"{self.origin}/upload/{file.id}"}

    async def _files_completeUploadExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        files = loaded(arguments["files"])
        for item in files:
            file = self.files.get(item["id"])
            if file is None or len(file.data) != file.length:
                return error("file_not_found")
            file.ready_at = time.monotonic() + self.file_seconds
        return {"ok": True, "files": [{"id": item["id"]} for item in files]}

    async def _files_delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """As docs.slack.dev/reference/methods/files.delete: needs files:write, and a file that is there."""
        if "files:write" not in self.scopes:
            return error("missing_scope")
        if self.files.pop(arguments["file"], None) is None:
            return error("file_not_found")
        return {"ok": True}

    async def _upload(self, request: web.Request, seen: Recorded) -> web.StreamResponse:
        file = self.files[request.match_info["id"]]
        data = seen.parts[0].data if seen.parts else seen.body
        if len(data) > self.upload_limit:
            return web.Response(status=413)
        file.data = data
        return web.Response(text=f"OK - {len(file.data)}")
