// The message that Discord would be sent, drawn: "components v2", as adapters/discord renders them.

import { h, icon } from "../dom.js";
import { t } from "../i18n.js";
import { discordText } from "../markup.js";
import { clockTime } from "../words.js";
import { messageButton, messageOf, messagePicture, notDrawn } from "./message.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("./parts.js").Context} Context
 * @typedef {import("./parts.js").Drawing} Drawing
 * @typedef {import("./message.js").Message} Message
 */

const ROW = 1;
const BUTTON = 2;
const TEXT = 10;
const GALLERY = 12;
const CONTAINER = 17;
const STYLES = { 1: "is-primary", 2: "", 3: "is-success", 4: "is-danger", 5: "" };

/** @param {Job} job @param {Context} context @returns {Drawing} */
export function draw(job, context) {
  const content = h("div", { class: "discord-body", tabindex: -1 });
  const frame = framed(job, content);
  if (job.state !== "deleted") return messageOf(job, context, "discord", frame, content, drawMessage);
  content.append(h("p", { class: "small" }, t("The message is gone from the channel.")));
  return { node: frame };
}

/** @param {Job} job @param {HTMLElement} content */
function framed(job, content) {
  return h(
    "div",
    { class: "discord-message" },
    h("p", { class: "discord-reply" }, h("span", { class: "discord-you" }, t("You")), t(" used "), h("span", { class: "discord-command" }, "/imagine")),
    h("span", { class: "discord-avatar", "aria-hidden": "true" }, icon("owl", "owl")),
    h(
      "div",
      { class: "discord-content" },
      h("p", { class: "discord-author" }, h("strong", {}, "imagine-bot"), h("span", { class: "discord-app" }, "APP"), h("time", { datetime: job.created_at }, clockTime(job.created_at))),
      content,
      h("p", { class: "discord-private" }, icon("eye"), t("Only you can see this")),
    ),
  );
}

/** @param {Message} message @param {Job} job @param {Context} context */
function drawMessage(message, job, context) {
  /** @param {any} component @returns {Node} */
  const draw = (component) => {
    switch (component.type) {
      case CONTAINER:
        return container(component, component.components.map(draw));
      case TEXT:
        return h("div", { class: "discord-text" }, ...discordText(component.content));
      case GALLERY:
        return h("div", { class: "pictures", data: { count: component.items.length } }, ...component.items.map(item));
      case ROW:
        return h("div", { class: "discord-buttons", role: "group", "aria-label": t("Buttons") }, ...component.components.map(draw));
      case BUTTON:
        return button(component, job, context);
      default:
        return notDrawn(`component ${component.type}`);
    }
  };
  /** @param {any} item of a gallery */
  const item = ({ media, description, spoiler }) => {
    const name = media.url.replace(/^attachment:\/\//, "");
    return messagePicture(job, message.files[name] ?? media.url, description ?? "", Boolean(spoiler));
  };
  return message.body.components.map(draw);
}

/** @param {any} component @param {Node[]} parts */
function container({ accent_color: colour }, parts) {
  const box = h("div", { class: "discord-container" }, ...parts);
  if (typeof colour === "number") box.style.setProperty("--bar", `#${colour.toString(16).padStart(6, "0")}`);
  return box;
}

/** @param {any} component @param {Job} job @param {Context} context */
function button({ custom_id, url, label, emoji, style }, job, context) {
  const look = `discord-button ${STYLES[/** @type {keyof typeof STYLES} */ (style)] ?? ""}`;
  if (url) return h("a", { class: look, href: url, target: "_blank", rel: "noopener" }, label, icon("open"));
  return messageButton(custom_id ?? "", job, context, look, emoji && h("span", { "aria-hidden": "true" }, emoji.name), label ?? "");
}
