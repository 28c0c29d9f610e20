// All settings by area, presets, single places, and rules as a file.

import { api, session } from "./api.js";
import { button, confirmed, field, h, name, reload, say, toast } from "./dom.js";
import { draft, draftOf, dropDraft, pending, sawVersion } from "./draft.js";

const LONG = new Set(["terms", "phrases", "patterns", "ladder", "levels", "role_caps", "rules"]);
/** Kinds whose text is a notation of its own, so that words stand below it. */
const CODED = new Set(["ladder", "levels", "role_caps"]);
const NUMBERS = new Set(["number", "decimal", "money"]);

/** @param {HTMLElement} main */
export async function show(main) {
  const rules = await api("rules");
  sawVersion(rules.version);
  const areas = [...new Set(rules.settings.map((/** @type {any} */ setting) => setting.area))];
  const sections = areas.map((area) => section(/** @type {string} */ (area), rules.settings.filter((/** @type {any} */ setting) => setting.area === area)));
  main.append(presets(rules), finder(sections), ...sections, files());
}

/** @param {any} rules */
function presets(rules) {
  const cards = session.presets.map((/** @type {string} */ preset) => presetCard(preset, preset === rules.preset));
  const now = rules.preset ? name("preset", rules.preset) : say(rules.version ? "preset_own" : "preset_default");
  return h("section", { class: "card" }, h("h3", {}, say("presets")), h("p", {}, `${now} · ${rules.version ? say("version", { version: rules.version }) : say("never_changed")}`), h("p", { class: "hint" }, say("presets_hint")), h("div", { class: "cards" }, ...cards));
}

/** @param {string} preset @param {boolean} now */
function presetCard(preset, now) {
  const label = name("preset", preset);
  const take = button(say("preset_choose"), async () => {
    if (!(await confirmed(say("preset_confirm", { preset: label })))) return;
    const changed = await api("preset", { preset });
    dropDraft();
    toast(say("saved", { version: changed.version }));
    reload();
  });
  take.setAttribute("aria-label", `${say("preset_choose")}: ${label}`);
  return h("div", { class: now ? "preset is-now" : "preset" }, h("strong", {}, label), now ? h("span", { class: "badge" }, say("preset_now")) : take);
}

/** @param {HTMLElement[]} sections */
function finder(sections) {
  const input = h("input", { type: "search", autocomplete: "off" });
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const part of sections) {
      for (const setting of part.querySelectorAll(".setting")) /** @type {HTMLElement} */ (setting).hidden = !setting.textContent?.toLowerCase().includes(wanted);
      part.hidden = !part.querySelector(".setting:not([hidden])");
    }
  });
  return field("find", say("search"), input);
}

/** @param {string} area @param {any[]} settings */
function section(area, settings) {
  return h("section", { class: "card" }, h("h3", {}, name("area", area)), ...settings.map(settingRow));
}

/** @param {any} setting */
function settingRow(setting) {
  const control = controlFor(setting, draftOf(setting.key) ?? setting.value);
  const changed = () => draft(setting.key, control.value, setting.value);
  control.addEventListener("input", changed);
  const label = name("setting", setting.key);
  const hints = [
    (CODED.has(setting.kind) || setting.value === "0" || setting.value === "0.00") && setting.value && h("p", { class: "hint", dir: "auto" }, setting.words),
    setting.value !== setting.default && h("p", { class: "hint" }, say("default_is", { value: setting.default_words })),
  ];
  const row = field(`set-${setting.key}`, label, control, ...hints);
  if (setting.kind === "rules") row.replaceChildren(h("p", { class: "label" }, label), ...importedRules(setting, control));
  return h("div", { class: "setting" }, row, setting.per_place && placesOf(setting));
}

/** Their names and sizes; the text, which only a program would write, behind a reveal. @param {any} setting @param {HTMLElement} control */
function importedRules(setting, control) {
  control.setAttribute("aria-label", name("setting", setting.key));
  return [h("div", {}, h("p", { dir: "auto" }, setting.words), h("details", {}, h("summary", {}, say("as_text")), control))];
}

/** @param {any} setting @param {string} value */
function controlFor(setting, value) {
  if (setting.choices.length) {
    const select = h("select", {}, ...setting.choices.map((/** @type {[string, string]} */ [choice, words]) => h("option", { value: choice }, words)));
    select.value = value;
    return select;
  }
  if (LONG.has(setting.kind)) {
    const area = h("textarea", { rows: Math.min(8, Math.max(2, value.split("\n").length)), spellcheck: "false", dir: "auto" });
    area.value = value;
    return area;
  }
  const bounds = NUMBERS.has(setting.kind) ? { type: "number", min: setting.least, max: setting.most, step: setting.kind === "number" ? 1 : "any", inputmode: "decimal" } : { type: "text", autocomplete: "off", dir: "auto" };
  const input = h("input", bounds);
  input.value = value;
  return input;
}

/** A value that was entered just now, in words. @param {any} setting @param {string} value */
function written(setting, value) {
  const chosen = setting.choices.find((/** @type {[string, string]} */ [choice]) => choice === value);
  return chosen?.[1] ?? (value.split("\n").join(", ") || say("none"));
}

/** @param {any} setting */
function placesOf(setting) {
  const list = h("ul", { class: "places" });
  const summary = h("summary");
  const redraw = () => {
    const places = placesNow(setting);
    summary.textContent = places.length ? `${say("places")}: ${places.length}` : say("places");
    list.replaceChildren(...places.map((place) => placeRow(setting, place, () => { redraw(); summary.focus(); })));
  };
  redraw();
  const kind = h("select", {}, h("option", { value: "channel" }, say("place_channel")), h("option", { value: "role" }, say("place_role")));
  const id = h("input", { type: "text", autocomplete: "off", maxlength: 100 });
  const value = controlFor(setting, setting.value);
  const add = button(say("place_add"), async () => {
    if (!id.value.trim()) return id.focus();
    const place = { kind: kind.value, place_id: id.value.trim() };
    draft(setting.key, value.value, savedAt(setting, place)?.value ?? "", place);
    redraw();
    id.value = "";
  });
  const form = h("div", { class: "row" }, field(`kind-${setting.key}`, say("place_kind"), kind), field(`id-${setting.key}`, say("place_id"), id), field(`value-${setting.key}`, say("place_value"), value), add);
  const details = h("details", {}, summary, list, form);
  details.open = list.childElementCount > 0;
  return details;
}

/** What is saved for a place. @param {any} setting @param {{kind: string, place_id: string}} place */
function savedAt(setting, place) {
  return setting.places.find((/** @type {any} */ one) => one.kind === place.kind && one.place_id === place.place_id);
}

/** The saved places, with what is not saved yet. @param {any} setting @returns {any[]} */
function placesNow(setting) {
  const drafts = pending().filter((edit) => edit.key === setting.key && edit.place);
  const drafted = new Set(drafts.map((edit) => savedAt(setting, edit.place)));
  const kept = setting.places.filter((/** @type {any} */ place) => !drafted.has(place));
  return [...kept, ...drafts.filter((edit) => edit.text).map((edit) => ({ ...edit.place, value: edit.text }))];
}

/** @param {any} setting @param {any} place @param {() => void} removed */
function placeRow(setting, place, removed) {
  const where = say(place.kind === "role" ? "for_role" : "in_channel", { place: place.place_id });
  const row = h("li", {}, h("span", {}, `${where}: ${place.words ?? written(setting, place.value)}`));
  const remove = button(say("place_remove"), async () => {
    draft(setting.key, "", savedAt(setting, place)?.value ?? "", { kind: place.kind, place_id: place.place_id });
    removed();
  }, "quiet");
  remove.setAttribute("aria-label", `${say("place_remove")}: ${where}`);
  row.append(remove);
  return row;
}

function files() {
  const text = h("textarea", { rows: 6, spellcheck: "false" });
  const take = button(say("import_button"), async () => {
    const changed = await api("import", { text: text.value });
    dropDraft();
    toast(say("saved", { version: changed.version }));
    reload();
  });
  return h("section", { class: "card" }, h("h3", {}, "TOML"), h("p", {}, h("a", { class: "button", href: "console/api/export", download: "guardrails.toml" }, say("export"))), h("details", {}, h("summary", {}, say("import")), field("import", say("import"), text, h("p", { class: "hint" }, say("import_hint"))), take));
}
