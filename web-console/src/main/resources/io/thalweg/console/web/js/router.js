// @ts-check
/** Addresses below /console and the views that they name. */

const BASE = '/console';

/**
 * @typedef {object} Place
 * @property {string[]} path decoded segments below /console
 * @property {URLSearchParams} query
 */

const target = new EventTarget();

/** @returns {Place} */
export function place() {
  const below = location.pathname.slice(BASE.length);
  return {
    path: below.split('/').filter(Boolean).map(decode),
    query: new URLSearchParams(location.search),
  };
}

/** @param {string} segment */
function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * The address of a view.
 * @param {string[]} path segments, not encoded
 * @param {Record<string, string | number | null | undefined>} [query] empty values are left out
 */
export function href(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') {
      search.set(name, String(value));
    }
  }
  const text = search.toString();
  return BASE + path.map((segment) => '/' + encodeURIComponent(segment)).join('') + (text ? '?' + text : '');
}

/** @param {string} to an address made by href */
export function navigate(to, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, '', to);
  } else if (to !== location.pathname + location.search) {
    history.pushState(null, '', to);
  }
  target.dispatchEvent(new Event('place'));
}

/** @param {() => void} listener @returns {() => void} ends it */
export function onPlace(listener) {
  target.addEventListener('place', listener);
  return () => target.removeEventListener('place', listener);
}

/** Links within the console change the place; everything else is left to the browser. */
function onClick(/** @type {MouseEvent} */ event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
    return;
  }
  const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement || node instanceof SVGAElement);
  if (!link) {
    return;
  }
  const anchor = /** @type {HTMLAnchorElement | SVGAElement} */ (link);
  const to = anchor instanceof SVGAElement ? anchor.href.baseVal : anchor.getAttribute('href') ?? '';
  if (anchor.hasAttribute('download') || anchor.hasAttribute('target') || !(to === BASE || to.startsWith(BASE + '/'))) {
    return;
  }
  event.preventDefault();
  navigate(to);
}

addEventListener('click', onClick);
addEventListener('popstate', () => target.dispatchEvent(new Event('place')));
