// Small helpers to build elements. Text always goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @param {string} tag
 * @param {Record<string, any>} [props] attributes; `class`, `on` (listeners by event) and `data` are understood,
 *   null, undefined and false leave an attribute out
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {any} the element; its exact class depends on `tag`
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = props;
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter(isThere).map((child) => (child instanceof Node ? child : String(child))));
  return element;
}

/** @param {any} child */
function isThere(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * A decorative icon from the sprite in index.html; the words beside it carry the meaning.
 * @param {string} name
 */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/**
 * The element with this id. index.html and the scripts are released together, so a missing one is a defect.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no element #${id}`);
  return element;
}

/**
 * Redraw a part of the page and leave the keyboard where it was: on the element with the same `data-key`,
 * or on `fallback` if that is gone.
 * @param {HTMLElement} container
 * @param {() => void} redraw
 * @param {HTMLElement} fallback
 */
export function keepingFocus(container, redraw, fallback) {
  const active = /** @type {HTMLElement|null} */ (document.activeElement);
  const inside = active && container.contains(active) && active !== container;
  const key = inside ? active.dataset.key : undefined;
  redraw();
  if (!inside) return;
  const again = key ? container.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  /** @type {HTMLElement} */ (again ?? fallback).focus({ preventScroll: true });
}
