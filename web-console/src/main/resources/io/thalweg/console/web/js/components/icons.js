// @ts-check
import { svg, html } from 'lit';

/** Paths on a grid of 24, drawn with strokes. */
const PATHS = {
  flow: 'M5 6h4M15 12h4M5 18h4M9 6c4 0 2 6 6 6M9 18c4 0 2-6 6-6',
  topics: 'M4 6h16M4 12h16M4 18h10',
  groups: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 19c.6-3 3-4.6 6-4.6s5.4 1.6 6 4.6M16 5.4a3 3 0 0 1 0 5.2M18 14.8c1.6.8 2.6 2.2 3 4.2',
  connectors: 'M9 4v5M15 4v5M6 9h12v3a6 6 0 0 1-12 0ZM12 18v3',
  streams: 'M4 8c4 0 4 8 8 8s4-8 8-8M4 16c2 0 3-2 4-4M16 12c1-2 2-4 4-4',
  verticles: 'm12 3 8 4.5v9L12 21l-8-4.5v-9ZM12 12l8-4.5M12 12v9M12 12 4 7.5',
  cluster: 'M4 5h16v5H4ZM4 14h16v5H4ZM7.5 7.5h.01M7.5 16.5h.01',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM20 20l-4-4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6 6 18',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4',
  moon: 'M19 14.5A7.5 7.5 0 0 1 9.5 5 7.5 7.5 0 1 0 19 14.5Z',
  system: 'M4 5h16v11H4ZM9 20h6M12 16v4',
  plus: 'M12 5v14M5 12h14',
  pause: 'M9 5v14M15 5v14',
  play: 'M8 5l11 7-11 7Z',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  refresh: 'M19 12a7 7 0 1 1-2-5M19 4v4h-4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  replay: 'M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6',
  copy: 'M9 9h11v11H9ZM5 15H4V4h11v1',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  minus: 'M5 12h14',
};

/** @typedef {keyof typeof PATHS} IconName */

/** @param {IconName} name */
export function icon(name) {
  return html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${svg`<path d=${PATHS[name]}></path>`}</svg>`;
}

export const logo = html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" aria-hidden="true"><path d="M3 6c5 0 5 3.5 9 3.5S16 6 21 6M3 12c5 0 5 3.5 9 3.5s4-3.5 9-3.5M3 18c5 0 5 3.5 9 3.5s4-3.5 9-3.5" transform="translate(0 -2)"></path></svg>`;
