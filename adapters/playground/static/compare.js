// Two versions of one picture, side by side or one over the other.

import { byId, h } from "./dom.js";
import { jobs } from "./jobs.js";
import { covered } from "./views/parts.js";
import { shortened } from "./words.js";

/** @typedef {import("./api.js").Job} Job */

const dialog = byId("compare-dialog");
const stage = byId("compare-stage");
const left = byId("compare-left");
const right = byId("compare-right");
const overlay = byId("compare-overlay");
const range = byId("compare-range");

export function setUpCompare() {
  for (const control of [left, right, overlay]) control.addEventListener("change", show);
  range.addEventListener("input", reveal);
}

/** @param {Job} job compared with the version it came from, or with the newest other one */
export function openCompare(job) {
  const versions = jobs.pictured(job);
  const others = versions.filter((version) => version.job_id !== job.job_id);
  const other = others.find((version) => version.job_id === job.parent_id) ?? others.at(-1);
  if (!other) return;
  const [before, after] = [job, other].sort((one, two) => one.version - two.version);
  fill(left, versions, before.job_id);
  fill(right, versions, after.job_id);
  show();
  dialog.showModal();
}

/** @param {HTMLSelectElement} select @param {Job[]} versions @param {string} chosen */
function fill(select, versions, chosen) {
  const options = versions.map((version) => h("option", { value: version.job_id }, nameOf(version)));
  select.replaceChildren(...options);
  select.value = chosen;
}

/** @param {Job} version */
function nameOf(version) {
  // Isolated, so that words from right to left keep their end at their end.
  return `v${version.version}: \u2068${shortened(version.instruction || version.prompt, 40)}\u2069`;
}

function show() {
  stage.classList.toggle("is-overlay", overlay.checked);
  byId("compare-reveal").hidden = !overlay.checked;
  stage.replaceChildren(...[left.value, right.value].map(figure));
  reveal();
}

/** @param {string} jobId */
function figure(jobId) {
  const version = /** @type {Job} */ (jobs.get(jobId));
  const [image] = version.images;
  const picture = h("img", { src: image.url, alt: image.alt_text, width: image.width, height: image.height });
  return h("figure", {}, image.spoiler ? covered(picture) : picture, h("figcaption", { dir: "auto" }, nameOf(version)));
}

function reveal() {
  stage.style.setProperty("--reveal", `${range.value}%`);
}
