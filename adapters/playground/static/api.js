// The playground's JSON API. Addresses are relative, so the page also works below a path prefix.

import { ConnectionLost } from "./connection.js";
import { t } from "./i18n.js";
import { tab } from "./storage.js";

/**
 * @typedef {object} JobImage
 * @property {string} url
 * @property {string|null} preview_url
 * @property {string} alt_text
 * @property {number} width
 * @property {number} height
 * @property {string} provider
 * @property {string} model
 * @property {boolean} [spoiler] moderators want it covered until somebody asks to see it
 *
 * @typedef {object} Job
 * @property {string} job_id
 * @property {"queued"|"running"|"delivered"|"refused"|"failed"|"deleted"} state
 * @property {string} stage
 * @property {string|null} message
 * @property {string|null} reason_code
 * @property {JobImage[]} images
 * @property {number|null} cost_usd
 * @property {string|null} parent_id
 * @property {string|null} [suggestion] other words that would be accepted
 * @property {string} created_at ISO 8601
 * @property {number|null} [seconds]
 * @property {string} prompt
 * @property {string|null} [notice]
 * @property {string[]} actions
 * @property {number} version
 * @property {string|null} [preview_url] a half-finished picture
 * @property {Record<string, any>} [options]
 * @property {string|null} [action] the button that led here
 * @property {string|null} [instruction]
 * @property {boolean} [awaiting] its person wants to hear when what made it fail works again
 * @property {string|null} [works_again] that it does, in words
 */

/** The server understood and said no. */
export class ApiError extends Error {
  /** @param {number} status @param {{code?: string, message?: string, field?: string}} error */
  constructor(status, error) {
    super(error.message ?? t("The studio could not do that. Please try again."));
    this.status = status;
    this.code = error.code ?? "";
    this.field = error.field ?? "prompt";
  }
}

const CALL_DEADLINE_MS = 15_000;
const TOKEN_KEY = "imagine.token";
const GATEWAY_STATUSES = new Set([502, 503, 504]);

/** @type {(wasWrong: boolean) => Promise<string|null>} */
let askForToken = async () => null;
/** @type {Promise<string|null>|null} */
let asking = null;

/** @param {(wasWrong: boolean) => Promise<string|null>} ask called when the API wants a token; null gives up */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

/** @param {string} prompt @param {Record<string, any>} options @param {string} id repeating an id repeats nothing else */
export async function submit(prompt, options, id) {
  const answer = await call("api/imagine", "POST", { prompt, options, id });
  return /** @type {string} */ (answer.job_id);
}

/**
 * What stands behind /imagine and asks for no picture.
 * @param {string} text @returns {Promise<{text?: string, job_id?: string}>} words to show, or a picture of before
 */
export function askCommand(text) {
  return call("api/commands", "POST", { text });
}

/** @param {string} jobId @returns {Promise<Job>} */
export function fetchJob(jobId) {
  return call(`api/jobs/${encodeURIComponent(jobId)}`);
}

/**
 * The job as the message that a chat would be sent.
 * @param {string} jobId @param {string} platform
 * @returns {Promise<{body: any, files: Record<string, string>, private: boolean}>}
 */
export function fetchMessage(jobId, platform) {
  return call(`api/jobs/${encodeURIComponent(jobId)}/as/${platform}`);
}

/**
 * @param {string} jobId
 * @param {string} action
 * @param {{instruction?: string, index?: number, id: string}} details
 */
export async function act(jobId, action, details) {
  const answer = await call(`api/jobs/${encodeURIComponent(jobId)}/actions`, "POST", { action, ...details });
  return /** @type {string} */ (answer.job_id);
}

/** @returns {Promise<any>} what `/readyz` says; an unready studio answers 503 with the same JSON */
export async function fetchReadiness() {
  const response = await send("readyz", { signal: AbortSignal.timeout(CALL_DEADLINE_MS) });
  const answer = await jsonOf(response);
  if (!answer) throw new ConnectionLost(`${response.status}`);
  return answer;
}

/** @returns {Promise<{id: string, on: boolean}[]> none where practice is not allowed} */
export function fetchFaults() {
  return call("api/faults");
}

/** @param {string} id @param {boolean} on */
export function setFault(id, on) {
  return call(`api/faults/${encodeURIComponent(id)}`, "PUT", { on });
}

/** A one-time link to the moderators' console. @returns {Promise<string>} */
export async function consoleLink() {
  return (await call("api/console", "POST", {})).url;
}

/**
 * Open the job's event stream. Plain fetch rather than EventSource, which cannot send the token.
 * @param {string} jobId @param {string} lastEventId @param {AbortSignal} signal
 */
export function openEvents(jobId, lastEventId, signal) {
  const headers = { Accept: "text/event-stream", ...(lastEventId && { "Last-Event-ID": lastEventId }) };
  return authorized(`api/jobs/${encodeURIComponent(jobId)}/events`, { headers, signal });
}

/** An id nobody else has; `crypto.randomUUID` is missing where the page is not served securely. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} path @param {string} [method] @param {object} [body] */
async function call(path, method = "GET", body) {
  const response = await authorized(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  if (GATEWAY_STATUSES.has(response.status)) throw new ConnectionLost(`${response.status}`);
  const answer = await jsonOf(response);
  // The server names the operator's setting; whoever closed the question without an answer is told what it said.
  if (response.status === 401) throw new ApiError(401, { ...answer?.error, message: `${t("This playground is private")}.` });
  if (!response.ok) throw new ApiError(response.status, answer?.error ?? {});
  return answer;
}

/** @param {string} path @param {RequestInit & {headers: Record<string, string>}} init */
async function authorized(path, init) {
  for (let wasWrong = false; ; wasWrong = true) {
    const token = tab.getItem(TOKEN_KEY);
    const headers = token ? { ...init.headers, Authorization: `Bearer ${token}` } : init.headers;
    const signal = init.signal ?? AbortSignal.timeout(CALL_DEADLINE_MS);
    const response = await send(path, { ...init, headers, signal });
    if (response.status !== 401) return response;
    if (!(await freshToken(token, wasWrong))) return response;
  }
}

/** One question for all calls that are waiting. @param {string|null} refused @param {boolean} wasWrong */
async function freshToken(refused, wasWrong) {
  const current = tab.getItem(TOKEN_KEY);
  if (current !== refused) return current;
  asking ??= askForToken(wasWrong || refused !== null).finally(() => {
    asking = null;
  });
  const token = await asking;
  if (token) tab.setItem(TOKEN_KEY, token);
  return token;
}

/** @param {string} path @param {RequestInit} init */
async function send(path, init) {
  try {
    return await fetch(path, { cache: "no-store", ...init });
  } catch (error) {
    throw new ConnectionLost("no answer", { cause: error });
  }
}

/** @param {Response} response */
async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}
