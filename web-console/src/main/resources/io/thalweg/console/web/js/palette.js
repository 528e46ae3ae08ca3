// @ts-check
/** The keyboard palette: every page, topic, group, connector and stream by name. */
import { html, nothing } from 'lit';
import { View } from './components/view.js';
import { call } from './api.js';
import { href, navigate } from './router.js';
import { pages } from './pages.js';

/** @typedef {{text: string, kind: string, to: string}} Entry */

const SHOWN_MAX = 60;

class Palette extends View {
  static properties = { query: { state: true }, entries: { state: true }, at: { state: true } };

  constructor() {
    super();
    this.query = '';
    this.at = 0;
    /** @type {Entry[]} */
    this.entries = pages.map((page) => ({ text: page.title, kind: 'Page', to: href(page.path ? [page.path] : []) }));
  }

  firstUpdated() {
    this.querySelector('dialog')?.showModal();
    this.querySelector('input')?.focus();
    this.load('/v1/topics', (answer) => answer.topics.map((/** @type {any} */ topic) => entry('Topic', 'topics', topic.name)));
    this.load('/v1/groups', (answer) => answer.groups.map((/** @type {any} */ group) => entry('Group', 'groups', group.groupId)));
    this.load('/connect/connectors', (answer) => answer.map((/** @type {string} */ name) => entry('Connector', 'connectors', name)));
    this.load('/v1/streams', (answer) =>
      (answer.streams ?? []).map((/** @type {any} */ stream) => entry('Stream', 'streams', stream.name)),
    );
  }

  /** A part that is not there has no entries. @param {string} path @param {(answer: any) => Entry[]} read */
  load(path, read) {
    call(path)
      .then((answer) => {
        this.entries = [...this.entries, ...read(answer)];
      })
      .catch(() => undefined);
  }

  /** Every word must occur; a name that begins with the query comes first. */
  found() {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean);
    return this.entries
      .filter((one) => words.every((word) => one.text.toLowerCase().includes(word) || one.kind.toLowerCase().startsWith(word)))
      .sort((a, b) => Number(starts(b, words)) - Number(starts(a, words)))
      .slice(0, SHOWN_MAX);
  }

  render() {
    const found = this.found();
    const at = Math.min(this.at, Math.max(0, found.length - 1));
    return html`<dialog class="palette" aria-label="Search and commands" @close=${() => this.dispatchEvent(new Event('close'))} @click=${this.onBackdrop}>
      <input type="text" role="combobox" aria-label="Go to" aria-expanded="true" aria-controls="palette-list" aria-activedescendant=${found.length ? 'palette-' + at : nothing}
        placeholder="Go to a topic, group, connector, stream or page" autocomplete="off" spellcheck="false"
        .value=${this.query} @input=${this.onInput} @keydown=${this.onKey}>
      ${
        found.length === 0
          ? html`<p class="nothing">Nothing has this name. Try a part of it.</p>`
          : html`<ul id="palette-list" role="listbox">
              ${found.map(
                (one, i) => html`<li id=${'palette-' + i} role="option" aria-selected=${i === at} @click=${() => this.go(one)} @mousemove=${() => (this.at = i)}>
                  <span>${one.text}</span><span class="kind">${one.kind}</span></li>`,
              )}
            </ul>`
      }
    </dialog>`;
  }

  updated() {
    this.querySelector('li[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {InputEvent} event */
  onInput(event) {
    this.query = /** @type {HTMLInputElement} */ (event.target).value;
    this.at = 0;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const found = this.found();
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const step = event.key === 'ArrowDown' ? 1 : -1;
      this.at = (this.at + step + found.length) % Math.max(1, found.length);
    } else if (event.key === 'Enter' && found.length > 0) {
      event.preventDefault();
      this.go(found[Math.min(this.at, found.length - 1)]);
    }
  }

  /** @param {Entry} one */
  go(one) {
    this.querySelector('dialog')?.close();
    navigate(one.to);
  }

  /** @param {MouseEvent} event */
  onBackdrop(event) {
    if (event.target instanceof HTMLDialogElement) {
      event.target.close();
    }
  }
}
customElements.define('tw-palette', Palette);

/** @param {string} kind @param {string} section @param {string} name @returns {Entry} */
function entry(kind, section, name) {
  return { text: name, kind, to: href([section, name]) };
}

/** @param {Entry} one @param {string[]} words */
function starts(one, words) {
  return words.length > 0 && one.text.toLowerCase().startsWith(words[0]);
}
