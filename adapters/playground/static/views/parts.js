// What all three views draw alike: pictures, buttons, the choice among pictures, progress.

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { ACTIONS, STAGES, duration, shortened, stageIndex, stageWords } from "../words.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("../api.js").JobImage} JobImage
 *
 * @typedef {object} Context what a view may ask of the page
 * @property {Job[]} family all versions, oldest first
 * @property {boolean} comparable there is another picture to compare with
 * @property {Set<string>} busy actions on their way to the server
 * @property {{words: string, sign: string}|null} note what the page has to say about the job, and the icon before it
 * @property {number} picked which picture the buttons act on
 * @property {(index: number) => void} pick
 * @property {(action: string) => void} press
 * @property {(words: string) => void} drawInstead ask for these words with the same options
 * @property {(words: string) => void} say put a note under the job
 * @property {() => void} reword put the words back into the prompt box
 * @property {() => void} compare
 * @property {(jobId: string) => void} goTo
 *
 * @typedef {object} Drawing
 * @property {HTMLElement} node
 * @property {(job: Job) => void} [update] show news of a running job in place
 */

const TICK_MS = 1000;
const LONG_WORDS = 320;
const ACTION_ORDER = Object.keys(ACTIONS);

/** @param {JobImage} image @param {number} index @param {number} total */
export function picture(image, index, total) {
  const label = total > 1 ? t("Open original {number} of {total} in a new tab", { number: index + 1, total }) : t("Open original in a new tab");
  const link = h("a", { class: "picture", href: image.url, target: "_blank", rel: "noopener", data: { key: `picture-${index}` } });
  link.style.setProperty("--width", String(image.width));
  link.style.setProperty("--height", String(image.height));
  const img = h("img", {
    src: image.preview_url ?? image.url,
    alt: image.alt_text || t("Picture without description"),
    width: image.width,
    height: image.height,
    decoding: "async",
  });
  img.addEventListener("error", () => link.replaceChildren(brokenPicture(image)), { once: true });
  link.append(img, h("span", { class: "visually-hidden" }, label));
  return image.spoiler ? covered(link) : link;
}

/** @param {HTMLElement} shown a picture that is shown only on request */
export function covered(shown) {
  const uncover = () => {
    cover.replaceWith(shown);
    shown.focus();
  };
  const cover = h("button", { type: "button", class: "cover", on: { click: uncover } }, icon("eye"), t("Marked as sensitive: show it"));
  return cover;
}

/** @param {JobImage} image */
function brokenPicture(image) {
  const words = h("span", {}, t("The preview did not arrive. Open the original."));
  return h("span", { class: "picture-broken" }, icon("open"), words, h("span", { class: "hint" }, image.alt_text));
}

/**
 * The job's buttons, each drawn by `dress`.
 * @param {Job} job
 * @param {Context} context
 * @param {(action: string, look: {label: string, icon: string}) => HTMLButtonElement} dress
 */
export function actionButtons(job, context, dress) {
  return ACTION_ORDER.filter((action) => job.actions.includes(action)).map((action) => {
    const look = ACTIONS[/** @type {keyof typeof ACTIONS} */ (action)];
    const button = dress(action, { ...look, label: actionLabel(job, action) });
    button.dataset.key = action;
    button.dataset.action = action;
    button.addEventListener("click", () => (action === "reword" ? context.reword() : context.press(action)));
    if (context.busy.has(action)) button.setAttribute("aria-disabled", "true");
    return button;
  });
}

/** What was asked, shortened until somebody wants to read on. @param {Job} job */
export function requestWords(job) {
  const words = job.instruction || job.prompt;
  const text = h("span", { dir: "auto" }, shortened(words, LONG_WORDS));
  if (text.textContent === words) return text;
  const more = h("button", { type: "button", class: "link-button", "aria-expanded": "false", data: { key: "more" } }, t("Show all"));
  more.addEventListener("click", () => {
    const open = more.getAttribute("aria-expanded") === "false";
    more.setAttribute("aria-expanded", String(open));
    more.textContent = open ? t("Show less") : t("Show all");
    text.textContent = open ? words : shortened(words, LONG_WORDS);
  });
  return h("span", {}, text, " ", more);
}

/** @param {Job} job @param {string} action the same button means something else on a job without a picture */
function actionLabel(job, action) {
  if (job.state === "failed" && action === "reroll") return t("Try again");
  return ACTIONS[/** @type {keyof typeof ACTIONS} */ (action)].label;
}

/** Which of several pictures the buttons act on. @param {Job} job @param {Context} context */
export function picturePicker(job, context) {
  if (job.images.length < 2 || job.actions.length === 0) return null;
  const choices = job.images.map((_, index) => {
    const input = h("input", {
      type: "radio",
      name: `picked-${job.job_id}`,
      value: index,
      checked: index === context.picked,
      data: { key: `pick-${index}` },
      on: { change: () => context.pick(index) },
    });
    return h("label", { class: "choice" }, input, h("span", {}, index + 1));
  });
  return h("fieldset", { class: "picker" }, h("legend", {}, t("Buttons act on picture")), h("div", { class: "choices" }, ...choices));
}

/**
 * Stage by stage, with the seconds so far, the half-finished picture, and a way out.
 * @param {Job} first
 * @param {() => void} stop
 * @returns {Drawing}
 */
export function progress(first, stop) {
  const words = h("span", { class: "progress-words" });
  const seconds = h("span", { class: "progress-seconds", "aria-hidden": "true" });
  const steps = STAGES.slice(1).map(() => h("span", { class: "step" }));
  const bar = h(
    "div",
    { class: "steps", role: "progressbar", "aria-label": t("Progress"), "aria-valuemin": 0, "aria-valuemax": steps.length },
    ...steps,
  );
  const canvas = h("div", { class: "canvas" });
  const stopping = h("button", { type: "button", class: "button quiet", data: { key: "cancel" }, on: { click: stop } }, icon("cancel"), t("Stop"));
  const node = h("div", { class: "progress" }, canvas, h("p", { class: "progress-line" }, words, seconds), bar, stopping);

  /** @param {Job} job */
  const update = (job) => {
    const reached = stageIndex(job.stage);
    canvas.style.setProperty("--ratio", ratio(job));
    words.textContent = `${stageWords(job.stage)}…`;
    bar.setAttribute("aria-valuenow", String(reached));
    bar.setAttribute("aria-valuetext", stageWords(job.stage));
    steps.forEach((step, index) => {
      step.classList.toggle("is-done", index + 1 < reached);
      step.classList.toggle("is-now", index + 1 === reached);
    });
    stopping.hidden = !job.actions.includes("cancel");
    if (job.preview_url) showPreview(canvas, job.preview_url);
  };
  update(first);
  countSeconds(seconds, first.created_at);
  return { node, update };
}

/** @param {Job} job */
function ratio(job) {
  const [width, height] = String(job.options?.aspect ?? "1:1").split(":").map(Number);
  return width > 0 && height > 0 ? `${width} / ${height}` : "1 / 1";
}

/** @param {HTMLElement} canvas @param {string} url */
function showPreview(canvas, url) {
  const shown = canvas.querySelector("img");
  if (shown) shown.src = url;
  else canvas.append(h("img", { src: url, alt: "", class: "half-finished" }));
}

/** @param {HTMLElement} element @param {string} since counts until the element leaves the page */
function countSeconds(element, since) {
  const start = new Date(since).getTime();
  const tick = () => {
    if (element.dataset.shown && !element.isConnected) return clearInterval(timer);
    if (element.isConnected) element.dataset.shown = "yes";
    element.textContent = duration(Math.max(0, Math.round((Date.now() - start) / 1000))).replace(".0", "");
  };
  const timer = setInterval(tick, TICK_MS);
  tick();
}

/** "Variation of v1", or nothing for a first request. @param {Job} job @param {Context} context */
export function descent(job, context) {
  if (!job.parent_id) return null;
  const parent = context.family.find((other) => other.job_id === job.parent_id);
  const what = ACTIONS[/** @type {keyof typeof ACTIONS} */ (job.action ?? "")]?.done ?? t("New version");
  return t("{what} of {parent}", { what, parent: parent ? `v${parent.version}` : t("an earlier picture") });
}

/** @param {Job} job */
export function isOffline(job) {
  return job.images.some((image) => image.provider === "offline");
}
