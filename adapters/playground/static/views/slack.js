// The message that Slack would be sent, drawn: Block Kit, as adapters/slack renders it.

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { slackText } from "../markup.js";
import { clockTime } from "../words.js";
import { messageButton, messageOf, messagePicture, notDrawn } from "./message.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("./parts.js").Context} Context
 * @typedef {import("./parts.js").Drawing} Drawing
 * @typedef {import("./message.js").Message} Message
 */

const STYLES = { primary: "is-primary", danger: "is-danger" };

/** @param {Job} job @param {Context} context @returns {Drawing} */
export function draw(job, context) {
  const content = h("div", { class: "slack-body", tabindex: -1 });
  const frame = framed(job, content);
  if (job.state !== "deleted") return messageOf(job, context, "slack", frame, content, drawMessage);
  content.append(h("p", { class: "small" }, t("This message was deleted.")));
  return { node: frame };
}

/** @param {Job} job @param {HTMLElement} content */
function framed(job, content) {
  return h(
    "div",
    { class: "slack-message" },
    h("p", { class: "slack-private" }, icon("eye"), t("Only visible to you")),
    h("span", { class: "slack-avatar", "aria-hidden": "true" }, icon("owl", "owl")),
    h(
      "div",
      { class: "slack-content" },
      h("p", { class: "slack-author" }, h("strong", {}, "imagine-bot"), h("span", { class: "slack-app" }, "APP"), h("time", { datetime: job.created_at }, clockTime(job.created_at))),
      content,
    ),
  );
}

/** @param {Message} message @param {Job} job @param {Context} context */
function drawMessage(message, job, context) {
  /** @param {any} block @returns {Node} */
  const draw = (block) => {
    switch (block.type) {
      case "section":
        return h("div", { class: "slack-section" }, ...text(block.text));
      case "context":
        return h("div", { class: "small" }, ...block.elements.flatMap(text));
      case "image":
        return h("div", { class: "pictures", data: { count: 1 } }, messagePicture(job, block.image_url ?? message.files[block.slack_file.id], block.alt_text, false));
      case "actions":
        return h("div", { class: "slack-buttons", role: "group", "aria-label": t("Buttons") }, ...block.elements.map(element));
      default:
        return notDrawn(block.type);
    }
  };
  /** @param {any} element of an actions block */
  const element = (element) => {
    if (element.type !== "button") return notDrawn(element.type);
    const look = `slack-button ${STYLES[/** @type {keyof typeof STYLES} */ (element.style)] ?? ""}`;
    return messageButton(element.value ?? "", job, context, look, element.text.text);
  };
  return message.body.blocks.map(draw);
}

/** @param {{type: string, text: string}} said plain text, or Slack's markup */
function text(said) {
  return said.type === "mrkdwn" ? slackText(said.text) : [h("p", { dir: "auto" }, said.text)];
}
