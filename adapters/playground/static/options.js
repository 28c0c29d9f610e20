// The options panel: reading it, filling it, and a one-line summary of what differs from the defaults.

import { byId, h } from "./dom.js";
import { styles, t } from "./i18n.js";

/** @typedef {Record<string, any>} Options */

const ASPECTS = [
  { value: "1:1", name: t("square") },
  { value: "4:3", name: t("landscape") },
  { value: "3:2", name: t("landscape") },
  { value: "16:9", name: t("wide") },
  { value: "3:4", name: t("portrait") },
  { value: "2:3", name: t("portrait") },
  { value: "9:16", name: t("tall") },
];
const PICTOGRAM = 20;
const SVG = "http://www.w3.org/2000/svg";

/** @type {Options} */
const DEFAULTS = Object.freeze({
  aspect: "1:1",
  count: 1,
  quality: "auto",
  style: null,
  background: null,
  model: null,
  seed: null,
});

const form = byId("composer");
const panel = byId("options");
const toggle = byId("options-toggle");
let openedForError = false;

export function setUpOptions() {
  byId("aspect-choices").append(...ASPECTS.map(aspectChoice));
  offerMoreStyles();
  toggle.addEventListener("click", () => openPanel(panel.hidden));
  panel.addEventListener("input", showSummary);
  panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape") return;
    openPanel(false);
    toggle.focus();
  });
  form.addEventListener("reset", () => setTimeout(showSummary));
  showSummary();
}

/** @param {boolean} open */
function openPanel(open) {
  panel.hidden = !open;
  openedForError = false;
  toggle.setAttribute("aria-expanded", String(open));
}

/** An option in the panel is wrong: show it. */
export function openPanelForError() {
  const wasClosed = panel.hidden;
  openPanel(true);
  openedForError = wasClosed;
}

/** The mistake is mended: a panel that nobody opened goes out of the way again. */
export function closePanelAfterError() {
  if (openedForError) openPanel(false);
}

/** @returns {Options} @throws {RangeError} the seed is not a whole number */
function readOptions() {
  const data = new FormData(form);
  return {
    aspect: data.get("aspect"),
    count: Number(data.get("count")),
    quality: data.get("quality"),
    style: data.get("style") || null,
    background: data.get("background") || null,
    model: data.get("model") || null,
    seed: wholeNumber(String(data.get("seed")).trim()),
  };
}

/** @returns {Partial<Options>} only what was chosen: an option left alone gives way to a flag in the text */
export function chosenOptions() {
  return Object.fromEntries(Object.entries(readOptions()).filter(([name, value]) => value !== DEFAULTS[name]));
}

/** @param {Options} options */
export function writeOptions(options) {
  for (const [name, value] of Object.entries({ ...DEFAULTS, ...options })) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value === null ? "" : String(value);
  }
  showSummary();
}

/** The page names the styles that most people look for; the others go by the names that `--style` takes. */
function offerMoreStyles() {
  const select = byId("style");
  const named = new Set(Array.from(select.options, (option) => option.value));
  const others = styles.filter((style) => !named.has(style));
  if (others.length) select.append(h("optgroup", { label: t("More") }, ...others.map((style) => h("option", { value: style }, style))));
}

/** Offer the engines that the studio has. @param {string[]} models */
export function offerModels(models) {
  const select = byId("model");
  const chosen = select.value;
  const offered = chosen && !models.includes(chosen) ? [...models, chosen] : models;
  select.replaceChildren(h("option", { value: "" }, t("Automatic")), ...offered.map((model) => h("option", { value: model }, model)));
  select.value = chosen;
}

/** @param {Options} options the parts that differ from the defaults, in words */
export function optionWords(options) {
  const { aspect, count, quality, style, background, model, seed } = { ...DEFAULTS, ...options };
  return [
    aspect !== DEFAULTS.aspect && aspect,
    count > 1 && t("{count} pictures", { count }),
    quality !== DEFAULTS.quality && quality && t("{quality} quality", { quality: t(quality) }),
    style,
    background && background !== "auto" && t("{background} background", { background: t(background) }),
    model,
    seed !== null && t("seed {seed}", { seed }),
  ].filter(Boolean);
}

function showSummary() {
  let words;
  try {
    words = optionWords(readOptions());
  } catch {
    words = ["seed?"];
  }
  byId("options-summary").textContent = words.length ? words.join(" · ") : "";
}

/** @param {string} text */
function wholeNumber(text) {
  if (!text) return null;
  if (!/^\d{1,10}$/.test(text)) throw new RangeError(t("A seed is a whole number without sign, such as 42."));
  return Number(text);
}

/** @param {{value: string, name: string}} aspect */
function aspectChoice({ value, name }) {
  const input = h("input", { type: "radio", name: "aspect", value, checked: value === DEFAULTS.aspect });
  const label = h("span", {}, pictogram(value), value, h("span", { class: "visually-hidden" }, ` ${name}`));
  return h("label", { class: "choice" }, input, label);
}

/** @param {string} aspect */
function pictogram(aspect) {
  const [width, height] = aspect.split(":").map(Number);
  const scale = (PICTOGRAM - 2) / Math.max(width, height);
  const size = [width * scale, height * scale];
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, "rect");
  const attributes = { x: (PICTOGRAM - size[0]) / 2, y: (PICTOGRAM - size[1]) / 2, width: size[0], height: size[1], rx: 2 };
  for (const [name, number] of Object.entries(attributes)) shape.setAttribute(name, String(number));
  svg.setAttribute("viewBox", `0 0 ${PICTOGRAM} ${PICTOGRAM}`);
  svg.setAttribute("class", "pictogram");
  svg.setAttribute("aria-hidden", "true");
  svg.append(shape);
  return svg;
}
