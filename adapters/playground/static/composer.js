// The prompt box: what is typed, when it is sent, and what was wrong with it.

import { submitOnEnter } from "./dialogs.js";
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";
import { chosenOptions, closePanelAfterError, openPanelForError, setUpOptions, writeOptions } from "./options.js";

const EXAMPLES = [
  "a brass owl",
  "a tea house in the rain, at night",
  "a landing page for a bakery",
  "three foxes under a full moon",
  "a poster that says “Open late”",
];
const TALLEST_BOX = 0.3;

const form = byId("composer");
const prompt = byId("prompt");
const send = byId("send");

/**
 * @param {(prompt: string, options: Record<string, any>) => void} imagine called with words that are not empty
 */
export function setUpComposer(imagine) {
  setUpOptions();
  byId("examples").append(...EXAMPLES.map((words) => exampleChip(words, imagine)));
  prompt.addEventListener("keydown", submitOnEnter);
  prompt.addEventListener("input", () => {
    fitHeight();
    clearErrors();
  });
  form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    submitWords(imagine);
  });
  keepRoomBelow();
}

/** Put words in the box and the cursor behind them. @param {string} words @param {Record<string, any>} [options] */
export function compose(words, options) {
  prompt.value = words;
  if (options) writeOptions(options);
  clearErrors();
  fitHeight();
  prompt.focus();
  prompt.setSelectionRange(words.length, words.length);
}

/** What was typed is accepted: an empty box, ready for the next. */
export function clearComposer() {
  closePanelAfterError();
  compose("");
}

/** @param {boolean} sending */
export function showSending(sending) {
  form.setAttribute("aria-busy", String(sending));
  form.classList.toggle("is-sending", sending);
  prompt.readOnly = sending;
}

function isSending() {
  return form.getAttribute("aria-busy") === "true";
}

/**
 * Say what was wrong beside the field it belongs to, and go there.
 * @param {string} field a name of the options, or `prompt`
 * @param {string} message
 */
export function showFieldError(field, message) {
  const error = document.getElementById(`${field}-error`) ?? byId("prompt-error");
  const name = error.id.replace(/-error$/, "");
  error.textContent = message;
  error.hidden = false;
  if (name !== "prompt") openPanelForError();
  const input = form.elements.namedItem(name);
  const target = input instanceof RadioNodeList ? form.querySelector(`[name=${name}]:checked`) : input;
  target.setAttribute("aria-invalid", "true");
  target.focus();
}

function clearErrors() {
  for (const error of form.querySelectorAll(".field-error")) error.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** @param {(prompt: string, options: Record<string, any>) => void} imagine */
function submitWords(imagine) {
  if (isSending()) return;
  clearErrors();
  const words = prompt.value.replace(/^\s*\/imagine(\s+|$)/i, "").trim();
  if (!words) return showFieldError("prompt", t("Write a few words about the picture first."));
  try {
    imagine(words, chosenOptions());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    showFieldError("seed", error.message);
  }
}

/** @param {string} words @param {(prompt: string, options: Record<string, any>) => void} imagine */
function exampleChip(words, imagine) {
  const start = () => {
    compose(words);
    submitWords(imagine);
  };
  return h("li", {}, h("button", { type: "button", class: "example", on: { click: start } }, words));
}

function fitHeight() {
  prompt.style.height = "auto";
  prompt.style.height = `${Math.min(prompt.scrollHeight, window.innerHeight * TALLEST_BOX)}px`;
}

/** Whatever the keyboard reaches is scrolled clear of the composer, which covers the lower edge. */
function keepRoomBelow() {
  const room = new ResizeObserver(() => {
    document.documentElement.style.setProperty("--composer-height", `${form.offsetHeight}px`);
  });
  room.observe(form);
}
