// @ts-check
import { html, nothing } from 'lit';
import { View } from './view.js';
import { preview } from '../payload.js';
import { time } from '../format.js';

/** @typedef {import('../records.js').Row} Row */

const ROW_PIXELS = 30;
const OVERSCAN = 8;

/**
 * Records as a virtual list: only the rows in sight are in the page, so that any number of them costs the same. Says
 * "choose" with the row that was clicked. Rows may be put before the first one; what is in sight stays where it is.
 */
export class RecordList extends View {
  static properties = {
    rows: { attribute: false },
    chosen: { attribute: false },
    top: { state: true },
    height: { state: true },
  };

  constructor() {
    super();
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Row | null} */
    this.chosen = null;
    this.top = 0;
    this.height = 400;
    this.sizes = new ResizeObserver(([entry]) => {
      this.height = entry.contentRect.height;
    });
    this.scheduled = false;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  firstUpdated() {
    const box = this.box();
    if (box) {
      this.sizes.observe(box);
    }
  }

  /** @returns {HTMLElement | null} */
  box() {
    return this.querySelector('.records-scroll');
  }

  /** So many rows came in front: whoever has scrolled down keeps seeing the same. @param {number} count */
  shifted(count) {
    const box = this.box();
    if (box && box.scrollTop > ROW_PIXELS) {
      box.scrollTop += count * ROW_PIXELS;
    }
  }

  render() {
    const first = Math.max(0, Math.floor(this.top / ROW_PIXELS) - OVERSCAN);
    const last = Math.min(this.rows.length, Math.ceil((this.top + this.height) / ROW_PIXELS) + OVERSCAN);
    const visible = [];
    for (let i = first; i < last; i++) {
      visible.push(this.row(this.rows[i], i));
    }
    return html`<div class="records-head" aria-hidden="true">
        <span class="number">Part.</span><span class="number">Offset</span><span class="time">Time</span><span>Key</span><span>Value</span>
      </div>
      <div class="records-scroll" tabindex="0" role="listbox" aria-label="Records" aria-activedescendant=${this.chosen ? idOf(this.chosen) : nothing} @scroll=${this.onScroll} @keydown=${this.onKey}>
        <div .style=${`height:${this.rows.length * ROW_PIXELS}px`}></div>
        ${visible}
      </div>`;
  }

  /** @param {Row} row @param {number} i */
  row(row, i) {
    return html`<div class="record mono ${row === this.chosen ? 'chosen' : ''}" role="option" id=${idOf(row)} aria-selected=${row === this.chosen}
      .style=${`transform:translateY(${i * ROW_PIXELS}px);top:0`} @click=${() => this.choose(row)}>
      <span class="number faint">${row.partition}</span><span class="number">${row.offset}</span>
      <span class="time faint">${time(row.timestamp)}</span>${cell(row.key)}${cell(row.value)}
    </div>`;
  }

  /** @param {Row} row */
  choose(row) {
    this.dispatchEvent(new CustomEvent('choose', { detail: row }));
  }

  onScroll() {
    if (!this.scheduled) {
      this.scheduled = true;
      requestAnimationFrame(() => {
        this.scheduled = false;
        this.top = this.box()?.scrollTop ?? 0;
      });
    }
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const page = Math.max(1, Math.floor(this.height / ROW_PIXELS) - 1);
    const steps = /** @type {Record<string, number>} */ ({
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.rows.length,
      End: this.rows.length,
    });
    const step = steps[event.key] ?? 0;
    if (step === 0 || this.rows.length === 0) {
      return;
    }
    event.preventDefault();
    const at = this.chosen ? this.rows.indexOf(this.chosen) : -1;
    const next = Math.max(0, Math.min(this.rows.length - 1, at + step));
    this.choose(this.rows[next]);
    const box = this.box();
    if (box) {
      const y = next * ROW_PIXELS;
      if (y < box.scrollTop) {
        box.scrollTop = y;
      } else if (y + ROW_PIXELS > box.scrollTop + box.clientHeight) {
        box.scrollTop = y + ROW_PIXELS - box.clientHeight;
      }
    }
  }
}
customElements.define('tw-record-list', RecordList);

/** @param {Row} row */
function idOf(row) {
  return `record-${row.partition}-${row.offset}`;
}

/** @param {import('../records.js').Payload} value */
function cell(value) {
  const text = preview(value);
  return text === null ? html`<span class="absent">null</span>` : html`<span>${text === '' ? nothing : text}</span>`;
}
