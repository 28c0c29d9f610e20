// Following a job to its end: by server-sent events, or by asking again and again where streams do not get through.

import { ApiError, fetchJob, openEvents } from "./api.js";
import { ConnectionLost, backOff, connection, pause } from "./connection.js";

/** @typedef {import("./api.js").Job} Job */

// A browser opens six connections to a host; streams must leave some for everything else.
const MOST_STREAMS = 3;
// All tabs share those connections, and somebody may wait for a day: one stream a page is for that, the rest look now and then.
const MOST_WAITING = 1;
const POLL_MS = 1500;
const WAITING_POLL_MS = 10_000;
// The server sends a comment at least every 15 s, so a longer silence is a dead connection.
const SILENCE_MS = 40_000;
const FINAL_STATES = new Set(["delivered", "refused", "failed", "deleted"]);

let openStreams = 0;
let waitingStreams = 0;
let streamsGetThrough = true;

/** @param {Job} job */
export function isFinal(job) {
  return FINAL_STATES.has(job.state);
}

/** Nothing more will be told of it. @param {Job} job */
function isOver(job) {
  return isFinal(job) && !job.awaiting;
}

/**
 * Show every news of a job until its final state has been shown, and the news that its person waits for after a failure.
 * Survives any loss of connection.
 * @param {string} jobId
 * @param {(job: Job) => void} show
 * @param {boolean} waiting it has failed, and its person waits already
 * @returns {Promise<Job>} the finished job
 * @throws {ApiError} the server does not know the job, or refuses to tell
 */
export async function follow(jobId, show, waiting) {
  const progress = { lastEventId: "" };
  for (let tries = 0; ; tries += 1) {
    try {
      const job = mayStream(waiting) ? await streamed(jobId, show, progress, waiting) : await polled(jobId, show);
      connection.report(true);
      if (isOver(job)) return job;
      waiting = Boolean(job.awaiting);
      tries = 0;
      await pause(waiting ? WAITING_POLL_MS : POLL_MS);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      connection.report(false);
      await backOff(tries);
    }
  }
}

/** @param {boolean} waiting */
function mayStream(waiting) {
  return streamsGetThrough && openStreams < MOST_STREAMS && !(waiting && waitingStreams >= MOST_WAITING);
}

/** @param {string} jobId @param {(job: Job) => void} show */
async function polled(jobId, show) {
  const job = await fetchJob(jobId);
  show(job);
  return job;
}

/** @param {string} jobId @param {(job: Job) => void} show @param {{lastEventId: string}} progress @param {boolean} waiting */
async function streamed(jobId, show, progress, waiting) {
  const hangUp = new AbortController();
  openStreams += 1;
  waitingStreams += Number(waiting);
  try {
    const response = await openEvents(jobId, progress.lastEventId, hangUp.signal);
    if (!isEventStream(response)) {
      if (response.ok) streamsGetThrough = false;
      return await polled(jobId, show);
    }
    connection.report(true);
    for await (const event of serverSentEvents(response)) {
      progress.lastEventId = event.id;
      const job = JSON.parse(event.data);
      show(job);
      if (isOver(job)) return job;
    }
    return await polled(jobId, show);
  } finally {
    openStreams -= 1;
    waitingStreams -= Number(waiting);
    hangUp.abort();
  }
}

/** @param {Response} response */
function isEventStream(response) {
  return response.ok && (response.headers.get("Content-Type") ?? "").startsWith("text/event-stream");
}

/**
 * Parse a stream as the HTML standard's "event stream interpretation" says; comments only keep it alive.
 * @param {Response} response
 */
async function* serverSentEvents(response) {
  let id = "";
  let data = [];
  for await (const line of lines(response)) {
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line) ?? ["", "", ""];
    if (field === "id") id = value;
    else if (field === "data") data.push(value);
    else if (line === "" && data.length) {
      yield { id, data: data.join("\n") };
      data = [];
    }
  }
}

/** @param {Response} response */
async function* lines(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await nextChunk(reader);
      if (done) return;
      const parts = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = parts.pop() ?? "";
      yield* parts;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function nextChunk(reader) {
  let timer = 0;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new ConnectionLost("silence")), SILENCE_MS);
  });
  try {
    return await Promise.race([reader.read(), silence]);
  } catch (error) {
    throw error instanceof ConnectionLost ? error : new ConnectionLost("stream broke", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
