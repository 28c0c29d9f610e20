// What the views of the chats share: the message that the bot would send, fetched from its own renderer and redrawn
// with every stage, and buttons that do here what they do there.

import { ApiError, fetchMessage } from "../api.js";
import { ConnectionLost } from "../connection.js";
import { h, icon, keepingFocus } from "../dom.js";
import { isFinal } from "../follow.js";
import { t } from "../i18n.js";
import { picture } from "./parts.js";

/**
 * @typedef {import("../api.js").Job} Job
 * @typedef {import("./parts.js").Context} Context
 * @typedef {import("./parts.js").Drawing} Drawing
 *
 * @typedef {object} Message as the server's renderer makes it
 * @property {any} body the platform's JSON
 * @property {Record<string, string>} files address of each picture that goes up with it
 * @property {boolean} private only the person who asked sees it
 *
 * @typedef {(message: Message, job: Job, context: Context) => Node[]} DrawMessage
 */

// What can be pressed here. Everything else is shown, as it would be, and says that it lives in the chat.
const PRESSED_HERE = new Set(["vary", "reroll", "edit", "upscale", "delete", "report", "appeal", "cancel", "notify"]);
const KEPT = 200;

/** @type {Map<string, Message>} */
const seen = new Map();

/**
 * A frame that holds the newest message of a job.
 * @param {Job} first @param {Context} context @param {string} platform
 * @param {HTMLElement} frame the message's place @param {HTMLElement} content where its parts go
 * @param {DrawMessage} drawMessage
 * @returns {Drawing}
 */
export function messageOf(first, context, platform, frame, content, drawMessage) {
  let wanted = "";
  /** @param {Job} job @param {Message} message */
  const fill = (job, message) => {
    frame.classList.toggle("is-private", message.private);
    const parts = drawMessage(message, job, context);
    const note = context.note && h("p", { class: "small" }, context.note.words);
    const half = !isFinal(job) && job.preview_url && h("img", { class: "half-finished", src: job.preview_url, alt: "" });
    keepingFocus(content, () => content.replaceChildren(...parts, ...[half, note].filter(Boolean)), content);
  };
  /** @param {Job} job */
  const update = async (job) => {
    const key = [platform, job.job_id, job.state, job.stage].join(" ");
    wanted = key;
    try {
      const message = seen.get(key) ?? (await fetchMessage(job.job_id, platform));
      remember(key, message);
      if (wanted === key) fill(job, message);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof ConnectionLost)) throw error;
      if (wanted === key && content.querySelector("[aria-busy]")) content.replaceChildren(h("p", { class: "small" }, error instanceof ApiError ? error.message : "…"));
    }
  };
  const known = seen.get([platform, first.job_id, first.state, first.stage].join(" "));
  if (known) {
    fill(first, known);
  } else {
    content.append(h("p", { class: "small", "aria-busy": "true" }, "…"));
    update(first);
  }
  return { node: frame, update };
}

/** @param {string} key @param {Message} message */
function remember(key, message) {
  seen.set(key, message);
  if (seen.size > KEPT) seen.delete(/** @type {string} */ (seen.keys().next().value));
}

/**
 * A button of a message, which names what it does as `action:job` or `action.index:job`.
 * @param {string} value @param {Job} job @param {Context} context @param {string} look classes
 * @param {...(Node|string|null|false)} label
 */
export function messageButton(value, job, context, look, ...label) {
  const [, action, index] = /^([a-z]+)(?:\.(\d))?:/.exec(value) ?? ["", "", ""];
  const button = h("button", { type: "button", class: look, data: { key: value, action } }, ...label);
  button.addEventListener("click", () => {
    context.pick(Number(index ?? 0));
    if (action === "reword") context.reword();
    else if (PRESSED_HERE.has(action) && job.actions.includes(action)) context.press(action);
    else context.say(t("This button works in the chat; the playground has nothing like it."));
  });
  if (context.busy.has(action)) button.setAttribute("aria-disabled", "true");
  return button;
}

/** A picture of the job, by the address that the message gives it. @param {Job} job @param {string} url @param {string} alt @param {boolean} spoiler */
export function messagePicture(job, url, alt, spoiler) {
  const index = job.images.findIndex((image) => image.url === url);
  const image = job.images[index] ?? { url, preview_url: null, alt_text: alt, width: 1024, height: 1024 };
  return picture({ ...image, alt_text: alt, spoiler }, Math.max(index, 0), job.images.length);
}

/** Something that a renderer may send and this page cannot draw yet: better seen than left out. @param {string} what */
export function notDrawn(what) {
  return h("p", { class: "small" }, icon("info"), t("Not drawn here: {what}", { what }));
}
