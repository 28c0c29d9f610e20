// The studio strip: what is live, and switches that break things on purpose.

import { announce } from "./announcer.js";
import { ApiError, consoleLink, fetchFaults, fetchReadiness, setFault } from "./api.js";
import { connection } from "./connection.js";
import { byId, h } from "./dom.js";
import { t } from "./i18n.js";
import { offerModels } from "./options.js";
import { FAULTS } from "./words.js";

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {"up"|"degraded"|"down"|"off"} state `off`: not set up, which is no fault
 * @property {string} [detail]
 */

const REFRESH_MS = 30_000;
const SINGLE_PARTS = ["store", "database"];
// Without its token a chat adapter does not run and is not reported.
const CHAT_ADAPTERS = { discord: { state: "off", detail: t("no token set") }, slack: { state: "off", detail: t("no token set") } };
const STATE_WORDS = { up: t("live"), degraded: t("shaky"), down: t("down"), off: t("off") };
const NAMES = { store: t("Pictures"), database: t("Memory"), discord: "Discord", slack: "Slack", playground: t("Playground"), "offline:preview": t("Offline preview"), "offline:backup": t("Backup preview") };

export function setUpStudio() {
  byId("open-console").addEventListener("click", openConsole);
  refresh();
  loadFaults();
  setInterval(() => document.hidden || refresh(), REFRESH_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  connection.addEventListener("change", refresh);
}

/** Look again, now. */
export async function refresh() {
  if (!connection.reachable) return draw([{ name: t("Connection"), state: "down" }]);
  try {
    const readiness = await fetchReadiness();
    const providers = partsOf(readiness?.providers);
    draw([...providers, ...partsOf({ ...CHAT_ADAPTERS, ...readiness?.adapters }), ...SINGLE_PARTS.flatMap((name) => partsOf({ [name]: readiness?.[name] }))]);
    offerModels(providers.filter((part) => !part.name.startsWith("offline:")).map((part) => part.name));
  } catch {
    draw([{ name: t("Connection"), state: "down" }]);
  }
}

/** @param {Record<string, any>|undefined} group @returns {Part[]} */
function partsOf(group) {
  return Object.entries(group ?? {})
    .filter(([, part]) => part)
    .map(([name, part]) => ({ name, state: part.state, detail: part.detail }));
}

/** @param {Part[]} parts */
function draw(parts) {
  const broken = parts.some((part) => part.state === "down");
  const shaky = parts.some((part) => part.state === "degraded");
  byId("studio-dot").dataset.state = broken ? "down" : shaky ? "degraded" : "up";
  byId("studio-line").replaceChildren(...parts.filter(isTelling).map(summary));
  byId("studio-parts").replaceChildren(...parts.map(row));
}

/** The strip leaves out what is as it should be and nobody asks about. @param {Part} part */
function isTelling(part) {
  return part.name !== "playground" && (!SINGLE_PARTS.includes(part.name) || part.state !== "up");
}

/** @param {Part} part */
function summary(part) {
  return h("span", { class: "studio-part" }, `${nameOf(part)} `, h("span", { class: "studio-state" }, STATE_WORDS[part.state] ?? part.state));
}

/** @param {Part} part */
function row(part) {
  const state = h("span", { class: "part-state" }, STATE_WORDS[part.state] ?? part.state, part.detail && h("span", { class: "hint" }, ` ${part.detail}`));
  return h("li", {}, h("span", { class: "dot", data: { state: part.state } }), h("span", { class: "part-name" }, nameOf(part)), state);
}

/** @param {Part} part */
function nameOf(part) {
  return NAMES[/** @type {keyof typeof NAMES} */ (part.name)] ?? part.name;
}

async function openConsole() {
  byId("studio-note").hidden = true;
  try {
    location.assign(await consoleLink());
  } catch (error) {
    tellProblem(error instanceof ApiError ? error.message : t("The studio could not do that. Please try again."));
  }
}

/** To the eye and to screen readers. @param {string} words */
function tellProblem(words) {
  const note = byId("studio-note");
  note.textContent = words;
  note.hidden = false;
  announce(words);
}

async function loadFaults() {
  try {
    const faults = await fetchFaults();
    byId("fault-switches").replaceChildren(...faults.map(faultSwitch));
    byId("faults").hidden = faults.length === 0;
  } catch {
    byId("faults").hidden = true;
  }
}

/** @param {{id: string, on: boolean}} fault */
function faultSwitch(fault) {
  const input = h("input", { type: "checkbox", role: "switch", checked: fault.on });
  input.addEventListener("change", () => turn(fault, input));
  return h("li", {}, h("label", { class: "switch" }, input, h("span", {}, labelOf(fault))));
}

/** @param {{id: string}} fault */
function labelOf(fault) {
  return FAULTS[/** @type {keyof typeof FAULTS} */ (fault.id)] ?? fault.id;
}

/** @param {{id: string}} fault @param {HTMLInputElement} input */
async function turn(fault, input) {
  const wanted = input.checked;
  byId("studio-note").hidden = true;
  try {
    await setFault(fault.id, wanted);
    announce(`${labelOf(fault)}: ${wanted ? t("on") : t("off")}.`);
    refresh();
  } catch (error) {
    input.checked = !wanted;
    tellProblem(error instanceof ApiError ? error.message : t("The switch did not move: the studio cannot be reached."));
  }
}
