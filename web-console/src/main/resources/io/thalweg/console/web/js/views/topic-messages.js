// @ts-check
/** The message browser: from the end, the beginning, an offset or a time; searched by key or value; exported as NDJSON. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { empty } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { ApiError, call, url } from '../api.js';
import { backwards, forwards } from '../pager.js';
import { exportLine } from '../records.js';
import { href, navigate } from '../router.js';
import { count, plural } from '../format.js';
import '../components/record-list.js';
import '../components/record-detail.js';

/** @typedef {import('../records.js').Row} Row */

const PAGE = 200;
const SEARCH_PAGE = 1000;
const MATCHES_PER_PAGE = 100;
/** As many as the node takes. */
const FILTER_CHARS_MAX = 512;
/** Of what was read or found; there are better ways than to look through more. */
const ROWS_MAX = 20_000;

class TopicMessages extends View {
  static properties = {
    topic: { attribute: false },
    query: { attribute: false },
    rows: { state: true },
    chosen: { state: true },
    busy: { state: true },
    scanned: { state: true },
    problem: { state: true },
    done: { state: true },
    field: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.topic = null;
    this.query = new URLSearchParams();
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Row | null} */
    this.chosen = null;
    this.busy = false;
    this.scanned = 0;
    this.problem = '';
    this.done = false;
    /** chosen, and not yet searched in */
    this.field = '';
    this.key = '';
    /** @type {import('../pager.js').Pager | null} */
    this.pager = null;
    this.stopper = new AbortController();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopper.abort();
  }

  /** What the address asks for. */
  wanted() {
    const partition = this.query.get('partition');
    return {
      partition: partition === null ? null : Number(partition),
      from: this.query.get('from') ?? 'newest',
      text: this.query.get('q') ?? '',
      field: this.query.get('field') ?? 'any',
    };
  }

  willUpdate() {
    const key = this.topic.name + ' ' + this.topic.id + ' ' + this.query;
    if (key !== this.key && this.isConnected) {
      this.key = key;
      this.begin();
    }
  }

  begin() {
    this.stopper.abort();
    this.stopper = new AbortController();
    this.rows = [];
    this.chosen = null;
    this.scanned = 0;
    this.problem = '';
    this.done = false;
    this.pager = null;
    this.more();
  }

  /** @param {AbortSignal} signal */
  async openPager(signal) {
    const wanted = this.wanted();
    const { partition, from } = wanted;
    const filter = nodesFilter(wanted);
    if (from !== 'newest') {
      return forwards(this.topic.name, partition, from, filter);
    }
    const now = await call(url`/v1/topics/${this.topic.name}`, { signal });
    return backwards(
      this.topic.name,
      now.partitions.filter((/** @type {any} */ one) => partition === null || one.partition === partition),
      filter,
    );
  }

  /** The next page; while searching, until it has enough that match. */
  async more() {
    const signal = this.stopper.signal;
    const wanted = this.wanted();
    const matches = nodesFilter(wanted) === '' ? matcher(wanted) : null;
    const searching = wanted.text !== '';
    this.busy = true;
    this.problem = '';
    try {
      this.pager ??= await this.openPager(signal);
      let found = 0;
      do {
        const page = await this.pager.next(searching ? SEARCH_PAGE : PAGE, signal);
        signal.throwIfAborted();
        const fitting = matches ? page.filter(matches) : page;
        found += fitting.length;
        this.scanned = this.pager.looked;
        // Parts of an answer's text keep all of it: of what is searched, only the matches are to stay in memory.
        this.rows = [...this.rows, ...(matches ? structuredClone(fitting) : fitting)];
        this.done = this.pager.done;
      } while (searching && found < MATCHES_PER_PAGE && !this.done);
    } catch (failure) {
      if (!signal.aborted) {
        this.problem = failure instanceof ApiError ? failure.message : String(failure);
      }
    } finally {
      if (!signal.aborted || this.stopper.signal === signal) {
        this.busy = false;
      }
    }
  }

  stop() {
    this.stopper.abort();
    this.stopper = new AbortController();
    this.busy = false;
  }

  /** @param {Record<string, string | number | null>} change */
  go(change) {
    const { partition, from, text, field } = this.wanted();
    const next = { partition, from: from === 'newest' ? '' : from, q: text, field: field === 'any' ? '' : field, ...change };
    const to = href(['topics', this.topic.name], next);
    if (to === location.pathname + location.search) {
      this.begin();
    } else {
      navigate(to);
    }
  }

  render() {
    return html`${this.toolbar()}
      ${this.problem ? html`<div class="notice error" role="alert"><strong>The records could not be read.</strong><span>${this.problem}</span><button class="button small push" @click=${this.more}>Try again</button></div>` : nothing}
      <div class="messages ${this.chosen ? 'split' : ''}" @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && this.unchoose()}>
        <div class="card messages-list">
          ${
            this.rows.length === 0 && !this.busy
              ? this.nothingFound()
              : html`<tw-record-list .rows=${this.rows} .chosen=${this.chosen} @choose=${(/** @type {CustomEvent} */ event) => (this.chosen = event.detail)}></tw-record-list>`
          }
          ${this.rows.length === 0 && this.done ? nothing : this.status()}
        </div>
        ${this.chosen ? html`<tw-record-detail class="card record-detail" .topic=${this.topic.name} .row=${this.chosen} @close=${this.unchoose}></tw-record-detail>` : nothing}
      </div>`;
  }

  toolbar() {
    const { partition, from, text, field } = this.wanted();
    const kind = from === 'newest' || from === 'earliest' ? from : /^\d+$/.test(from) ? 'offset' : 'time';
    const choose = (/** @type {Event} */ event) => {
      const next = /** @type {HTMLSelectElement} */ (event.target).value;
      const start = next === 'offset' ? '0' : next === 'time' ? new Date(Date.now() - 3_600_000).toISOString() : next;
      this.go({ from: start === 'newest' ? '' : start });
    };
    return html`<form class="toolbar" role="search" @submit=${this.onSearch}>
      <select aria-label="Partition" @change=${(/** @type {Event} */ event) => this.go({ partition: /** @type {HTMLSelectElement} */ (event.target).value })}>
        <option value="" ?selected=${partition === null}>All partitions</option>
        ${this.topic.partitions.map((/** @type {any} */ one) => html`<option value=${one.partition} ?selected=${partition === one.partition}>Partition ${one.partition}</option>`)}
      </select>
      <select aria-label="Start" @change=${choose}>
        <option value="newest" ?selected=${kind === 'newest'}>Newest first</option>
        <option value="earliest" ?selected=${kind === 'earliest'}>Oldest first</option>
        <option value="offset" ?selected=${kind === 'offset'}>From offset</option>
        <option value="time" ?selected=${kind === 'time'}>From time</option>
      </select>
      ${
        kind === 'offset'
          ? html`<input aria-label="Offset" type="number" min="0" .value=${from} @change=${(/** @type {Event} */ event) => this.go({ from: /** @type {HTMLInputElement} */ (event.target).value || '0' })}>`
          : kind === 'time'
            ? html`<input aria-label="Time" type="datetime-local" step="1" .value=${localInput(from)} @change=${(/** @type {Event} */ event) => this.onTime(event)}>`
            : nothing
      }
      <input class="grow" name="q" type="search" placeholder=${(this.field || field) === 'filter' ? 'value/delay >= 60 and key contains "SF"' : 'Search'} aria-label="Search" .value=${text} spellcheck="false">
      <select name="field" aria-label="Search in" @change=${(/** @type {Event} */ event) => (this.field = /** @type {HTMLSelectElement} */ (event.target).value)}>
        ${[['any', 'Key or value'], ['key', 'Key'], ['value', 'Value'], ['header', 'Headers'], ['filter', 'Filter expression']].map(([value, label]) => html`<option value=${value} ?selected=${value === field}>${label}</option>`)}
      </select>
      <button class="button" aria-label="Search">${icon('search')}<span class="p3">Search</span></button>
      <button class="button icon" type="button" aria-label="Read again" title="Read again" @click=${this.begin}>${icon('refresh')}</button>
      <button class="button" type="button" ?disabled=${this.rows.length === 0} @click=${this.save} aria-label="Export" title="Export as NDJSON, which can be published again">${icon('download')}<span class="p3">Export</span></button>
    </form>`;
  }

  /** @param {Event} event */
  onTime(event) {
    const date = new Date(/** @type {HTMLInputElement} */ (event.target).value);
    if (!Number.isNaN(date.getTime())) {
      this.go({ from: date.toISOString() });
    }
  }

  /** @param {SubmitEvent} event */
  onSearch(event) {
    event.preventDefault();
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const field = String(form.get('field'));
    this.go({ q: String(form.get('q')), field: field === 'any' ? '' : field });
  }

  async unchoose() {
    if (this.chosen) {
      this.chosen = null;
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.querySelector('.records-scroll'))?.focus();
    }
  }

  nothingFound() {
    const { text, from, field } = this.wanted();
    if (text !== '') {
      return empty({
        icon: 'search',
        title: 'No record matches',
        text: html`${plural(this.scanned, 'record')} searched for “${text}”. ${field === 'filter' ? 'A number matches only numbers, and text only text.' : 'Search is literal and heeds case.'}`,
      });
    }
    return empty({
      icon: 'topics',
      title: from === 'newest' || from === 'earliest' ? 'The topic is empty' : 'There is nothing after this',
      text: from === 'newest' || from === 'earliest' ? 'Publish a record with the tab above, or with any client.' : 'Choose an earlier offset or time.',
    });
  }

  status() {
    const { text } = this.wanted();
    const searched = text === '' ? '' : ` of ${count(this.scanned)} searched`;
    return html`<div class="list-foot" role="status">
      <span>${plural(this.rows.length, 'record')}${searched}</span>
      ${
        this.busy
          ? html`<span class="faint">reading …</span><button class="button small" @click=${this.stop}>Stop</button>`
          : this.done
            ? html`<span class="faint">${this.pager?.newestFirst ? 'That is all.' : 'That is all for now.'}</span>`
            : this.rows.length >= ROWS_MAX
              ? html`<span class="faint">Choose another start or search to see others.</span>`
              : html`<button class="button small" @click=${this.more}>${this.pager?.newestFirst ? 'Older' : 'More'}</button>`
      }
    </div>`;
  }

  save() {
    const rows = this.rows;
    const blob = new Blob(rows.map((row) => exportLine(row) + '\n'), { type: 'application/x-ndjson' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = this.topic.name + '.ndjson';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    toast(`${plural(rows.length, 'record')} exported.`);
  }
}
customElements.define('tw-topic-messages', TopicMessages);

/**
 * What the node can look for by itself, as its filter; empty for the rest: the filter has no "or".
 * @param {{text: string, field: string}} wanted
 */
function nodesFilter({ text, field }) {
  if (text === '' || field === 'filter') {
    return text;
  }
  const expression = field === 'key' || field === 'value' ? `${field} contains ${JSON.stringify(text)}` : '';
  return expression.length <= FILTER_CHARS_MAX ? expression : '';
}

/** @param {{text: string, field: string}} wanted @returns {((row: Row) => boolean) | null} */
function matcher({ text, field }) {
  if (text === '') {
    return null;
  }
  return (row) =>
    ((field === 'any' || field === 'key') && row.key.text.includes(text)) ||
    ((field === 'any' || field === 'value') && row.value.text.includes(text)) ||
    (field === 'header' && row.headers.some((header) => header.name.includes(text) || header.value.text.includes(text)));
}

/** An instant for an input of local time. @param {string} instant */
function localInput(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) {
    return '';
  }
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
