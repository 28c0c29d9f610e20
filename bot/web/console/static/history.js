// Who changed what and when, the way back, and the audit trail.

import { api, session } from "./api.js";
import { button, changeList, confirmed, h, name, reload, say, time, toast } from "./dom.js";
import { dropDraft } from "./draft.js";

/** @param {HTMLElement} main */
export async function show(main) {
  const versions = await api("history");
  if (!versions.length) main.append(h("p", { class: "card hint" }, say("history_none")));
  else main.append(h("p", {}, undo(versions[0].version - 1, say("undo_last"))));
  main.append(...versions.map((/** @type {any} */ version, /** @type {number} */ index) => versionCard(version, index === 0)), await trail());
}

/** @param {any} version @param {boolean} now */
function versionCard(version, now) {
  const [kind, what] = version.reason.split(":");
  const preset = kind === "preset" ? h("span", { class: "badge" }, name("preset", what)) : null;
  return h(
    "article",
    { class: "card", "aria-label": say("version", { version: version.version }) },
    h("p", { class: "case-head" }, h("strong", {}, say("history_by", { version: version.version, actor: version.actor === session.user_id ? session.name : version.actor })), preset, now && h("span", { class: "badge" }, say("preset_now")), time(version.at)),
    changeList(version.changes),
    !now && undo(version.version, say("undo_to")),
  );
}

/** @param {number} version @param {string} label */
function undo(version, label) {
  const back = button(label, async () => {
    if (!(await confirmed(version ? say("undo_confirm", { version }) : say("undo_confirm_first")))) return;
    const changed = await api("undo", { version });
    dropDraft();
    toast(say("saved", { version: changed.version }));
    reload();
  });
  back.setAttribute("aria-label", `${label}: ${version ? say("version", { version }) : say("first_rules")}`);
  return back;
}

async function trail() {
  const first = await api("audit");
  const list = h("ol", { class: "trail" }, ...first.entries.map(entry));
  let last = first.entries.at(-1)?.number ?? 0;
  const more = button(say("trail_more"), async () => {
    const page = await api(`audit?before=${last}`);
    list.append(...page.entries.map(entry));
    last = page.entries.at(-1)?.number ?? 0;
    more.hidden = page.entries.length < 50;
  });
  more.hidden = first.entries.length < 50;
  return h("section", { class: "card" }, h("h3", {}, say("trail")), h("p", { class: first.whole ? "hint" : "problem" }, say(first.whole ? "trail_whole" : "trail_broken")), h("details", {}, h("summary", {}, say("trail_show")), list, more));
}

/** What of an entry has names in the moderator's language. @type {Record<string, string>} */
const NAMED = { reason: "reason", decided_by: "layer", decision: "decision", ruling: "ruling" };

/** @param {any} one */
function entry(one) {
  const data = Object.entries(one.data).filter(([, value]) => typeof value !== "object" && value !== "").map(([key, value]) => (NAMED[key] && one.event !== "rules_changed" ? name(NAMED[key], value) : `${key.replaceAll("_", " ")} ${short(value)}`));
  const event = session.words[`event_${one.event}`] ?? one.event.replaceAll("_", " ");
  return h("li", { value: one.number }, time(one.at), ` ${event} `, h("span", { class: "hint" }, data.join(", ")));
}

/** Keyed hashes stand for people and words; their beginning is enough to tell them apart. @param {any} value */
function short(value) {
  return /^[0-9a-f]{32,}$/.test(value) ? `${value.slice(0, 8)}…` : value;
}
