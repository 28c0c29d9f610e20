// The console's API. A change carries the session's token; a session that is over brings back the door.

/** @type {any} */
export const session = { words: {}, names: {}, csrf: "" };

/** The bot said no; the message is for the moderator. */
export class Refusal extends Error {}

export async function start() {
  Object.assign(session, await api("state"));
}

/**
 * @param {string} path below /console/api
 * @param {object} [body] makes it a change; a file goes as it is
 * @returns {Promise<any>}
 */
export async function api(path, body) {
  let response;
  const file = body instanceof Blob;
  try {
    response = await fetch(`console/api/${path}`, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": file ? "application/octet-stream" : "application/json", "X-CSRF-Token": session.csrf } : {},
      body: file ? body : body && JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw new Refusal(session.words.unreachable ?? "…");
  }
  if (response.status === 401) {
    location.reload();
    return new Promise(() => {});
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(answer?.error?.message || session.words.failed || "…");
  return answer;
}
