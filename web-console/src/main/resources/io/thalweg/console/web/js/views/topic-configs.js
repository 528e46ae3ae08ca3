// @ts-check
/** The topic's settings: those that differ from the node's first, each changed in place. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { toast } from '../components/dialog.js';
import { call, url, ApiError } from '../api.js';
import { refresh } from '../live.js';
import { duration, size } from '../format.js';

class TopicConfigs extends View {
  static properties = {
    topic: { attribute: false },
    query: { state: true },
    editing: { state: true },
    text: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.topic = null;
    this.query = '';
    this.editing = '';
    this.text = '';
    this.problem = '';
  }

  render() {
    const words = this.query.toLowerCase();
    const configs = this.topic.configs
      .filter((/** @type {any} */ config) => config.name.includes(words))
      .sort((/** @type {any} */ a, /** @type {any} */ b) => Number(own(b)) - Number(own(a)) || (a.name < b.name ? -1 : 1));
    return html`
      <div class="toolbar"><input class="search" type="search" placeholder="Filter settings" aria-label="Filter settings" .value=${this.query}
        @input=${(/** @type {InputEvent} */ event) => (this.query = /** @type {HTMLInputElement} */ (event.target).value)}></div>
      <div class="card table-wrap"><table class="configs">
        <thead><tr><th>Setting</th><th>Value</th><th class="p2">From</th><th></th></tr></thead>
        <tbody>${configs.map((/** @type {any} */ config) => this.row(config))}</tbody>
      </table></div>`;
  }

  /** @param {any} config */
  row(config) {
    const open = this.editing === config.name;
    return html`<tr>
      <td><span class="mono">${broken(config.name)}</span><div class="faint p2 config-doc" title=${plain(config.documentation)}>${plain(config.documentation)}</div></td>
      <td class="mono break config-value">${
        open
          ? html`<form id="config-form" @submit=${(/** @type {Event} */ event) => this.save(event, config.name, this.text)}>
              <input class="mono" aria-label=${config.name} .value=${this.text} @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && this.endEdit()} @input=${(/** @type {InputEvent} */ event) => (this.text = /** @type {HTMLInputElement} */ (event.target).value)}></form>`
          : html`${config.value}${inWords(config)}`
      }</td>
      <td class="p2">${own(config) ? html`<span class="badge accent plain">topic</span>` : html`<span class="faint">default</span>`}</td>
      <td class="number">${
        config.readOnly
          ? nothing
          : open
            ? html`<button class="button small primary" form="config-form">Save</button> <button class="button small" @click=${this.endEdit}>Cancel</button>`
            : html`${own(config) ? html`<button class="button small quiet" @click=${(/** @type {Event} */ event) => this.save(event, config.name, null)}>Reset</button>` : nothing}
                <button class="button small" aria-label=${'Change ' + config.name} @click=${() => this.edit(config)}>Change</button>`
      }</td>
    </tr>
    ${open && this.problem ? html`<tr class="problem"><td colspan="4"><p class="notice error" role="alert">${this.problem}</p></td></tr>` : nothing}`;
  }

  /** @param {any} config */
  async edit(config) {
    this.editing = config.name;
    this.text = config.value ?? '';
    this.problem = '';
    await this.updateComplete;
    /** @type {HTMLInputElement | null} */ (this.querySelector('#config-form input'))?.select();
  }

  /** The focus goes back to where it came from. */
  async endEdit() {
    const name = this.editing;
    this.editing = '';
    await this.updateComplete;
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (this.querySelectorAll('button[aria-label]'));
    [...buttons].find((button) => button.getAttribute('aria-label') === 'Change ' + name)?.focus();
  }

  /** @param {Event} event @param {string} name @param {string | null} value null for the default */
  async save(event, name, value) {
    event.preventDefault();
    try {
      await call(url`/v1/topics/${this.topic.name}`, { method: 'PATCH', body: { configs: { [name]: value } } });
      toast(value === null ? `${name} is back at its default.` : `${name} was changed.`);
      if (this.editing === name) {
        this.endEdit();
      }
      refresh();
    } catch (failure) {
      this.editing = name;
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }
}
customElements.define('tw-topic-configs', TopicConfigs);

/** @param {any} config */
function own(config) {
  return /TOPIC/.test(config.source);
}

/** What a long number means. @param {any} config */
function inWords({ name, value }) {
  const number = Number(value);
  if (!/^\d{4,}$/.test(value ?? '') || number > Number.MAX_SAFE_INTEGER) {
    return nothing;
  }
  const text = /\.ms$/.test(name) ? duration(number / 1000) : /bytes$/.test(name) ? size(number) : '';
  return text === '' ? nothing : html`<div class="faint">${text}</div>`;
}

/** Kafka's descriptions are written in HTML. @param {string | null} text */
function plain(text) {
  return (text ?? '').replace(/<\/?[a-z][^>]*>/g, '').replace(/&[lg]t;/g, (entity) => (entity === '&lt;' ? '<' : '>'));
}

/** A name that may break before its dots. @param {string} name */
function broken(name) {
  return name.split('.').map((part, i) => (i === 0 ? part : html`<wbr>.${part}`));
}
