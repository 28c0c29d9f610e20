// The markup that the bot's sentences use, in the dialects of the chats: text in, nodes out, never markup from markup.

import { h } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @typedef {{mark: RegExp, draw: (groups: Record<string, string>) => Node|string}} Rule
 */

/** @type {Record<string, Rule>} */
const RULES = {
  block: { mark: /```\n?(?<it>[^]*?)```/, draw: ({ it }) => h("pre", {}, it.trim()) },
  code: { mark: /`(?<it>[^`]+)`/, draw: ({ it }) => h("code", {}, it) },
  bold: { mark: /\*\*(?<it>[^]+?)\*\*/, draw: ({ it }) => h("strong", {}, it.replace(/\\(?=[^\w\s])/g, "")) },
  escaped: { mark: /\\(?<it>[^\w\s])/, draw: ({ it }) => it },
  slackBold: { mark: /(?<!\w)\*(?<it>[^*\n]+)\*(?!\w)/, draw: ({ it }) => h("strong", {}, plain(it)) },
  person: { mark: /<@(?<it>\w+)>/, draw: ({ it }) => h("span", { class: "mention" }, it === "local" ? t("@you") : `@${it}`) },
  time: { mark: /<t:(?<it>\d+)(?::\w)?>/, draw: ({ it }) => time(Number(it)) },
  link: { mark: /<(?<it>https?:[^|>]+)\|(?<label>[^>]+)>/, draw: ({ it, label }) => h("a", { href: it, target: "_blank", rel: "noopener" }, plain(label)) },
  entity: { mark: /&(?<it>amp|lt|gt);/, draw: ({ it }) => plain(`&${it};`) },
};
const DISCORD = [RULES.block, RULES.code, RULES.bold, RULES.person, RULES.time, RULES.escaped];
const SLACK = [RULES.block, RULES.code, RULES.slackBold, RULES.person, RULES.link, RULES.entity];
const SMALL = "-# ";

/** @param {string} text one line or several @returns {(Node|string)[]} */
export function discordLine(text) {
  return drawn(text, DISCORD);
}

/** A text display of Discord's: a paragraph a line, the small print of "-#" among them. @param {string} text */
export function discordText(text) {
  if (text.includes("```")) return [h("div", {}, ...discordLine(text))];
  return text.split("\n").map((line) => {
    const small = line.startsWith(SMALL);
    return h("p", { class: small && "small", dir: "auto" }, ...discordLine(small ? line.slice(SMALL.length) : line));
  });
}

/** Slack's mrkdwn. @param {string} text */
export function slackText(text) {
  return text.split("\n").map((line) => h("p", { dir: "auto" }, ...drawn(line, SLACK)));
}

/** Apply whichever rule comes first, then the same to the rest. @param {string} text @param {Rule[]} rules */
function drawn(text, rules) {
  const parts = [];
  let rest = text;
  while (rest) {
    const [first] = rules
      .map(({ mark, draw }) => ({ found: mark.exec(rest), draw }))
      .filter(({ found }) => found)
      .sort((one, other) => one.found.index - other.found.index);
    if (!first) break;
    parts.push(rest.slice(0, first.found.index), first.draw(first.found.groups));
    rest = rest.slice(first.found.index + first.found[0].length);
  }
  return [...parts, rest].filter((part) => part !== "");
}

/** @param {string} text */
function plain(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** @param {number} seconds of the epoch; drawn the way Discord does, relative to now */
function time(seconds) {
  const then = new Date(seconds * 1000);
  const ago = (then.getTime() - Date.now()) / 1000;
  const [unit, size] = [["day", 86_400], ["hour", 3600], ["minute", 60]].find(([, size]) => Math.abs(ago) >= size) ?? ["second", 1];
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" }).format(Math.round(ago / size), unit);
  return h("time", { datetime: then.toISOString() }, words);
}
