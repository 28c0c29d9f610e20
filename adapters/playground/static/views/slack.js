// The same job as a Slack message.

import { h, icon } from "../dom.js";
import { isFinal } from "../follow.js";
import { t } from "../i18n.js";
import { clockTime, stageWords } from "../words.js";
import { actionButtons, descent, picture, picturePicker, requestWords, smallPrint } from "./parts.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("./parts.js").Context} Context
 * @typedef {import("./parts.js").Drawing} Drawing
 */

/** @param {Job} job @param {Context} context @returns {Drawing} */
export function draw(job, context) {
  if (!isFinal(job)) return working(job);
  return { node: message(job, job.state === "refused" || job.state === "failed", ...body(job, context)) };
}

/** @param {Job} job @param {boolean} onlyYou @param {...(Node|null|false)} content */
function message(job, onlyYou, ...content) {
  return h(
    "div",
    { class: onlyYou ? "slack-message is-private" : "slack-message" },
    onlyYou && h("p", { class: "slack-private" }, icon("eye"), t("Only visible to you")),
    h("span", { class: "slack-avatar", "aria-hidden": "true" }, icon("owl", "owl")),
    h(
      "div",
      { class: "slack-content" },
      h("p", { class: "slack-author" }, h("strong", {}, "imagine-bot"), h("span", { class: "slack-app" }, "APP"), h("time", { datetime: job.created_at }, clockTime(job.created_at))),
      ...content,
    ),
  );
}

/** @param {Job} first @returns {Drawing} */
function working(first) {
  const line = h("p", { class: "slack-context" });
  const preview = h("div", { class: "pictures", data: { count: 1 } });
  /** @param {Job} job */
  const update = (job) => {
    line.textContent = `⏳ ${stageWords(job.stage)}…`;
    if (job.preview_url) preview.replaceChildren(h("img", { class: "half-finished", src: job.preview_url, alt: "" }));
  };
  update(first);
  return { node: message(first, false, h("p", {}, requestWords(first)), line, preview), update };
}

/** @param {Job} job @param {Context} context */
function body(job, context) {
  switch (job.state) {
    case "delivered":
      return delivered(job, context);
    case "deleted":
      return [h("p", { class: "slack-context" }, t("This message was deleted."))];
    default:
      return apology(job, context);
  }
}

/** @param {Job} job @param {Context} context */
function delivered(job, context) {
  const from = descent(job, context);
  const pictures = job.images.map((image, index) => picture(image, index, job.images.length));
  return [
    h("p", {}, h("span", { class: "slack-mention" }, t("@you")), t(" asked for "), h("strong", {}, requestWords(job)), from && h("span", { class: "slack-context" }, ` (${from})`)),
    h("div", { class: "pictures", data: { count: pictures.length } }, ...pictures),
    job.notice && h("p", { class: "slack-context" }, job.notice),
    h("p", { class: "slack-context" }, smallPrint(job).join("  |  ")),
    context.note && h("p", { class: "slack-context" }, context.note),
    picturePicker(job, context),
    h("div", { class: "slack-buttons", role: "group", "aria-label": t("Buttons") }, ...actionButtons(job, context, button)),
  ];
}

/** @param {Job} job @param {Context} context */
function apology(job, context) {
  return [
    h("p", { dir: "auto" }, job.message ?? t("Please try again.")),
    job.suggestion && !job.message?.includes(job.suggestion) && h("p", { class: "slack-quote", dir: "auto" }, job.suggestion),
    h(
      "div",
      { class: "slack-buttons", role: "group", "aria-label": t("Buttons") },
      job.suggestion && plainButton("suggestion", t("Draw this instead"), "is-primary", () => context.imagine(job.suggestion ?? "")),
      !job.actions.includes("reword") && plainButton("reword", t("Change the words"), "", context.reword),
      ...actionButtons(job, context, button),
    ),
  ];
}

/** @param {string} action @param {{label: string, emoji: string}} look */
function button(action, look) {
  return h("button", { type: "button", class: action === "delete" ? "slack-button is-danger" : "slack-button" }, look.label);
}

/** @param {string} key @param {string} label @param {string} look @param {() => void} press */
function plainButton(key, label, look, press) {
  return h("button", { type: "button", class: `slack-button ${look}`, data: { key }, on: { click: press } }, label);
}
