// The conversation on the page: one entry for each job, drawn by the chosen view and redrawn when there is news.

import { announce } from "./announcer.js";
import { byId, h, icon, keepingFocus } from "./dom.js";
import { t } from "./i18n.js";
import { jobs } from "./jobs.js";
import { discordLine } from "./markup.js";
import { shortened } from "./words.js";
import * as discord from "./views/discord.js";
import * as playground from "./views/playground.js";
import * as slack from "./views/slack.js";

/**
 * @typedef {import("./api.js").Job} Job
 * @typedef {import("./views/parts.js").Drawing} Drawing
 *
 * @typedef {object} Handlers
 * @property {(job: Job, action: string, index: number) => void} press
 * @property {(job: Job, words: string) => void} drawInstead
 * @property {(job: Job) => void} reword
 * @property {(job: Job) => void} compare
 */

/** @type {Record<string, {draw: (job: Job, context: import("./views/parts.js").Context) => Drawing}>} */
const VIEWS = { playground, discord, slack };
// Nearer to the end than this, the page follows the conversation.
const NEAR_END_PX = 240;

const entries = byId("entries");
const section = byId("conversation");

export class Conversation {
  /** @type {Map<string, {item: HTMLElement, article: HTMLElement, drawing: Drawing|null, drawn: string, words: string, note: string}>} */
  #entries = new Map();
  /** @type {Map<string, Set<string>>} */
  #busy = new Map();
  /** @type {Map<string, {words: string, sign: string}>} */
  #notes = new Map();
  /** @type {Map<string, number>} */
  #picked = new Map();
  #view = "playground";
  #pinned = false;

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
    window.addEventListener("scroll", () => (this.#pinned = isNearEnd()), { passive: true });
    new ResizeObserver(() => this.#pinned && this.scrollToEnd()).observe(entries);
    jobs.addEventListener("change", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail));
  }

  /** @param {string} view */
  show(view) {
    this.#view = view;
    section.dataset.view = view;
    for (const [jobId, entry] of this.#entries) {
      entry.drawing = null;
      this.#draw(jobId);
    }
  }

  /** Go to a job's entry, with the eye and with the keyboard. @param {string} jobId */
  goTo(jobId) {
    const article = this.#entries.get(jobId)?.article;
    article?.focus({ preventScroll: true });
    article?.scrollIntoView({ block: "center" });
  }

  /** @param {string} jobId @param {string} action @param {boolean} busy */
  markBusy(jobId, action, busy) {
    const actions = this.#busy.get(jobId) ?? new Set();
    if (busy) actions.add(action);
    else actions.delete(action);
    this.#busy.set(jobId, actions);
    this.#draw(jobId);
  }

  /** @param {string} jobId @param {string} action */
  isBusy(jobId, action) {
    return this.#busy.get(jobId)?.has(action) ?? false;
  }

  /** @param {string} jobId @param {string} words "" takes the note away @param {"check"|"info"|"stop"} sign done, told, or refused */
  note(jobId, words, sign) {
    if (words) this.#notes.set(jobId, { words, sign });
    else this.#notes.delete(jobId);
    this.#draw(jobId);
  }

  /** Go to the newest entry, and stay with it while it grows. */
  scrollToEnd() {
    this.#pinned = true;
    window.scrollTo({ top: document.documentElement.scrollHeight });
  }

  /** Something that is no picture: a question to the bot, and what it says. @param {string} words @param {string} text */
  tell(words, text) {
    const question = h("div", { class: "request" }, h("p", { class: "request-words" }, `/imagine ${words}`));
    const owl = h("span", { class: "avatar", "aria-hidden": "true" }, icon("owl", "owl"));
    const lines = text.trim().split("\n").map((line) => h("p", {}, ...discordLine(line)));
    const answer = h("div", { class: "answer" }, owl, h("div", { class: "answer-body told" }, ...lines));
    const article = h("article", { tabindex: -1, "aria-label": words }, h("div", { class: "exchange" }, question, answer));
    entries.append(h("li", { class: "entry" }, article));
    byId("empty").hidden = true;
    announce(answer.textContent ?? "");
    this.scrollToEnd();
  }

  /** @param {string} jobId */
  #changed(jobId) {
    const job = jobs.get(jobId);
    if (job) {
      if (!this.#entries.has(jobId)) this.#add(jobId);
      for (const version of jobs.family(job)) this.#draw(version.job_id);
    } else {
      this.#entries.get(jobId)?.item.remove();
      this.#entries.delete(jobId);
    }
    this.#showCount();
  }

  /** @param {string} jobId */
  #add(jobId) {
    const article = h("article", { tabindex: -1 });
    const item = h("li", { class: "entry", id: `job-${jobId}` }, article);
    entries.append(item);
    this.#entries.set(jobId, { item, article, drawing: null, drawn: "", words: "", note: "" });
  }

  /** @param {string} jobId */
  #draw(jobId) {
    const entry = this.#entries.get(jobId);
    const job = jobs.get(jobId);
    if (!entry || !job) return;
    const context = this.#contextOf(job);
    const signature = JSON.stringify([job, context.note, context.picked, [...context.busy], context.family.map(({ job_id, state }) => [job_id, state])]);
    if (entry.drawing && entry.drawn === signature) return;
    const running = job.state === "queued" || job.state === "running";
    const note = context.note?.words ?? "";
    const sameFrame = entry.words === job.prompt && entry.note === note;
    if (entry.drawing?.update && running && sameFrame) entry.drawing.update(job);
    else keepingFocus(entry.article, () => this.#redraw(entry, job, context), entry.article);
    entry.drawn = signature;
    entry.words = job.prompt;
    entry.note = note;
  }

  /** @param {{article: HTMLElement, drawing: Drawing|null}} entry @param {Job} job @param {any} context */
  #redraw(entry, job, context) {
    entry.drawing = VIEWS[this.#view].draw(job, context);
    const version = context.family.length > 1 ? t(", version {number}", { number: job.version }) : "";
    entry.article.setAttribute("aria-label", `${shortened(job.prompt, 80)}${version}`);
    entry.article.replaceChildren(entry.drawing.node);
  }

  /** @param {Job} job @returns {import("./views/parts.js").Context} */
  #contextOf(job) {
    const { job_id: jobId } = job;
    const picked = this.#picked.get(jobId) ?? 0;
    return {
      family: jobs.family(job),
      comparable: jobs.pictured(job).length > 1,
      busy: this.#busy.get(jobId) ?? new Set(),
      note: this.#notes.get(jobId) ?? null,
      picked,
      pick: (index) => this.#picked.set(jobId, index),
      press: (action) => this.handlers.press(job, action, this.#picked.get(jobId) ?? 0),
      say: (words) => {
        this.note(jobId, words, "info");
        announce(words);
      },
      drawInstead: (words) => this.handlers.drawInstead(job, words),
      reword: () => this.handlers.reword(job),
      compare: () => this.handlers.compare(job),
      goTo: (target) => this.goTo(target),
    };
  }

  #showCount() {
    const count = this.#entries.size;
    byId("empty").hidden = entries.childElementCount > 0;
    byId("conversation-head").hidden = count === 0;
    byId("conversation-count").textContent = count === 1 ? t("1 request in this browser") : t("{count} requests in this browser", { count });
  }
}

function isNearEnd() {
  const { scrollHeight, clientHeight } = document.documentElement;
  return scrollHeight - clientHeight - window.scrollY < NEAR_END_PX;
}
