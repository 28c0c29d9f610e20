// The console's API. Everything carries the session's token; a session that is over brings back the door.

import { pending } from "./draft.js";

const DEADLINE_MS = 20_000;
// A file of 20 MB takes a slow line this long.
const FILE_DEADLINE_MS = 180_000;
const RETRY_MS = 2000;

/** @type {any} */
export const session = { words: {}, names: {}, csrf: "" };

/** The bot said no; the message is for the moderator. */
export class Refusal extends Error {
  /** @param {string} message @param {string} [code] */
  constructor(message, code = "") {
    super(message);
    this.code = code;
  }
}

/** Who is here. The words of the page come with it, so there are none to say that it does not arrive: it is tried again. */
export async function start() {
  for (;;) {
    try {
      return Object.assign(session, await api("state"));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/**
 * @param {string} path below /console/api
 * @param {object} [body] makes it a change; a file goes as it is
 * @returns {Promise<any>}
 */
export async function api(path, body) {
  const response = await send(path, body);
  if (response.status === 401) return over();
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  const code = answer?.error?.code ?? "";
  if (code === "wrong_token" && (await hasNewToken())) return api(path, body);
  if (!response.ok) throw new Refusal(answer?.error?.message || session.words.failed || "…", code);
  return answer;
}

/** @param {string} path @param {object} [body] @param {string} [token] "" for none */
async function send(path, body, token = session.csrf) {
  const file = body instanceof Blob;
  try {
    return await fetch(`console/api/${path}`, {
      method: body ? "POST" : "GET",
      headers: { ...(body && { "Content-Type": file ? "application/octet-stream" : "application/json" }), ...(token && { "X-CSRF-Token": token }) },
      body: file ? body : body && JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(file ? FILE_DEADLINE_MS : DEADLINE_MS),
    });
  } catch {
    throw new Refusal(session.words.unreachable ?? "…");
  }
}

/** Back to the door; but what is not saved yet stays on the page until somebody has come in again, in another tab. */
function over() {
  if (pending().length) throw new Refusal(`${session.words.over_title}. ${session.words.over_text}`);
  location.reload();
  return new Promise(() => {});
}

/**
 * Whether the same moderator has come in anew since, by another link: then the token is another one, too. A session of
 * somebody else, or for another community, ends this page's.
 */
async function hasNewToken() {
  const response = await send("state", undefined, "");
  const fresh = response.ok ? await response.json() : {};
  if (["user_id", "community"].some((name) => fresh[name] !== session[name])) return over();
  const isNew = fresh.csrf !== session.csrf;
  session.csrf = fresh.csrf;
  return isNew;
}
