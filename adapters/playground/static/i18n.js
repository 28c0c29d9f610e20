// The page in the visitor's language. English is written in the page itself and is the key to the other languages.

const { language, words, styles } = await fetched();

/** @returns {Promise<{language: string, words: Record<string, string>, styles: string[]}>} English if the words do not arrive */
async function fetched() {
  try {
    const response = await fetch("words", { signal: AbortSignal.timeout(5000) });
    if (response.ok) return await response.json();
  } catch {
    // The page works in English as well.
  }
  return { language: "en", words: {}, styles: [] };
}

/**
 * The visitor's words for an English sentence.
 * @param {string} english
 * @param {Record<string, any>} [params] what stands in for {braces}
 */
export function t(english, params = {}) {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? "…"));
}

/** Put what index.html says into the visitor's language. */
export function translatePage() {
  document.documentElement.lang = language;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.nodeValue ?? "";
    const english = text.trim();
    if (english in words) walker.currentNode.nodeValue = text.replace(english, () => words[english]);
  }
  for (const name of ["aria-label", "placeholder"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) element.setAttribute(name, t(element.getAttribute(name) ?? ""));
  }
}

export { language, styles };
