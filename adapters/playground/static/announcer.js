// Tells screen readers what happened, in few words. The conversation itself is too talkative for a live region.

import { byId, h } from "./dom.js";
import { isFinal } from "./follow.js";
import { t } from "./i18n.js";
import { ACTIONS, OFFLINE_LABEL, shortened, stageWords } from "./words.js";

/** @typedef {import("./api.js").Job} Job */

const MOST_LINES = 20;
// A stage that is over sooner is not worth interrupting anybody for.
const WORTH_TELLING_MS = 1500;

/** @type {Map<string, number>} */
const pending = new Map();

/** @param {string} words */
export function announce(words) {
  const log = byId("announcements");
  log.append(h("p", {}, words));
  while (log.childElementCount > MOST_LINES) log.firstElementChild.remove();
}

/** @param {Job} job @param {Job|undefined} before */
export function announceJob(job, before) {
  if (before && before.state === job.state && before.stage === job.stage) return;
  clearTimeout(pending.get(job.job_id));
  pending.delete(job.job_id);
  if (isFinal(job)) announce(ending(job));
  else pending.set(job.job_id, setTimeout(() => announce(`${stageWords(job.stage)}.`), WORTH_TELLING_MS));
}

/** @param {Job} job */
function ending(job) {
  const name = shortened(job.prompt, 60);
  switch (job.state) {
    case "delivered":
      return deliveredWords(job, name);
    case "deleted":
      return t("The picture is deleted.");
    default:
      return `${job.message ?? ""}`;
  }
}

/** @param {Job} job @param {string} name */
function deliveredWords(job, name) {
  const what = job.action ? ACTIONS[/** @type {keyof typeof ACTIONS} */ (job.action)]?.done ?? t("Picture") : t("Picture");
  const offline = job.images.some((image) => image.provider === "offline") ? ` ${OFFLINE_LABEL}.` : "";
  return `${t("{what} ready: “{words}”.", { what, words: name })} ${job.images[0]?.alt_text ?? ""}.${offline}`;
}
