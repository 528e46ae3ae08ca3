// @ts-check
/** The record that is about to be edited and replayed, on its way from one view to the next. */

/** @typedef {import('./records.js').Row} Row */

/** @type {{topic: string, row: Row} | null} */
let kept = null;

export const draft = {
  /** @param {string} topic @param {Row} row */
  keep(topic, row) {
    kept = { topic, row };
  },

  /** What was kept for the topic; once. @param {string} topic @returns {Row | null} */
  take(topic) {
    const found = kept?.topic === topic ? kept.row : null;
    kept = null;
    return found;
  },
};
