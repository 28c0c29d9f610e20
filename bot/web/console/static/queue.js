// Appeals, reports and held pictures: take one, look, rule.

import { api, session } from "./api.js";
import { button, field, h, name, reload, say, time, toast } from "./dom.js";

/** How cases about pictures end. @type {Record<string, (one: any) => HTMLElement>} */
const ENDS = { held: heldRulings, report: reportedRulings };

/** @param {HTMLElement} main @param {string} wanted the case that a link from chat leads to, "" for none */
export async function show(main, wanted) {
  const cases = await api("queue");
  if (!cases.length) main.append(h("p", { class: "card hint" }, say("queue_none")));
  main.append(...cases.map((/** @type {any} */ one) => caseCard(one, one.case_id === wanted)));
}

/** @param {any} one @param {boolean} wanted */
function caseCard(one, wanted) {
  const card = h("article", { class: wanted ? "card is-wanted" : "card", "aria-label": `${name("case", one.kind)} ${reference(one)}`, tabindex: wanted && -1 });
  fill(card, one);
  if (wanted) card.querySelectorAll(".held").forEach((/** @type {any} */ pictures) => (pictures.open = true));
  return card;
}

/** @param {HTMLElement} card @param {any} one */
function fill(card, one) {
  const mine = one.state === "claimed" && one.claimed_by === session.user_id;
  const words = one.words ? h("details", {}, h("summary", {}, say("queue_words")), h("blockquote", { dir: "auto" }, one.words)) : h("p", { class: "hint" }, say("queue_forgotten"));
  const parts = [
    h("p", { class: "case-head" }, h("strong", {}, `${name("case", one.kind)} ${reference(one)}`), one.reason && one.reason !== one.kind && h("span", { class: "badge" }, name("reason", one.reason)), time(one.at)),
    h("p", { class: "hint" }, say("queue_about", { who: one.name && one.name !== one.user_id ? `${one.name} (${one.user_id})` : one.user_id, strikes: one.strikes, cases: one.cases })),
    one.decided_by && h("p", { class: "hint" }, say("decided_by", { layer: name("layer", one.decided_by) })),
    one.text && h("p", { dir: "auto" }, h("span", { class: "hint" }, `${say("queue_note")}: `), one.text),
    words,
    one.note && h("p", { class: "hint" }, one.note),
    mine && ENDS[one.kind] && held(one),
    mine ? (ENDS[one.kind] ?? rulings)(one) : takeIt(card, one),
  ];
  card.replaceChildren(...parts.filter(Boolean));
}

/** @param {HTMLElement} card @param {any} one */
function takeIt(card, one) {
  const take = button(say("queue_claim"), async () => {
    fill(card, await api(`cases/${encodeURIComponent(one.case_id)}/claim`, {}));
    /** @type {HTMLElement|null} */ (card.querySelector(".held > summary, .rulings button"))?.focus();
  });
  return h("div", { class: "row" }, take, one.state === "claimed" && h("span", { class: "hint" }, say("queue_claimed", { who: one.claimed_by })));
}

/** Loaded when it is opened, and not before. @param {any} one */
function held(one) {
  if (!one.pictures) return h("p", { class: "hint" }, say("held_gone"));
  const box = h("details", { class: "held" }, h("summary", {}, say("held_show")));
  box.addEventListener(
    "toggle",
    () => {
      for (let place = 0; place < one.pictures; place++) box.append(picture(one, place));
    },
    { once: true },
  );
  return box;
}

/** @param {any} one @param {number} place */
function picture(one, place) {
  const image = h("img", { src: `console/api/cases/${encodeURIComponent(one.case_id)}/pictures/${place}`, alt: say("held_alt", { number: place + 1 }) });
  image.addEventListener("error", () => image.replaceWith(h("p", { class: "hint" }, say("held_gone"))));
  return image;
}

/** @param {any} one @param {string} ruling @param {string} [phrase] */
async function rule(one, ruling, phrase = "") {
  const done = await api(`cases/${encodeURIComponent(one.case_id)}/rule`, { ruling, phrase });
  toast(say(done.told ? "closed_told" : "closed_untold"));
  reload();
}

/** @param {any} one */
function heldRulings(one) {
  return h("div", { class: "rulings" }, h("div", { class: "row" }, one.pictures > 0 && button(say("release"), () => rule(one, "release"), "primary"), button(say("throw"), () => rule(one, "discard")), button(say("throw_strike"), () => rule(one, "strike"), "danger")));
}

/** @param {any} one */
function reportedRulings(one) {
  return h("div", { class: "rulings" }, h("div", { class: "row" }, button(say("leave_it"), () => rule(one, "dismiss")), one.pictures > 0 && button(say("take_down"), () => rule(one, "discard"), "danger"), button(say("take_down_strike"), () => rule(one, "strike"), "danger")));
}

/** @param {any} one */
function rulings(one) {
  const phrase = h("input", { type: "text", autocomplete: "off", maxlength: 200, dir: "auto" });
  const end = (/** @type {string} */ ruling) => () => rule(one, ruling, ruling === "allow_phrase" ? phrase.value : "");
  return h(
    "div",
    { class: "rulings" },
    h("div", { class: "row" }, one.approvable && button(say("approve"), end("approve_once"), "primary"), button(say("uphold"), end("uphold")), button(say("strike"), end("strike"), "danger")),
    one.approvable && h("div", { class: "row" }, field(`phrase-${one.case_id}`, say("queue_phrase"), phrase), button(say("allow_phrase"), end("allow_phrase"))),
  );
}

/** @param {any} one */
function reference(one) {
  return (one.job_id ?? one.case_id).slice(0, 8).toUpperCase();
}
