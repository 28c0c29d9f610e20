// What outlives the page: in the browser, and in the tab. Where people have forbidden that, or the room is used up, the page
// works all the same and remembers as long as it is open.

/** @typedef {Pick<Storage, "getItem"|"setItem"|"removeItem">} Memory */

/** @param {() => Storage} open looking at it may be forbidden already @returns {Memory} */
function memory(open) {
  /** @type {Map<string, string>} */
  const own = new Map();
  /** @template T @param {(storage: Storage) => T} use @returns {T|undefined} */
  const tried = (use) => {
    try {
      return use(open());
    } catch {
      return undefined;
    }
  };
  return {
    getItem: (name) => own.get(name) ?? tried((storage) => storage.getItem(name)) ?? null,
    setItem: (name, value) => {
      own.delete(name);
      const kept = tried((storage) => (storage.setItem(name, value), true));
      if (!kept) own.set(name, value);
    },
    removeItem: (name) => {
      own.delete(name);
      tried((storage) => storage.removeItem(name));
    },
  };
}

export const browser = memory(() => localStorage);
export const tab = memory(() => sessionStorage);
