// The same job as a Discord message.

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
  if (!isFinal(job)) return thinking(job);
  return { node: message(job, ...body(job, context)) };
}

/** @param {Job} job @param {...(Node|null|false)} content */
function message(job, ...content) {
  return h(
    "div",
    { class: "discord-message" },
    h("p", { class: "discord-reply" }, h("span", { class: "discord-you" }, t("You")), t(" used "), h("span", { class: "discord-command" }, "/imagine")),
    h("span", { class: "discord-avatar", "aria-hidden": "true" }, icon("owl", "owl")),
    h(
      "div",
      { class: "discord-content" },
      h("p", { class: "discord-author" }, h("strong", {}, "imagine-bot"), h("span", { class: "discord-app" }, "APP"), h("time", { datetime: job.created_at }, clockTime(job.created_at))),
      ...content,
    ),
  );
}

/** @param {Job} first @returns {Drawing} */
function thinking(first) {
  const stage = h("span", {}, "");
  const dots = h("span", { class: "discord-dots", "aria-hidden": "true" }, h("span"), h("span"), h("span"));
  const line = h("p", { class: "discord-thinking" }, dots, t("imagine-bot is thinking… "), stage);
  const preview = h("div", { class: "pictures", data: { count: 1 } });
  /** @param {Job} job */
  const update = (job) => {
    stage.textContent = stageWords(job.stage).toLowerCase();
    if (job.preview_url) preview.replaceChildren(h("img", { class: "half-finished", src: job.preview_url, alt: "" }));
  };
  update(first);
  return { node: message(first, line, preview), update };
}

/** @param {Job} job @param {Context} context */
function body(job, context) {
  switch (job.state) {
    case "delivered":
      return delivered(job, context);
    case "deleted":
      return [h("p", { class: "discord-dim" }, t("The message is gone from the channel."))];
    default:
      return onlyYou(job, context);
  }
}

/** @param {Job} job @param {Context} context */
function delivered(job, context) {
  const from = descent(job, context);
  const pictures = job.images.map((image, index) => picture(image, index, job.images.length));
  return [
    h("p", {}, h("strong", {}, requestWords(job)), from && h("span", { class: "discord-dim" }, ` — ${from}`)),
    job.notice && h("p", { class: "discord-dim" }, `ℹ️ ${job.notice}`),
    h("div", { class: "pictures", data: { count: pictures.length } }, ...pictures),
    h("p", { class: "discord-small" }, smallPrint(job).join(" · ")),
    context.note && h("p", { class: "discord-small" }, context.note),
    picturePicker(job, context),
    h("div", { class: "discord-buttons", role: "group", "aria-label": t("Buttons") }, ...actionButtons(job, context, button)),
  ];
}

/** @param {Job} job @param {Context} context */
function onlyYou(job, context) {
  return [
    h("p", { dir: "auto" }, job.message ?? t("Please try again.")),
    job.suggestion && !job.message?.includes(job.suggestion) && h("p", { class: "discord-quote", dir: "auto" }, job.suggestion),
    h(
      "div",
      { class: "discord-buttons", role: "group", "aria-label": t("Buttons") },
      job.suggestion && plainButton("suggestion", t("Draw this instead"), "is-primary", () => context.imagine(job.suggestion ?? "")),
      !job.actions.includes("reword") && plainButton("reword", t("Change the words"), "", context.reword),
      ...actionButtons(job, context, button),
    ),
    h("p", { class: "discord-private" }, icon("eye"), t("Only you can see this")),
  ];
}

/** @param {string} action @param {{label: string, emoji: string}} look */
function button(action, look) {
  return h("button", { type: "button", class: action === "delete" ? "discord-button is-danger" : "discord-button" }, h("span", { "aria-hidden": "true" }, look.emoji), look.label);
}

/** @param {string} key @param {string} label @param {string} look @param {() => void} press */
function plainButton(key, label, look, press) {
  return h("button", { type: "button", class: `discord-button ${look}`, data: { key }, on: { click: press } }, label);
}
