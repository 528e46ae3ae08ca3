// @ts-check
/** One record in full. Says "close". */
import { html, nothing } from 'lit';
import { View } from './view.js';
import { icon } from './icons.js';
import { toast } from './dialog.js';
import { bytesOf, isJson, shown } from '../payload.js';
import { exportLine } from '../records.js';
import { href, navigate } from '../router.js';
import { size, time } from '../format.js';
import { draft } from '../draft.js';

/** @typedef {import('../records.js').Payload} Payload */
/** @typedef {'json' | 'text' | 'hex'} PayloadView */

const VIEWS = /** @type {const} */ ([
  ['json', 'JSON'],
  ['text', 'Text'],
  ['hex', 'Hex'],
]);

class RecordDetail extends View {
  static properties = { topic: {}, row: { attribute: false }, views: { state: true } };

  constructor() {
    super();
    this.topic = '';
    /** @type {import('../records.js').Row | null} */
    this.row = null;
    /** @type {{key?: PayloadView, value?: PayloadView}} chosen by hand */
    this.views = {};
  }

  firstUpdated() {
    // In a narrow window the list, which had the focus, makes room for the record.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        /** @type {HTMLElement | null} */ (this.querySelector('.detail-head button'))?.focus();
      }
    });
  }

  render() {
    const row = this.row;
    if (!row) {
      return nothing;
    }
    return html`
      <div class="detail-head">
        <h2>Partition ${row.partition}, offset ${row.offset}</h2>
        <button class="button quiet icon" aria-label="Close record" @click=${() => this.dispatchEvent(new Event('close'))}>${icon('close')}</button>
      </div>
      <div class="detail-body">
        <dl class="facts"><dt>Time</dt><dd>${time(row.timestamp)}</dd><dt>Size</dt><dd>${size(bytesOf(row.key).length + bytesOf(row.value).length)}</dd></dl>
        <div class="toolbar">
          <button class="button small" @click=${this.replay}>${icon('replay')}Edit and replay</button>
          <button class="button small" @click=${this.copy}>${icon('copy')}Copy</button>
        </div>
        ${this.payload('key', 'Key', row.key)} ${this.payload('value', 'Value', row.value)}
        ${
          row.headers.length === 0
            ? nothing
            : html`<section><h3>Headers</h3><dl class="facts">${row.headers.map(
                (header) => html`<dt class="mono break">${header.name}</dt><dd class="mono">${header.value.type === 'null' ? html`<span class="faint">null</span>` : header.value.text}</dd>`,
              )}</dl></section>`
        }
      </div>`;
  }

  /** @param {'key' | 'value'} which @param {string} title @param {Payload} payload */
  payload(which, title, payload) {
    const natural = payload.type === 'base64' ? 'hex' : isJson(payload) ? 'json' : 'text';
    const view = this.views[which] ?? natural;
    return html`<section class="payload">
      <div class="payload-head"><h3>${title}</h3><span class="faint">${payload.type}</span>
        <div class="segmented" role="group" aria-label=${title + ' as'}>
          ${VIEWS.map(([key, text]) => html`<button aria-pressed=${key === view} @click=${() => (this.views = { ...this.views, [which]: key })}>${text}</button>`)}
        </div></div>
      ${shown(payload, view)}
    </section>`;
  }

  replay() {
    if (this.row) {
      draft.keep(this.topic, this.row);
      navigate(href(['topics', this.topic, 'publish']));
    }
  }

  async copy() {
    if (this.row) {
      try {
        // Absent where the console did not come over HTTPS or from this machine.
        await navigator.clipboard.writeText(exportLine(this.row));
        toast('The record is in the clipboard as one line of NDJSON.');
      } catch {
        toast('The browser does not let this page use the clipboard. Export the records instead.', 'error');
      }
    }
  }
}
customElements.define('tw-record-detail', RecordDetail);
