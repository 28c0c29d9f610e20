// The page's own look: the request as a bubble, the result below it with everything there is to know.

import { h, icon } from "../dom.js";
import { isFinal } from "../follow.js";
import { t } from "../i18n.js";
import { optionWords } from "../options.js";
import { OFFLINE_LABEL, clockTime, duration, engineName, money, reasonWords } from "../words.js";
import { actionButtons, descent, isOffline, picture, picturePicker, progress, requestWords } from "./parts.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("./parts.js").Context} Context
 * @typedef {import("./parts.js").Drawing} Drawing
 */

const QUIET_ACTIONS = new Set(["delete", "report", "appeal", "notify"]);

/** @param {Job} job @param {Context} context @returns {Drawing} */
export function draw(job, context) {
  if (!isFinal(job)) {
    const running = progress(job, () => context.press("cancel"));
    return { node: entry(job, context, running.node, note(context)), update: running.update };
  }
  return { node: entry(job, context, ...result(job, context)) };
}

/** @param {Job} job @param {Context} context @param {...(Node|null)} answer */
function entry(job, context, ...answer) {
  const owl = h("span", { class: "avatar", "aria-hidden": "true" }, icon("owl", "owl"));
  return h("div", { class: "exchange" }, job.state !== "deleted" && request(job, context), h("div", { class: "answer" }, owl, h("div", { class: "answer-body" }, ...answer)));
}

/** @param {Job} job @param {Context} context */
function request(job, context) {
  const from = descent(job, context);
  const chips = [...(from ? [from] : []), ...optionWords(job.options ?? {})].map((words) => h("li", {}, words));
  return h(
    "div",
    { class: "request" },
    h("p", { class: "request-words", dir: "auto" }, requestWords(job)),
    h("div", { class: "request-foot" }, chips.length > 0 && h("ul", { class: "tags", "aria-label": t("Choices") }, ...chips), time(job)),
  );
}

/** @param {Job} job */
function time(job) {
  return h("time", { datetime: job.created_at }, clockTime(job.created_at));
}

/** @param {Job} job @param {Context} context */
function result(job, context) {
  switch (job.state) {
    case "delivered":
      return delivered(job, context);
    case "deleted":
      return [h("p", { class: "tombstone" }, icon("delete"), t("Deleted. The picture, its previews and the words are gone."))];
    default:
      return [apology(job, context)];
  }
}

/** @param {Job} job @param {Context} context */
function delivered(job, context) {
  const pictures = job.images.map((image, index) => picture(image, index, job.images.length));
  return [
    isOffline(job) && h("p", { class: "badge" }, icon("info"), job.notice ?? OFFLINE_LABEL),
    h("div", { class: "pictures", data: { count: pictures.length } }, ...pictures),
    !isOffline(job) && job.notice && h("p", { class: "notice" }, icon("info"), job.notice),
    note(context),
    facts(job),
    picturePicker(job, context),
    h("div", { class: "toolbar", role: "group", "aria-label": t("What next") }, ...actionButtons(job, context, toolbarButton)),
    versions(job, context),
  ];
}

/** What the page itself has to say about the job. @param {Context} context */
function note(context) {
  return context.note && h("p", { class: "notice" }, icon(context.note.sign), context.note.words);
}

/** @param {Job} job */
function facts(job) {
  const [first] = job.images;
  const list = [
    [t("Engine"), engineName(first)],
    [t("Size"), `${first.width} × ${first.height}`],
    [t("Time"), typeof job.seconds === "number" && duration(job.seconds)],
    [t("Cost"), typeof job.cost_usd === "number" && money(job.cost_usd)],
    [t("Original"), h("a", { href: first.url, target: "_blank", rel: "noopener" }, t("open"), h("span", { class: "visually-hidden" }, t(" original in a new tab")))],
    [t("Job"), copyableId(job)],
  ].filter(([, value]) => value);
  return h("dl", { class: "facts" }, ...list.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

/** @param {Job} job */
function copyableId(job) {
  const button = h("button", { type: "button", class: "copy", title: t("Copy the job id"), data: { key: "copy" } }, h("code", {}, job.job_id), icon("copy"));
  button.setAttribute("aria-label", t("Copy job id {id}", { id: job.job_id }));
  button.addEventListener("click", () => copy(button, job.job_id));
  return button;
}

/** @param {HTMLButtonElement} button @param {string} text */
async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    button.setAttribute("aria-label", t("Copied"));
    button.lastElementChild?.replaceWith(icon("check"));
  } catch {
    // Without a secure context there is no clipboard: select the id, so that the keyboard can copy it.
    window.getSelection()?.selectAllChildren(/** @type {Element} */ (button.firstElementChild));
  }
}

/** @param {string} action @param {{label: string, icon: string}} look */
function toolbarButton(action, look) {
  const quiet = QUIET_ACTIONS.has(action);
  return h("button", { type: "button", class: quiet ? "button quiet" : "button" }, icon(look.icon), look.label);
}

/** @param {Job} job @param {Context} context */
function versions(job, context) {
  if (context.family.length < 2) return null;
  const links = context.family.map((version) => versionLink(version, version.job_id === job.job_id, context));
  const compare = h("button", { type: "button", class: "button quiet", data: { key: "compare" }, on: { click: context.compare } }, icon("compare"), t("Compare"));
  return h("div", { class: "versions" }, h("ol", { "aria-label": t("Versions") }, ...links), context.comparable && compare);
}

/** @param {Job} version @param {boolean} here @param {Context} context */
function versionLink(version, here, context) {
  const link = h("a", { href: `#job-${version.job_id}`, "aria-current": here && "true", data: { key: `version-${version.job_id}` } }, `v${version.version}`);
  link.addEventListener("click", (/** @type {Event} */ event) => {
    event.preventDefault();
    context.goTo(version.job_id);
  });
  return h("li", {}, link);
}

/** Refused or failed: what happened, and what to do now. @param {Job} job @param {Context} context */
function apology(job, context) {
  const refused = job.state === "refused";
  return h(
    "div",
    { class: refused ? "apology is-refused" : "apology is-failed" },
    h("p", { class: "apology-title" }, ...titleOf(job)),
    h("p", { dir: "auto" }, job.message ?? t("Please try again.")),
    note(context),
    job.suggestion && suggestion(job, job.suggestion, context),
    h("div", { class: "toolbar", role: "group", "aria-label": t("What next") }, ...nextSteps(job, context)),
    h("p", { class: "reference" }, job.reason_code && reason(job.reason_code), `${t("Job")} `, copyableId(job)),
  );
}

/** @param {Job} job @returns {[Node, string]} */
function titleOf(job) {
  if (job.reason_code === "cancelled") return [icon("cancel"), t("Stopped")];
  if (job.state === "refused") return [icon("stop"), t("This one stays undrawn")];
  return [icon("retry"), t("That did not work")];
}

/** In words; the code itself, which logs and metrics use, is there for those who point at it. @param {string} code */
function reason(code) {
  const words = reasonWords(code);
  return words && h("span", { title: code }, `${t("Reason")}: ${words} · `);
}

/** The words are shown unless the message says them already. @param {Job} job @param {string} words @param {Context} context */
function suggestion(job, words, context) {
  const draw = h("button", { type: "button", class: "button primary", data: { key: "suggestion" }, "aria-disabled": context.busy.has("suggestion") && "true", on: { click: () => context.drawInstead(words) } }, icon("wand"), t("Draw this instead"));
  if (job.message?.includes(words)) return draw;
  const offer = h("p", {}, h("span", { class: "hint" }, t("This would work: ")), h("q", { dir: "auto" }, words));
  return h("div", { class: "suggestion" }, offer, draw);
}

/** @param {Job} job @param {Context} context */
function nextSteps(job, context) {
  const buttons = actionButtons(job, context, toolbarButton);
  if (job.actions.includes("reword")) return buttons;
  const reword = h("button", { type: "button", class: "button", data: { key: "reword" }, on: { click: context.reword } }, icon("edit"), t("Change the words"));
  return [reword, ...buttons];
}
