// The questions this page asks. The browser's own <dialog> holds the focus and gives it back.

import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { shortened } from "./words.js";

/** @typedef {import("./api.js").Job} Job */

for (const dialog of document.querySelectorAll("dialog")) {
  for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close(""));
  for (const area of dialog.querySelectorAll("textarea")) area.addEventListener("keydown", submitOnEnter);
}

// What the key that ends a word of an input method still carries in Safari, where it no longer counts as composing.
const COMPOSING = 229;

/** @param {KeyboardEvent} event Enter submits the form of the text area, Shift+Enter starts a new line */
export function submitOnEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
  event.preventDefault();
  const form = /** @type {HTMLTextAreaElement} */ (event.currentTarget).form;
  form?.requestSubmit(form.querySelector("button[type=submit]"));
}

/** @param {HTMLDialogElement} dialog @returns {Promise<boolean>} whether the visitor confirmed */
function opened(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}

/** @param {Job} job @param {number} index which of its pictures @param {string} first what stands in the field @returns {Promise<string|null>} */
export async function askInstruction(job, index, first) {
  const image = job.images[index];
  const picture = byId("edit-picture");
  picture.hidden = !image || image.spoiler;
  picture.src = image ? (image.preview_url ?? image.url) : "";
  picture.alt = image?.alt_text ?? "";
  return askText("edit-dialog", "edit-instruction", first);
}

/** @param {boolean} appeal against a refusal, rather than against a picture @param {string} first @returns {Promise<string|null>} may be empty */
export function askModerators(appeal, first) {
  byId("report-title").textContent = appeal ? t("Ask the moderators") : t("Report to the moderators");
  byId("report-question").textContent = appeal ? t("Why should it be drawn?") : t("What is wrong?");
  byId("report-confirm").textContent = appeal ? t("Ask") : t("Send report");
  return askText("report-dialog", "report-reason", first);
}

/** @param {Job} job */
export function confirmDelete(job) {
  const text = t("“{words}” goes everywhere: picture, previews and words. It cannot be brought back.", { words: shortened(job.prompt, 120) });
  return confirmed(t("Delete this picture?"), text, t("Delete"));
}

export function confirmForgetAll() {
  const text = t("This browser forgets its list. The pictures themselves stay where they are.");
  return confirmed(t("Forget this list?"), text, t("Forget"));
}

/** @param {boolean} wasWrong @returns {Promise<string|null>} */
export async function askToken(wasWrong) {
  const error = byId("token-error");
  error.hidden = !wasWrong;
  error.textContent = wasWrong ? t("That token was not accepted.") : "";
  return askText("token-dialog", "token");
}

/** @param {string} dialogId @param {string} fieldId @param {string} [first] */
async function askText(dialogId, fieldId, first = "") {
  const field = byId(fieldId);
  field.value = first;
  const answer = opened(byId(dialogId));
  field.focus();
  return (await answer) ? field.value.trim() : null;
}

/** @param {string} title @param {string} text @param {string} verb */
function confirmed(title, text, verb) {
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  byId("confirm-button").textContent = verb;
  return opened(byId("confirm-dialog"));
}
