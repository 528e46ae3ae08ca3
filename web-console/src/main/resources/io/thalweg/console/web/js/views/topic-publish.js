// @ts-check
/** Publishes one record, written by hand or taken from one that was read. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { call, url, ApiError } from '../api.js';
import { draft } from '../draft.js';
import { publishJson } from '../records.js';
import { prettyText } from '../payload.js';
import { href } from '../router.js';

/** @typedef {import('../records.js').ValueType} ValueType */

const TYPES = /** @type {const} */ ([
  ['json', 'JSON'],
  ['string', 'Text'],
  ['base64', 'Base64'],
  ['null', 'None'],
]);

class TopicPublish extends View {
  static properties = {
    topic: { attribute: false },
    key: { state: true },
    value: { state: true },
    headers: { state: true },
    partition: { state: true },
    problem: { state: true },
    done: { state: true },
    busy: { state: true },
    from: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.topic = null;
    /** @type {import('../records.js').Payload} */
    this.key = { type: 'null', text: '' };
    /** @type {import('../records.js').Payload} */
    this.value = { type: 'json', text: '' };
    /** @type {import('../records.js').Header[]} */
    this.headers = [];
    this.partition = '';
    this.problem = '';
    /** @type {{partition: number, offset: number} | null} */
    this.done = null;
    this.busy = false;
    /** @type {import('../records.js').Row | null} */
    this.from = null;
  }

  willUpdate() {
    if (!this.hasUpdated) {
      const row = draft.take(this.topic.name);
      if (row) {
        this.from = row;
        this.key = { ...row.key };
        this.value = { ...row.value };
        this.headers = row.headers.map((header) => ({ name: header.name, value: { ...header.value } }));
        this.partition = String(row.partition);
      }
    }
  }

  /** Why it cannot be sent, or an empty text. @param {import('../records.js').Payload} payload */
  wrong(payload) {
    if (payload.type === 'json') {
      if (payload.text.trim() === '') {
        return 'Write a JSON value, or choose None.';
      }
      try {
        JSON.parse(payload.text);
      } catch (failure) {
        return /** @type {Error} */ (failure).message;
      }
    }
    if (payload.type === 'base64' && !/^[A-Za-z0-9+/]*={0,2}$/.test(payload.text)) {
      return 'Base64 has letters, digits, + and /, and = at its end.';
    }
    return '';
  }

  render() {
    const wrong = this.wrong(this.key) || this.wrong(this.value);
    const marked = [this.key, this.value].some((payload) => payload.text !== '' && this.wrong(payload) !== '');
    return html`<form class="publish" @submit=${this.publish}>
      ${this.from ? html`<p class="notice">Taken from partition ${this.from.partition}, offset ${this.from.offset}. Publishing appends a new record; the one that was read stays.</p>` : nothing}
      ${this.editor('key', 'Key', this.key, 2)} ${this.editor('value', 'Value', this.value, 10)}
      <section class="headers"><h3>Headers</h3>
        ${this.headers.map((header, i) => this.header(header, i))}
        <button type="button" class="button small" @click=${this.addHeader}>${icon('plus')}Add a header</button>
      </section>
      <div class="field"><label for="publish-partition">Partition</label>
        <select id="publish-partition" @change=${(/** @type {Event} */ event) => (this.partition = /** @type {HTMLSelectElement} */ (event.target).value)}>
          <option value="" ?selected=${this.partition === ''}>By key, or in turn without one</option>
          ${this.topic.partitions.map((/** @type {any} */ one) => html`<option value=${one.partition} ?selected=${this.partition === String(one.partition)}>${one.partition}</option>`)}
        </select></div>
      ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      ${
        this.done
          ? html`<p class="notice ok" role="status">Stored in partition ${this.done.partition} at offset ${this.done.offset}.
              <a href=${href(['topics', this.topic.name], { partition: this.done.partition, from: this.done.offset })}>See it</a></p>`
          : nothing
      }
      <div class="toolbar"><button class="button primary" ?disabled=${this.busy || wrong !== ''}>Publish</button>
        ${wrong !== '' ? html`<span class="hint muted">${marked ? 'Mend what is marked above first.' : wrong}</span>` : nothing}</div>
    </form>`;
  }

  /** @param {'key' | 'value'} which @param {string} title @param {import('../records.js').Payload} payload @param {number} rows */
  editor(which, title, payload, rows) {
    const wrong = this.wrong(payload);
    const shown = wrong !== '' && payload.text !== '';
    return html`<div class="field">
      <div class="payload-head"><label for=${'publish-' + which}>${title}</label>
        ${which === 'value' && payload.type === 'json' && wrong === '' ? html`<button type="button" class="button small quiet" @click=${() => (this.value = { type: 'json', text: prettyText(payload.text) })}>Indent</button>` : nothing}
        <div class="segmented" role="group" aria-label=${title + ' is'}>${TYPES.map(
          ([type, text]) => html`<button type="button" aria-pressed=${payload.type === type} @click=${() => (this[which] = { type, text: payload.text })}>${text}</button>`,
        )}</div></div>
      ${
        payload.type === 'null'
          ? html`<span class="hint">${which === 'key' ? 'The record has no key.' : 'The record has no value: in a compacted topic, it deletes its key.'}</span>`
          : html`<textarea id=${'publish-' + which} rows=${rows} spellcheck="false" .value=${payload.text} aria-invalid=${shown ? 'true' : 'false'}
              @input=${(/** @type {InputEvent} */ event) => (this[which] = { type: payload.type, text: /** @type {HTMLTextAreaElement} */ (event.target).value })}></textarea>`
      }
      ${shown ? html`<span class="wrong">${wrong}</span>` : nothing}
    </div>`;
  }

  /** @param {import('../records.js').Header} header @param {number} i */
  header(header, i) {
    const change = (/** @type {Partial<{name: string, text: string}>} */ to) => {
      this.headers = this.headers.map((one, at) =>
        at === i ? { name: to.name ?? one.name, value: to.text === undefined ? one.value : { type: 'string', text: to.text } } : one,
      );
    };
    return html`<div class="header-row">
      <input aria-label="Header name" placeholder="name" .value=${header.name} @input=${(/** @type {InputEvent} */ event) => change({ name: /** @type {HTMLInputElement} */ (event.target).value })}>
      <input aria-label="Header value" placeholder="value" .value=${header.value.text} @input=${(/** @type {InputEvent} */ event) => change({ text: /** @type {HTMLInputElement} */ (event.target).value })}>
      <button type="button" class="button quiet icon" aria-label="Remove header" @click=${() => (this.headers = this.headers.filter((_, at) => at !== i))}>${icon('close')}</button>
    </div>`;
  }

  addHeader() {
    this.headers = [...this.headers, { name: '', value: { type: 'string', text: '' } }];
  }

  /** @param {Event} event */
  async publish(event) {
    event.preventDefault();
    this.busy = true;
    this.problem = '';
    this.done = null;
    const record = publishJson({
      key: this.key,
      value: this.value,
      headers: this.headers.filter((header) => header.name !== ''),
      partition: this.partition === '' ? null : Number(this.partition),
    });
    try {
      const answer = await call(url`/v1/topics/${this.topic.name}/records`, { method: 'POST', raw: `{"records":[${record}]}` });
      const [stored] = answer.offsets;
      if (stored.problem) {
        this.problem = stored.problem.detail;
      } else {
        this.done = stored;
      }
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('tw-topic-publish', TopicPublish);
