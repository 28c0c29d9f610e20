// Strikes and suspensions.

import { api } from "./api.js";
import { button, field, guarded, h, name, reload, say, time } from "./dom.js";

/** @param {HTMLElement} main */
export async function show(main) {
  const suspended = await api("suspensions");
  const id = h("input", { type: "text", autocomplete: "off", required: true, maxlength: 100 });
  const found = h("div", { role: "status" });
  const look = h("button", { class: "button" }, say("person_look"));
  const form = h("form", { class: "card" }, h("p", { class: "hint" }, say("people_hint")), h("div", { class: "row" }, field("person", say("person_id"), id), look));
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    guarded(look, async () => found.replaceChildren(person(await api(`people/${encodeURIComponent(id.value.trim())}`), found)));
  });
  main.append(form, found);
  if (!suspended.length) main.append(h("p", { class: "card hint" }, say("people_none")));
  main.append(...suspended.map((/** @type {any} */ one) => h("section", { class: "card" }, h("h3", {}, one.user_id), h("p", {}, until(one), one.reason && ` · ${one.reason}`), button(say("lift"), async () => { await api("lift", { user_id: one.user_id }); reload(); }))));
}

/** @param {any} standing @param {HTMLElement} place where it is shown @returns {HTMLElement} */
function person(standing, place) {
  const again = (/** @type {string} */ path, /** @type {object} */ body) => async () => {
    const next = await api(path, { user_id: standing.user_id, ...body });
    place.replaceChildren(person(next, place));
  };
  const clean = !standing.suspension && !standing.strikes.length;
  return h(
    "section",
    { class: "card" },
    h("h3", {}, standing.user_id),
    clean && h("p", {}, say("person_good")),
    standing.strikes.length > 0 && h("p", {}, say("person_strikes", { number: standing.strikes.length }), ` (${standing.strikes.map((/** @type {any} */ strike) => name("reason", strike.reason)).join(", ")})`),
    standing.suspension && h("p", {}, until(standing.suspension)),
    h("div", { class: "row" }, button(say("suspend_hour"), again("suspend", { hours: 1 })), button(say("suspend_day"), again("suspend", { hours: 24 })), button(say("ban"), again("suspend", { hours: null }), "danger"), !clean && button(say("lift"), again("lift", {}))),
  );
}

/** @param {any} suspension */
function until(suspension) {
  if (suspension.until === null) return h("strong", {}, say("person_banned"));
  const [before, after] = say("person_until", { until: "\u0000" }).split("\u0000");
  return h("span", {}, before, time(suspension.until), after);
}
