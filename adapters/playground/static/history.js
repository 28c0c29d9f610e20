// What this browser remembers: the ids of its jobs, what is on its way, and two choices of look.

import { browser, tab } from "./storage.js";

const JOBS_KEY = "imagine.jobs";
const UNSENT_KEY = "imagine.unsent";
const PRESSES_KEY = "imagine.presses";
const MOST_JOBS = 60;

/** @returns {string[]} job ids, oldest first */
export function rememberedJobs() {
  const ids = parsed(browser.getItem(JOBS_KEY));
  return Array.isArray(ids) ? ids.filter((id) => typeof id === "string") : [];
}

/** @param {string} jobId */
export function rememberJob(jobId) {
  const ids = rememberedJobs().filter((id) => id !== jobId);
  browser.setItem(JOBS_KEY, JSON.stringify([...ids, jobId].slice(-MOST_JOBS)));
}

/** @param {string} jobId */
export function forgetJob(jobId) {
  browser.setItem(JOBS_KEY, JSON.stringify(rememberedJobs().filter((id) => id !== jobId)));
}

export function forgetAllJobs() {
  browser.removeItem(JOBS_KEY);
}

/**
 * Words that were sent but not yet accepted. They outlive a reload, are sent again under the same id, and are
 * forgotten with the tab.
 * @param {{id: string, prompt: string, options: Record<string, any>}|null} request
 */
export function keepUnsent(request) {
  if (request) tab.setItem(UNSENT_KEY, JSON.stringify(request));
  else tab.removeItem(UNSENT_KEY);
}

/** @returns {{id: string, prompt: string, options: Record<string, any>}|null} */
export function unsent() {
  return parsed(tab.getItem(UNSENT_KEY));
}

/**
 * A button that was pressed and has no answer yet. It outlives a reload like words do: pressed again under the same id, it
 * answers with the same picture.
 * @typedef {{jobId: string, action: string, body: {id: string, instruction?: string, index?: number}}} Press
 */

/** @returns {Press[]} */
export function unanswered() {
  const presses = parsed(tab.getItem(PRESSES_KEY));
  return Array.isArray(presses) ? presses : [];
}

/** @param {Press} press */
export function keepPress(press) {
  tab.setItem(PRESSES_KEY, JSON.stringify([...unanswered(), press]));
}

/** @param {Press} press */
export function dropPress({ body }) {
  tab.setItem(PRESSES_KEY, JSON.stringify(unanswered().filter((other) => other.body.id !== body.id)));
}

/** @param {string} name @param {string} fallback */
export function preference(name, fallback) {
  return browser.getItem(`imagine.${name}`) ?? fallback;
}

/** @param {string} name @param {string} value */
export function setPreference(name, value) {
  browser.setItem(`imagine.${name}`, value);
}

/** @param {string|null} text */
function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
