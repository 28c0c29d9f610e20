// Charts as plain SVG: bars a day, stacked. Everybody who cannot see them gets a sentence and a table.

import { h, locale, say } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDEST = 720;
const MARGINS = 64;
const HALF_A_LABEL = 20;
const HEIGHT = 180;
const BASE = HEIGHT - 22;

/**
 * @param {string[]} days YYYY-MM-DD, oldest first
 * @param {{name: string, values: number[]}[]} series stacked from the bottom
 * @param {string} summary
 * @param {(value: number) => string} write
 */
export function bars(days, series, summary, write) {
  const totals = days.map((_, index) => series.reduce((sum, one) => sum + one.values[index], 0));
  const top = Math.max(...totals, 0) || 1;
  // As wide as it is shown, so that its words are as large as other small ones, on a phone too.
  const width = Math.max(240, Math.min(WIDEST, document.documentElement.clientWidth - MARGINS));
  const svg = svgElement("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": summary, class: "chart" });
  const step = width / days.length;
  svg.append(svgElement("line", { x1: 0, x2: width, y1: BASE, y2: BASE, class: "axis" }));
  svg.append(label(2, 11, write(top), "start"), svgElement("line", { x1: 0, x2: width, y1: 16, y2: 16, class: "grid" }));
  days.forEach((day, index) => {
    let y = BASE;
    series.forEach((one, place) => {
      const height = (one.values[index] / top) * (BASE - 16);
      if (height <= 0) return;
      y -= height;
      const bar = svgElement("rect", { x: index * step + step * 0.15, y, width: step * 0.7, height, rx: 2, class: `bar-${place}` });
      bar.append(title(`${day}: ${write(one.values[index])} ${one.name}`));
      svg.append(bar);
    });
    // A label a week, counted back from the last day, which ends at the edge.
    const left = days.length - 1 - index;
    if (left === 0) svg.append(label(width, HEIGHT - 6, dayName(day), "end"));
    else if (left % 7 === 0) svg.append(label(Math.max(index * step + step / 2, HALF_A_LABEL), HEIGHT - 6, dayName(day), "middle"));
  });
  return svg;
}

/** Horizontal bars with their words. @param {[string, number][]} rows */
export function ranking(rows) {
  const top = Math.max(...rows.map(([, number]) => number), 1);
  return h(
    "ul",
    { class: "ranking" },
    ...rows.map(([words, number]) => h("li", {}, h("span", {}, words), meter(number / top), h("strong", {}, number))),
  );
}

/** @param {number} share 0 to 1 @param {string} [look] */
export function meter(share, look = "") {
  const svg = svgElement("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", class: `meter ${look}`, "aria-hidden": "true" });
  svg.append(svgElement("rect", { width: 100, height: 6, class: "meter-track" }), svgElement("rect", { width: Math.min(100, share * 100), height: 6, class: "meter-bar" }));
  return svg;
}

/** The legend of stacked bars. @param {string[]} names */
export function legend(names) {
  return h("ul", { class: "legend" }, ...names.map((words, place) => h("li", {}, h("span", { class: `swatch bar-${place}` }), words)));
}

/** The same numbers as a table. @param {string} of what they are about @param {string[]} heads @param {(string|number)[][]} rows */
export function table(of, heads, rows) {
  const head = h("tr", {}, ...heads.map((words) => h("th", { scope: "col" }, words)));
  const body = rows.map((row) => h("tr", {}, ...row.map((cell, index) => h(index ? "td" : "th", index ? {} : { scope: "row" }, cell))));
  return h("details", {}, h("summary", {}, say("numbers")), h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": of }, h("table", {}, h("thead", {}, head), h("tbody", {}, ...body))));
}

/** @param {string} tag @param {Record<string, any>} attributes */
function svgElement(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {string} day YYYY-MM-DD */
function dayName(day) {
  const form = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", timeZone: "UTC" });
  return form.format(new Date(day));
}

/** @param {number} x @param {number} y @param {string} words @param {string} anchor */
function label(x, y, words, anchor) {
  const text = svgElement("text", { x, y, "text-anchor": anchor });
  text.textContent = words;
  return text;
}

/** @param {string} words */
function title(words) {
  const element = svgElement("title", {});
  element.textContent = words;
  return element;
}
