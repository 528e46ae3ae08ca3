// @ts-check
/** All topics: size, rate, who reads them and how far behind. */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { empty, firstRows, leftOut, watched } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, ApiError } from '../api.js';
import { href, navigate } from '../router.js';
import { byteRate, compact, count, duration, plural, rate, size } from '../format.js';
import { flowWatch, isInternal, SECTIONS, SPAN_HINT, topicFigures } from '../flow-model.js';

const NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/** @typedef {'name' | 'partitions' | 'size' | 'rate' | 'lag'} SortKey */

class Topics extends View {
  static properties = {
    at: { attribute: false },
    query: { state: true },
    internal: { state: true },
    sort: { state: true },
    creating: { state: true },
  };

  constructor() {
    super();
    /** @type {import('../router.js').Place} */
    this.at = { path: ['topics'], query: new URLSearchParams() };
    this.query = '';
    this.internal = false;
    /** @type {{key: SortKey, down: boolean}} */
    this.sort = { key: 'name', down: false };
    this.creating = false;
    this.topics = new Watch(this, () => '/v1/topics' + (this.internal ? '?internal=true' : ''), { everyMillis: 4000 });
    this.flow = flowWatch(this, () => this.internal);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('at')) {
      this.query = this.at.query.get('q') ?? '';
      this.internal = this.at.query.get('internal') === 'true';
      this.creating ||= this.at.query.get('new') === 'true';
    }
  }

  keep() {
    navigate(href(['topics'], { q: this.query, internal: this.internal ? 'true' : '' }), { replace: true });
  }

  render() {
    return html`
      <div class="page-head">
        <h1>Topics</h1>
        <div class="actions">
          <button class="button primary" @click=${() => (this.creating = true)}>${icon('plus')}New topic</button>
        </div>
      </div>
      ${watched(this.topics, 'The topics', (value) => this.list(value.topics))}
      ${this.creating ? html`<tw-new-topic @close=${() => (this.creating = false)}></tw-new-topic>` : nothing}
    `;
  }

  /** @param {any[]} all */
  list(all) {
    const topics = this.internal ? all : all.filter((topic) => !isInternal(topic));
    if (topics.length === 0) {
      return html`<div class="card">${empty({
        icon: 'topics',
        title: 'There are no topics yet',
        text: 'A topic is created when something is first published to it, or with the button above. Try it from a shell:',
        action: html`<pre class="mono">curl -d 'Hello' -H 'Content-Type: text/plain' ${location.origin}/v1/topics/greetings/records</pre>
          <label class="check"><input type="checkbox" .checked=${this.internal} @change=${this.onInternal}>Show internal topics</label>`,
      })}</div>`;
    }
    const figures = topicFigures(this.flow.value);
    const words = this.query.toLowerCase();
    const rows = topics
      .filter((topic) => topic.name.toLowerCase().includes(words))
      .map((topic) => ({ topic, at: figures.get(topic.name) }));
    rows.sort((a, b) => compare(a, b, this.sort.key) * (this.sort.down ? -1 : 1));
    return html`
      <div class="toolbar">
        <input class="search" type="search" placeholder="Filter by name" aria-label="Filter topics by name" .value=${this.query}
          @input=${(/** @type {InputEvent} */ event) => {
            this.query = /** @type {HTMLInputElement} */ (event.target).value;
            this.keep();
          }}>
        <label class="check"><input type="checkbox" .checked=${this.internal} @change=${this.onInternal}>Internal</label>
        <span class="muted push">${plural(rows.length, 'topic')}</span>
      </div>
      <div class="card table-wrap"><table class="named">
        <thead><tr>
          ${this.head('name', 'Name')}
          ${this.head('partitions', 'Partitions', 'number p2')}
          <th class="number p2" title=${SPAN_HINT}>Offsets</th>
          ${this.head('size', 'Size', 'number')}
          ${this.head('rate', 'In', 'number')}
          <th class="number p3">Bytes in</th>
          <th class="p3">Read by</th>
          ${this.head('lag', 'Lag', 'number')}
        </tr></thead>
        <tbody>${repeat(firstRows(rows), (row) => row.topic.name, (row) => this.row(row.topic, row.at))}</tbody>
      </table>
      ${leftOut(rows.length, 'Filter by name to see others.')}
      ${rows.length === 0 ? empty({ icon: 'search', title: 'No topic has this in its name', text: 'Change the filter above.' }) : nothing}
      </div>`;
  }

  /** @param {SortKey} key @param {string} text @param {string} [classes] */
  head(key, text, classes = '') {
    const on = this.sort.key === key;
    return html`<th class=${classes} aria-sort=${on ? (this.sort.down ? 'descending' : 'ascending') : nothing}>
      <button class="sort" @click=${() => (this.sort = { key, down: on ? !this.sort.down : key !== 'name' })}>${text}${on ? (this.sort.down ? ' ↓' : ' ↑') : ''}</button></th>`;
  }

  /** @param {any} topic @param {import('../flow-model.js').TopicFigures | undefined} at */
  row(topic, at) {
    return html`<tr>
      <td class="name"><a href=${href(['topics', topic.name])}>${topic.name}</a>${isInternal(topic) ? html` <span class="badge plain">internal</span>` : nothing}</td>
      <td class="number p2">${count(topic.partitionCount)}</td>
      <td class="number p2">${compact(at?.records)}</td>
      <td class="number">${size(at?.sizeBytes)}</td>
      <td class="number">${rate(at?.recordsPerSecond)}</td>
      <td class="number p3">${byteRate(at?.bytesPerSecond)}</td>
      <td class="p3"><div class="chips">${(at?.readers ?? []).slice(0, 3).map(
        (reader) => html`<a class="chip" href=${href([SECTIONS[reader.kind], reader.name])} title=${reader.kind + ' ' + reader.name}>${icon(SECTIONS[reader.kind])}<span>${reader.name}</span></a>`,
      )}${at && at.readers.length > 3 ? html`<a class="chip" href=${href(['topics', topic.name, 'groups'])} title="All readers">+${at.readers.length - 3}</a>` : nothing}</div></td>
      <td class="number">${at?.lag === undefined ? html`<span class="faint">–</span>` : html`<span title=${duration(at.lagSeconds)}>${compact(at.lag)}</span>`}</td>
    </tr>`;
  }

  onInternal() {
    this.internal = !this.internal;
    this.keep();
  }
}
customElements.define('tw-topics', Topics);

/** @param {any} a @param {any} b @param {SortKey} key */
function compare(a, b, key) {
  const byName = a.topic.name < b.topic.name ? -1 : 1;
  switch (key) {
    case 'partitions':
      return a.topic.partitionCount - b.topic.partitionCount || byName;
    case 'size':
      return (a.at?.sizeBytes ?? 0) - (b.at?.sizeBytes ?? 0) || byName;
    case 'rate':
      return (a.at?.recordsPerSecond ?? 0) - (b.at?.recordsPerSecond ?? 0) || byName;
    case 'lag':
      return (a.at?.lag ?? 0) - (b.at?.lag ?? 0) || byName;
    default:
      return byName;
  }
}

const CLEANUP = [
  ['', "The node's default"],
  ['delete', 'Delete what is old'],
  ['compact', 'Keep the newest record of each key'],
  ['compact,delete', 'Both'],
];

class NewTopic extends View {
  static properties = {
    name: { state: true },
    partitions: { state: true },
    cleanup: { state: true },
    retention: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  constructor() {
    super();
    this.name = '';
    this.partitions = '';
    this.cleanup = '';
    this.retention = '';
    this.problem = '';
    this.busy = false;
  }

  wrongName() {
    return this.name !== '' && (!NAME.test(this.name) || this.name === '.' || this.name === '..')
      ? 'Letters, digits, dot, underscore and dash; at most 249 characters.'
      : '';
  }

  render() {
    const wrong = this.wrongName();
    const bind = (/** @type {'name' | 'partitions' | 'cleanup' | 'retention'} */ key) => (/** @type {Event} */ event) => {
      this[key] = /** @type {HTMLInputElement} */ (event.target).value;
      this.problem = '';
    };
    return html`<tw-dialog @close=${() => this.dispatchEvent(new Event('close'))} .heading=${'New topic'}
      .body=${html`<form id="new-topic" class="dialog-body" @submit=${(/** @type {Event} */ event) => this.create(event)}>
        <div class="field">
          <label for="topic-name">Name</label>
          <input id="topic-name" autofocus required autocomplete="off" spellcheck="false" .value=${this.name} @input=${bind('name')}
            aria-invalid=${wrong ? 'true' : 'false'} aria-describedby="topic-name-hint">
          <span id="topic-name-hint" class=${wrong ? 'wrong' : 'hint'}>${wrong || 'Cannot be changed later.'}</span>
        </div>
        <div class="form-row">
          <div class="field"><label for="topic-partitions">Partitions</label>
            <input id="topic-partitions" type="number" min="1" placeholder="default" .value=${this.partitions} @input=${bind('partitions')}></div>
          <div class="field"><label for="topic-retention">Keep for (hours)</label>
            <input id="topic-retention" type="number" min="-1" placeholder="default" .value=${this.retention} @input=${bind('retention')}></div>
        </div>
        <div class="field"><label for="topic-cleanup">Old records</label>
          <select id="topic-cleanup" @change=${bind('cleanup')}>${CLEANUP.map(([value, text]) => html`<option value=${value} ?selected=${value === this.cleanup}>${text}</option>`)}</select></div>
        ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      </form>`}
      .foot=${html`<div class="dialog-foot">
        <button class="button" type="button" @click=${() => this.dispatchEvent(new Event('close'))}>Cancel</button>
        <button class="button primary" form="new-topic" ?disabled=${this.busy || this.name === '' || wrong !== ''}>Create topic</button>
      </div>`}></tw-dialog>`;
  }

  /** @param {Event} event */
  async create(event) {
    event.preventDefault();
    this.busy = true;
    /** @type {Record<string, string>} */
    const configs = {};
    if (this.cleanup) {
      configs['cleanup.policy'] = this.cleanup;
    }
    if (this.retention !== '') {
      const hours = Number(this.retention);
      configs['retention.ms'] = hours < 0 ? '-1' : String(Math.round(hours * 3_600_000));
    }
    try {
      await call('/v1/topics', {
        method: 'POST',
        body: { name: this.name, ...(this.partitions ? { partitions: Number(this.partitions) } : {}), configs },
      });
      toast(`Topic ${this.name} was created.`);
      refresh();
      navigate(href(['topics', this.name]));
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('tw-new-topic', NewTopic);
