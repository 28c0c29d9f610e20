// The little markup that the bot's own sentences use: **bold** and `code`.

import { h } from "./dom.js";

const MARK = /\*\*(?<bold>[^*]+)\*\*|`(?<code>[^`]+)`/g;

/** @param {string} text @returns {(Node|string)[]} */
export function markup(text) {
  const parts = [];
  let place = 0;
  for (const found of text.matchAll(MARK)) {
    const { bold, code } = /** @type {Record<string, string>} */ (found.groups);
    parts.push(text.slice(place, found.index), code ? h("code", {}, code) : h("strong", {}, bold));
    place = found.index + found[0].length;
  }
  return [...parts, text.slice(place)].filter((part) => part !== "");
}
