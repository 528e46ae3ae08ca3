// @ts-check
/** What a view shows while it has nothing to show, and when something went wrong. */
import { html, nothing } from 'lit';
import { icon } from './icons.js';
import { refresh } from '../live.js';

/** @typedef {import('../api.js').ApiError} ApiError */

/** @param {{icon: import('./icons.js').IconName, title: string, text: unknown, action?: unknown}} what */
export function empty({ icon: name, title, text, action = nothing }) {
  return html`<div class="empty">${icon(name)}<h2>${title}</h2><p>${text}</p>${action}</div>`;
}

export const loading = html`<p class="loading" role="status">Loading …</p>`;

/** @param {ApiError | null} error @param {string} what could not be done */
export function failed(error, what) {
  if (!error) {
    return nothing;
  }
  return html`<div class="notice error" role="alert">
    <strong>${what}</strong><span>${error.message}</span><span class="faint mono">${error.code}</span>
    <button class="button small push" @click=${refresh}>Try again</button>
  </div>`;
}

/**
 * The body of a view that watches one address.
 * @param {{value: any, error: ApiError | null}} watch @param {string} what @param {(value: any) => unknown} body
 * @param {string} [role] without which a node does not have the address at all
 */
export function watched(watch, what, body, role) {
  if (watch.value === null) {
    if (role && watch.error?.status === 404) {
      return html`<div class="card">${empty({
        icon: 'cluster',
        title: 'This node does not do that',
        text: html`It runs without the role <code>${role}</code>. Add the role to <code>node.roles</code> of its configuration and start it again.`,
      })}</div>`;
    }
    return watch.error ? failed(watch.error, `${what} could not be loaded.`) : loading;
  }
  return html`${watch.error ? failed(watch.error, `${what} may be out of date.`) : nothing}${body(watch.value)}`;
}

const TONES = /** @type {Record<string, string>} */ ({
  stable: 'ok',
  running: 'ok',
  up: 'ok',
  deployed: 'ok',
  online: 'ok',
  alive: 'ok',
  ok: 'ok',
  empty: '',
  paused: 'warn',
  stopped: 'warn',
  stopping: 'warn',
  preparingrebalance: 'warn',
  completingrebalance: 'warn',
  rebalancing: 'warn',
  restoring: 'warn',
  deploying: 'warn',
  starting: 'warn',
  created: 'warn',
  restarting: 'warn',
  unassigned: 'warn',
  draining: 'warn',
  underreplicated: 'warn',
  blocked: 'error',
  dead: 'error',
  failed: 'error',
  error: 'error',
  down: 'error',
  away: 'error',
  offline: 'error',
  offlinepartitions: 'error',
});

/** @param {string | null | undefined} state in whatever case */
export function tone(state) {
  return TONES[String(state ?? '').toLowerCase().replace(/[^a-z]/g, '')] ?? '';
}

/** @param {string | null | undefined} state */
export function badge(state) {
  const text = String(state ?? 'unknown');
  const shown = text === text.toUpperCase() ? text.toLowerCase() : text;
  return html`<span class="badge ${tone(text)}">${shown.charAt(0).toUpperCase() + shown.slice(1)}</span>`;
}

/** A stack trace: what failed is broken between words, each frame where the line is full. @param {string} text */
export function trace(text) {
  const lines = text.trimEnd().split('\n').map((line) => (/^\s+at /.test(line) ? html`<span class="frame">${line}\n</span>` : line + '\n'));
  return html`<pre class="code">${lines}</pre>`;
}

/** What is wrong with the thing of the row above it, over the whole width. @param {number} columns @param {string} text @param {'error' | 'warn'} [kind] */
export function problemRow(columns, text, kind = 'error') {
  return html`<tr class="problem"><td colspan=${columns}><div class="notice ${kind}">${text}</div></td></tr>`;
}

/** More rows than these hold up a browser, and nobody reads them. */
const ROWS_MAX = 500;

/** The first rows of a table that may have very many. @template T @param {T[]} rows @returns {T[]} */
export function firstRows(rows) {
  return rows.length > ROWS_MAX ? rows.slice(0, ROWS_MAX) : rows;
}

/** Says below a table what firstRows left out. @param {number} count of all @param {string} hint how to see others */
export function leftOut(count, hint) {
  return count > ROWS_MAX ? html`<p class="left-out" role="status">The first ${ROWS_MAX} of ${count} are shown. ${hint}</p>` : nothing;
}

/** Scrolls a row of tabs so that the current one is seen. @param {Element} view */
export function showCurrentTab(view) {
  const tab = view.querySelector('.tabs [aria-current]');
  const tabs = tab?.parentElement;
  if (tab instanceof HTMLElement && tabs && tabs.scrollWidth > tabs.clientWidth) {
    tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }
}
