// Wires the page together: what is typed becomes a job, a job becomes an entry in the conversation.

import { ApiError, act, askCommand, fetchJob, newId, onTokenNeeded, submit } from "./api.js";
import { announce, announceJob } from "./announcer.js";
import { openCompare, setUpCompare } from "./compare.js";
import { clearComposer, compose, setUpComposer, showFieldError, showSending } from "./composer.js";
import { connection, untilAnswered } from "./connection.js";
import { Conversation } from "./conversation.js";
import { askInstruction, askModerators, askToken, confirmDelete, confirmForgetAll } from "./dialogs.js";
import { byId } from "./dom.js";
import { follow, isFinal } from "./follow.js";
import { dropPress, forgetAllJobs, forgetJob, keepPress, keepUnsent, preference, rememberJob, rememberedJobs, setPreference, unanswered, unsent } from "./history.js";
import { t, translatePage } from "./i18n.js";
import { jobs } from "./jobs.js";
import { refresh, setUpStudio } from "./studio.js";

/**
 * @typedef {import("./api.js").Job} Job
 * @typedef {import("./history.js").Press} Press
 */

const WITH_MODERATORS = t("Thank you. The moderators will look at it.");
const AWAITED = t("I will tell you here once it works again. After a day I stop looking.");
const WITH_WORDS = new Set(["edit", "report", "appeal"]);
const MAKING_A_PICTURE = new Set(["vary", "reroll", "edit", "upscale"]);
// What stands behind /imagine in chat and is no picture; the server has the last word on it.
const COMMAND = /^(help|privacy|show\s+[a-z2-7]{16})$/i;
/** Words of a dialog that the server did not take: they stand in it again, to be mended. @type {Map<string, string>} */
const refusedWords = new Map();
/** What was drawn instead of a refused job, by its id. @type {Map<string, string>} */
const drawnInstead = new Map();
/** Jobs that are being followed; each one is followed once. @type {Set<string>} */
const watched = new Set();
const THEMES = ["system", "light", "dark"];

const conversation = new Conversation({
  press,
  drawInstead,
  reword: (job) => compose(job.instruction || job.prompt, job.options),
  compare: openCompare,
});

translatePage();
onTokenNeeded(askToken);
setUpComposer(imagine);
setUpCompare();
setUpViews();
setUpTheme();
setUpConnection();
setUpStudio();
byId("forget-all").addEventListener("click", forgetAll);
const caught = unsent();
const presses = unanswered();
const restored = restore();
restored.then(() => {
  if (caught) sendAgain(caught);
  for (const press of presses) pressAgain(press);
});
document.dispatchEvent(new Event("playground:ready")); // early.js has waited for that

/** @param {string} prompt @param {Record<string, any>} options */
function imagine(prompt, options) {
  if (COMMAND.test(prompt)) command(prompt);
  else send({ id: newId(), prompt, options });
}

/** `/imagine help`, `privacy` and `show <id>`, answered as in chat. @param {string} words */
async function command(words) {
  showSending(true);
  try {
    const answer = await untilAnswered(() => askCommand(words));
    clearComposer();
    if (answer.job_id) await showAgain(answer.job_id);
    else conversation.tell(words, answer.text ?? "");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showFieldError("prompt", error.message);
  } finally {
    showSending(false);
  }
}

/** @param {string} jobId a picture of before */
async function showAgain(jobId) {
  if (!jobs.get(jobId)) start(jobId, await untilAnswered(() => fetchJob(jobId)));
  conversation.goTo(jobId);
}

/** @param {{id: string, prompt: string, options: Record<string, any>}} request */
async function send(request) {
  keepUnsent(request);
  showSending(true);
  try {
    const jobId = await untilAnswered(() => submit(request.prompt, request.options, request.id));
    await restored; // what is older stands above it
    clearComposer();
    start(jobId, request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showFieldError(error.field, error.message);
  } finally {
    keepUnsent(null);
    showSending(false);
  }
}

/**
 * The words that were offered for a refused request. What stands in the prompt box meanwhile stays there.
 * @param {Job} job @param {string} words
 */
async function drawInstead(job, words) {
  const drawn = drawnInstead.get(job.job_id) ?? "";
  if (jobs.get(drawn) && jobs.get(drawn)?.state !== "deleted") return conversation.goTo(drawn);
  if (conversation.isBusy(job.job_id, "suggestion")) return;
  const request = { id: newId(), prompt: words, options: job.options ?? {} };
  conversation.note(job.job_id, "", "info");
  conversation.markBusy(job.job_id, "suggestion", true);
  try {
    const jobId = await untilAnswered(() => submit(request.prompt, request.options, request.id));
    drawnInstead.set(job.job_id, jobId);
    start(jobId, request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    conversation.note(job.job_id, error.message, "stop");
    announce(error.message);
  } finally {
    conversation.markBusy(job.job_id, "suggestion", false);
  }
}

/** A request that a reload caught on its way goes out again, under the same id. @param {{id: string, prompt: string, options: Record<string, any>}} request */
function sendAgain(request) {
  compose(request.prompt, request.options);
  send(request);
}

/**
 * Show a job that was just accepted, and follow it.
 * @param {string} jobId @param {Partial<Job>} known what is known before its first news
 */
function start(jobId, known) {
  rememberJob(jobId);
  if (!jobs.get(jobId)) jobs.put(newJob(jobId, known));
  conversation.scrollToEnd();
  watch(jobId);
}

/** @param {string} jobId @param {Partial<Job>} known @returns {Job} */
function newJob(jobId, { prompt = "", options, parent_id = null, action = null, instruction = null, version = 1 }) {
  const created_at = new Date().toISOString();
  const empty = { message: null, reason_code: null, images: [], cost_usd: null, actions: [] };
  return { job_id: jobId, state: "queued", stage: "queued", prompt, options, parent_id, action, instruction, version, created_at, ...empty };
}

/** @param {string} jobId */
async function watch(jobId) {
  if (watched.has(jobId)) return;
  watched.add(jobId);
  try {
    await follow(jobId, show, Boolean(jobs.get(jobId)?.awaiting));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    lost(jobId, error);
  } finally {
    watched.delete(jobId);
  }
}

/**
 * Answers may overtake each other: what was on its way when the end was told is no news.
 * @param {Job} news fields that the server leaves out are kept from what the page knew
 */
function show(news) {
  const before = jobs.get(news.job_id);
  if (before && isFinal(before) && !isFinal(news)) return;
  announceJob(news, before);
  jobs.put({ ...before, ...news });
  noteReturn(news, before);
  if (isFinal(news)) refresh();
}

/** Whether its person waits for something to work again, or that it does. @param {Job} job @param {Job|undefined} before */
function noteReturn({ job_id: jobId, awaiting, works_again: worksAgain }, before) {
  if (awaiting) conversation.note(jobId, AWAITED, "info");
  else if (worksAgain) conversation.note(jobId, worksAgain, "check");
  else if (before?.awaiting) conversation.note(jobId, "", "info");
  if (worksAgain && before?.awaiting) announce(worksAgain);
}

/** @param {string} jobId @param {ApiError} error */
function lost(jobId, error) {
  if (error.status !== 404) return conversation.note(jobId, error.message, "stop");
  forgetJob(jobId);
  jobs.drop(jobId);
}

/** Bring back what this browser asked for, in its order, and follow what is still running. */
async function restore() {
  const ids = rememberedJobs();
  byId("empty").hidden = ids.length > 0;
  const found = await Promise.all(ids.map(recall));
  for (const job of found) {
    if (!job) continue;
    jobs.put(job);
    noteReturn(job, undefined);
  }
  if (found.some(Boolean)) conversation.scrollToEnd();
  else byId("empty").hidden = false;
  for (const job of found) if (job && (!isFinal(job) || job.awaiting)) watch(job.job_id);
}

/** @param {string} jobId @returns {Promise<Job|null>} null when the job is gone, which is then forgotten */
async function recall(jobId) {
  try {
    const job = await untilAnswered(() => fetchJob(jobId));
    if (job.state !== "deleted") return job;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) return null;
  }
  forgetJob(jobId);
  return null;
}

/** @param {Job} job @param {string} action @param {number} index which picture */
async function press(job, action, index) {
  if (conversation.isBusy(job.job_id, action)) return;
  const wordsKey = `${job.job_id}:${action}`;
  const details = await detailsOf(job, action, index, refusedWords.get(wordsKey) ?? "");
  if (!details) return;
  refusedWords.delete(wordsKey);
  if (!job.awaiting) conversation.note(job.job_id, "", "info");
  const body = { ...details, id: newId(), ...(job.images.length > 1 && { index }) };
  await pressed(job, { jobId: job.job_id, action, body });
}

/** @param {Job} job @param {Press} press */
async function pressed(job, press) {
  const { action, body } = press;
  if (MAKING_A_PICTURE.has(action)) keepPress(press);
  conversation.markBusy(job.job_id, action, true);
  try {
    const answerId = await untilAnswered(() => act(job.job_id, action, body));
    await acted(job, action, answerId, body);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    conversation.note(job.job_id, error.message, "stop");
    if (body.instruction) refusedWords.set(`${job.job_id}:${action}`, body.instruction);
    announce(error.message);
  } finally {
    dropPress(press);
    conversation.markBusy(job.job_id, action, false);
  }
}

/** A press that a reload caught on its way. @param {Press} press */
function pressAgain(press) {
  dropPress(press);
  const job = jobs.get(press.jobId);
  if (job) pressed(job, press);
}

/** @param {Job} job @param {string} action @param {number} index @param {string} first what stands in the field @returns {Promise<{instruction?: string}|null>} null: not after all */
async function detailsOf(job, action, index, first) {
  if (action === "delete") return (await confirmDelete(job)) ? {} : null;
  if (!WITH_WORDS.has(action)) return {};
  const instruction = action === "edit" ? await askInstruction(job, index, first) : await askModerators(action === "appeal", first);
  if (instruction === null || (action === "edit" && !instruction)) return null;
  return instruction ? { instruction } : {};
}

/** @param {Job} job @param {string} action @param {string} answerId @param {{instruction?: string}} details */
async function acted(job, action, answerId, details) {
  if (answerId !== job.job_id) {
    if (jobs.get(answerId)) return conversation.goTo(answerId);
    return start(answerId, { ...job, parent_id: job.job_id, action, instruction: details.instruction ?? null, version: nextVersion(job) });
  }
  show(await untilAnswered(() => fetchJob(job.job_id)));
  if (action === "delete") {
    forgetJob(job.job_id);
    conversation.goTo(job.job_id);
  } else if (action === "cancel") {
    announce(t("Stopping."));
  } else if (action === "notify") {
    announce(AWAITED);
    watch(job.job_id);
  } else {
    conversation.note(job.job_id, WITH_MODERATORS, "check");
    announce(WITH_MODERATORS);
  }
}

/** @param {Job} job */
function nextVersion(job) {
  return Math.max(...jobs.family(job).map((version) => version.version)) + 1;
}

async function forgetAll() {
  if (!(await confirmForgetAll())) return;
  forgetAllJobs();
  location.reload();
}

function setUpViews() {
  const chosen = preference("view", "playground");
  for (const input of document.querySelectorAll("input[name=view]")) {
    const radio = /** @type {HTMLInputElement} */ (input);
    radio.checked = radio.value === chosen;
    radio.addEventListener("change", () => {
      setPreference("view", radio.value);
      conversation.show(radio.value);
    });
  }
  conversation.show(chosen);
}

function setUpTheme() {
  const button = byId("theme-switch");
  /** @param {string} theme */
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    const words = t({ light: "light", dark: "dark" }[theme] ?? "as the system");
    button.title = t("Colours: {theme}", { theme: words });
    button.querySelector("span").textContent = t("Colours: {theme}", { theme: words });
  };
  button.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(preference("theme", "system")) + 1) % THEMES.length];
    setPreference("theme", next);
    apply(next);
  });
  apply(preference("theme", "system"));
}

function setUpConnection() {
  const line = byId("connection");
  connection.addEventListener("change", () => {
    line.classList.toggle("is-shown", !connection.reachable);
    line.textContent = connection.reachable ? "" : t("The studio cannot be reached. Trying again; nothing you asked for is lost.");
  });
}
