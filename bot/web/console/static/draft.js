// Changes that are not saved yet: kept while the moderator moves about, tried out, saved together or dropped.

import { api } from "./api.js";
import { button, byId, changeList, h, name, reload, say, toast } from "./dom.js";

/** @type {Map<string, {key: string, text: string, place: any}>} */
const edits = new Map();
let seen = 0;

/** @param {number} version the rules that the page shows */
export function sawVersion(version) {
  if (edits.size === 0) seen = version;
}

// Closing the tab would lose them.
window.addEventListener("beforeunload", (event) => {
  if (edits.size) event.preventDefault();
});

export function pending() {
  return [...edits.values()];
}

/** @param {string} key @param {any} [place] */
export function draftOf(key, place = null) {
  return edits.get(idOf(key, place))?.text;
}

/** @param {string} key @param {string} text @param {string} before the saved value @param {any} [place] */
export function draft(key, text, before, place = null) {
  if (text === before) edits.delete(idOf(key, place));
  else edits.set(idOf(key, place), { key, text, place });
  drawDraftBar();
}

export function dropDraft() {
  edits.clear();
  drawDraftBar();
}

export function drawDraftBar() {
  const bar = byId("draft-bar");
  bar.hidden = edits.size === 0;
  if (edits.size === 0) return bar.replaceChildren();
  const words = edits.size === 1 ? say("unsaved_one") : say("unsaved_many", { number: edits.size });
  const outcome = h("div", { class: "replay", role: "status" });
  bar.replaceChildren(
    outcome,
    h("strong", {}, words),
    button(say("preview"), async () => outcome.replaceChildren(...replayed(await api("replay", { edits: pending() })))),
    button(say("discard"), async () => { dropDraft(); reload(); }, "quiet"),
    button(say("save"), save, "primary"),
  );
}

async function save() {
  const changed = await api("change", { edits: pending(), seen }).catch(lookAgain);
  dropDraft();
  toast(say("saved", { version: changed.version }));
  reload();
}

/** Somebody else was quicker: their rules are shown below what is not saved yet, and may then be changed. @param {any} refusal */
async function lookAgain(refusal) {
  if (refusal.code === "changed_meanwhile") {
    seen = (await api("rules")).version;
    reload();
  }
  throw refusal;
}

/** @param {any} replay */
function replayed(replay) {
  const changes = changeList(replay.changes);
  if (!replay.replayed) return [changes, h("p", {}, say("replayed_none"))];
  const counts = { replayed: replay.replayed, refused: replay.now_refused.length, allowed: replay.now_allowed.length };
  return [
    changes,
    h("p", {}, say("replayed", counts), replay.uncertain > 0 && ` ${say("uncertain", { number: replay.uncertain })}`),
    turns(say("now_refused"), replay.now_refused),
    turns(say("now_allowed"), replay.now_allowed),
  ].filter(Boolean);
}

/** @param {string} title @param {any[]} list */
function turns(title, list) {
  if (!list.length) return null;
  return h("details", {}, h("summary", {}, `${title}: ${list.length}`), h("ul", {}, ...list.slice(0, 50).map((turn) => h("li", { dir: "auto" }, turn.words, turn.reason && h("span", { class: "hint" }, ` ${name("reason", turn.reason)}`)))));
}

/** @param {string} key @param {any} place */
function idOf(key, place) {
  return place ? `${key} ${place.kind} ${place.place_id}` : key;
}
