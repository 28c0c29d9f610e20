// Small helpers. Text always goes in as text, never as markup; every word comes from the catalogue.

import { session } from "./api.js";

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `on` holds listeners by event
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, ...attributes } = props;
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** @param {string} id @returns {any} */
export function byId(id) {
  return document.getElementById(id);
}

/** A sentence of the page. @param {string} key @param {Record<string, any>} [params] */
export function say(key, params = {}) {
  return String(session.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? "…"));
}

/** The name of a setting, a layer, a reason, … @param {string} table @param {string|null} key */
export function name(table, key) {
  return session.names[table]?.[key ?? ""] ?? key ?? "";
}

/** The browser's own kind of the page's language. */
export function locale() {
  return navigator.language.split("-")[0] === session.language ? navigator.language : session.language;
}

/** @param {number} seconds since the epoch */
export function time(seconds) {
  const date = new Date(seconds * 1000);
  const text = new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(date);
  return h("time", { datetime: date.toISOString() }, text);
}

/** @param {number} dollars */
export function money(dollars) {
  return new Intl.NumberFormat(locale(), { style: "currency", currency: "USD", maximumFractionDigits: dollars < 1 && dollars > 0 ? 3 : 2 }).format(dollars);
}

let hiding = 0;

/** Say what happened, to the eye and to screen readers. @param {string} words */
export function toast(words) {
  const line = byId("toast");
  line.textContent = words;
  line.classList.add("is-shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => line.classList.remove("is-shown"), 8000);
}

/** Ask before something large. @param {string} words @returns {Promise<boolean>} */
export function confirmed(words) {
  const dialog = byId("ask");
  byId("ask-text").textContent = words;
  byId("ask-no").textContent = say("cancel");
  byId("ask-yes").textContent = say("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

/**
 * A button whose failure is told instead of lost.
 * @param {string} label @param {() => Promise<any>} act @param {string} [look]
 */
export function button(label, act, look = "") {
  const element = h("button", { type: "button", class: `button ${look}` }, label);
  element.addEventListener("click", () => guarded(element, act));
  return element;
}

/** @param {HTMLElement} element @param {() => Promise<any>} act */
export async function guarded(element, act) {
  if (element.getAttribute("aria-disabled") === "true") return;
  element.setAttribute("aria-disabled", "true");
  try {
    await act();
  } catch (error) {
    toast(/** @type {Error} */ (error).message);
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

export function reload() {
  window.dispatchEvent(new Event("console:reload"));
}

/** Changes of rules, in the words of the chat. @param {string[]} changes */
export function changeList(changes) {
  return h("ul", { class: "changes" }, ...changes.map((change) => h("li", { dir: "auto" }, change)));
}

/** @param {string} id @param {string} label @param {HTMLElement} control @param {...any} more */
export function field(id, label, control, ...more) {
  control.id = id;
  return h("div", { class: "field" }, h("label", { for: id }, label), control, ...more);
}
