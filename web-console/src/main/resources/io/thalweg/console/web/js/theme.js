// @ts-check
/** Light, dark, or as the system has it. The choice is kept in this browser. */

const KEY = 'thalweg.theme';
const CHOICES = /** @type {const} */ (['system', 'light', 'dark']);

/** @typedef {typeof CHOICES[number]} Theme */

/** @returns {Theme} */
export function theme() {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function applyTheme() {
  const chosen = theme();
  if (chosen === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
}

/** Goes on to the next choice and answers it. */
export function nextTheme() {
  const next = CHOICES[(CHOICES.indexOf(theme()) + 1) % CHOICES.length];
  localStorage.setItem(KEY, next);
  applyTheme();
  return next;
}
