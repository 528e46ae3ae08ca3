// @ts-check
/** One streams application: its topology as a live graph, its tasks, and its stores by key. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { badge, empty, failed, loading, showCurrentTab, trace } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { href } from '../router.js';
import { compact, count, plural, size, time } from '../format.js';
import { storeSizes, topologyGraph } from '../topology-model.js';
import '../graph/graph-view.js';

const TABS = /** @type {const} */ ([
  ['', 'Topology'],
  ['tasks', 'Tasks'],
  ['stores', 'Stores'],
]);
const ROWS_MAX = 100;

class StreamView extends View {
  static properties = {
    at: { attribute: false },
    node: { state: true },
    store: { state: true },
    key: { state: true },
    rows: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    this.tabShown = false;
    /** @type {import('../router.js').Place} */
    this.at = { path: ['streams', ''], query: new URLSearchParams() };
    this.node = '';
    this.store = '';
    this.key = '';
    /** @type {any} */
    this.rows = null;
    this.problem = '';
    this.stream = new Watch(this, () => url`/v1/streams/${this.name}`, { everyMillis: 2000 });
  }

  get name() {
    return this.at.path[1];
  }

  get tab() {
    return this.at.path[2] ?? '';
  }

  willUpdate() {
    this.className = this.tab === '' ? 'view fill' : 'view';
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('at') || !this.tabShown) {
      this.tabShown = this.querySelector('.tabs') !== null;
      showCurrentTab(this);
    }
  }

  render() {
    const stream = this.stream.value;
    if (!stream) {
      return this.stream.error ? this.missing(this.stream.error) : loading;
    }
    const metrics = stream.metrics ?? {};
    const failing = stream.tasks.filter((/** @type {any} */ task) => task.state === 'FAILED').length;
    return html`
      <div class="page-head"><h1>${this.name}</h1>${badge(stream.state)}${failing > 0 ? html`<span class="badge error">${failing} of ${plural(stream.tasks.length, 'task')} failed</span>` : nothing}
        <span class="muted">lag ${compact(stream.lag)} · ${compact(metrics.processedRecords)} processed · ${size(metrics.stateBytes)} of state</span>
        <div class="actions">
          ${stream.state === 'PAUSED' ? html`<button class="button" @click=${() => this.act('resume')}>${icon('play')}Resume</button>` : html`<button class="button" @click=${() => this.act('pause')}>${icon('pause')}Pause</button>`}
          ${failing > 0 || stream.state === 'FAILED' ? html`<button class="button" title="Tasks that failed are made anew from their last commit" @click=${() => this.act('restart')}>${icon('refresh')}Restart failed tasks</button>` : nothing}
        </div></div>
      ${failed(this.stream.error, 'The stream may be out of date.')}
      ${stream.failure ? html`<div class="notice error" role="alert"><strong>${stream.failure.message}</strong></div>${trace(stream.failure.trace)}` : nothing}
      <nav class="tabs" aria-label="Of this stream">
        ${TABS.map(([key, text]) => html`<a href=${href(['streams', this.name, ...(key ? [key] : [])])} aria-current=${key === this.tab ? 'page' : nothing}>${text}</a>`)}
      </nav>
      ${this.tab === 'tasks' ? this.tasks(stream) : this.tab === 'stores' ? this.stores(stream) : this.topology(stream)}`;
  }

  /** @param {any} stream */
  topology(stream) {
    const graph = topologyGraph(stream);
    const chosen = (stream.topology?.subTopologies ?? [])
      .flatMap((/** @type {any} */ sub) => sub.nodes.map((/** @type {any} */ node) => ({ ...node, sub: sub.id })))
      .find((/** @type {any} */ node) => node.id === this.node);
    return html`<div class="messages ${chosen ? 'split' : ''}">
      <div class="card graph-card messages-list"><tw-graph .nodes=${graph.nodes} .edges=${graph.edges} .chosen=${this.node}
        @choose=${(/** @type {CustomEvent} */ event) => (this.node = event.detail === this.node ? '' : event.detail)}></tw-graph></div>
      ${chosen ? this.operator(stream, chosen) : nothing}
    </div>`;
  }

  /** @param {any} stream @param {any} node */
  operator(stream, node) {
    const figures = stream.nodes?.[node.id] ?? {};
    const sizes = storeSizes(stream);
    return html`<div class="card record-detail">
      <div class="detail-head"><h2>${node.op}</h2><button class="button quiet icon" aria-label="Close operator" @click=${() => (this.node = '')}>${icon('close')}</button></div>
      <div class="detail-body">
        <dl class="facts">
          <dt>Id</dt><dd class="mono">${node.id}</dd><dt>Sub-topology</dt><dd>${node.sub}</dd>
          <dt>Records</dt><dd>${count(figures.records)}</dd>
          <dt>Key serde</dt><dd>${node.serdes?.key ?? '–'}</dd><dt>Value serde</dt><dd>${node.serdes?.value ?? '–'}</dd>
        </dl>
        ${Object.keys(node.params ?? {}).length > 0 ? html`<section><h3>Parameters</h3><pre class="code">${JSON.stringify(node.params, null, 2)}</pre></section>` : nothing}
        ${node.stores.map(
          (/** @type {string} */ name) => html`<section><h3>Store ${name}</h3><dl class="facts"><dt>Entries</dt><dd>${count(sizes.get(name)?.entries)}</dd><dt>Size</dt><dd>${size(sizes.get(name)?.bytes)}</dd></dl>
            <a class="button small" href=${href(['streams', this.name, 'stores'])} @click=${() => (this.store = name)}>Look into it</a></section>`,
        )}
      </div></div>`;
  }

  /** @param {any} stream */
  tasks(stream) {
    if (stream.tasks.length === 0) {
      return html`<div class="card">${empty({ icon: 'streams', title: 'No tasks run', text: 'Tasks start when the topics that the stream reads exist and the group has assigned them.' })}</div>`;
    }
    return html`<div class="card table-wrap"><table>
      <thead><tr><th>Task</th><th>State</th><th class="number">Lag</th><th class="number p2">Processed</th><th class="number p2">Failed</th><th class="number p3">Processor</th><th class="p3">Stream time</th><th class="number p2">State held</th></tr></thead>
      <tbody>${stream.tasks.map((/** @type {any} */ task) => html`<tr>
          <td class="mono">${task.id}</td>
          <td>${badge(task.state)}${task.restoreRemaining !== undefined ? html` <span class="faint">${compact(task.restoreRemaining)} left to restore</span>` : nothing}</td>
          <td class="number">${compact(task.lag)}</td><td class="number p2">${compact(task.processedRecords)}</td><td class="number p2">${count(task.failedRecords)}</td>
          <td class="number p3">${task.processor}</td><td class="p3">${time(task.streamTime)}</td>
          <td class="number p2">${size(task.stores.reduce((/** @type {number} */ sum, /** @type {any} */ store) => sum + store.bytes, 0))}</td>
        </tr>
        ${task.failure ? html`<tr><td colspan="8">${trace(task.failure.trace)}</td></tr>` : nothing}`)}</tbody></table></div>`;
  }

  /** @param {any} stream */
  stores(stream) {
    const sizes = storeSizes(stream);
    const names = [
      ...new Set([
        ...(stream.topology?.subTopologies ?? []).flatMap((/** @type {any} */ sub) => sub.stores.map((/** @type {any} */ store) => store.name)),
        ...(stream.globalTables ?? []).map((/** @type {any} */ table) => table.store),
      ]),
    ];
    if (names.length === 0) {
      return html`<div class="card">${empty({ icon: 'streams', title: 'The stream keeps no state', text: 'Counts, aggregates, joins and tables keep what they need in stores, which can be looked into here.' })}</div>`;
    }
    const store = names.includes(this.store) ? this.store : names[0];
    return html`<form class="toolbar" @submit=${(/** @type {Event} */ event) => this.query(event, store)}>
        <select aria-label="Store" @change=${(/** @type {Event} */ event) => {
          this.store = /** @type {HTMLSelectElement} */ (event.target).value;
          this.rows = null;
        }}>${names.map((name) => html`<option value=${name} ?selected=${name === store}>${name}${sizes.has(name) ? ` (${compact(sizes.get(name)?.entries)})` : ''}</option>`)}</select>
        <input class="grow" aria-label="Key" placeholder="Key; empty for any" spellcheck="false" .value=${this.key} @input=${(/** @type {InputEvent} */ event) => (this.key = /** @type {HTMLInputElement} */ (event.target).value)}>
        <button class="button">${icon('search')}Look up</button>
      </form>
      ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      ${this.rows === null ? nothing : this.found(this.rows)}`;
  }

  /** @param {any} answer */
  found(answer) {
    if (answer.rows.length === 0) {
      return html`<div class="card">${empty({ icon: 'search', title: 'Nothing has this key', text: 'Keys are compared whole. Leave the key empty to see some rows.' })}</div>`;
    }
    const windowed = answer.rows.some((/** @type {any} */ row) => row.start !== undefined);
    return html`<div class="card table-wrap"><table>
      <thead><tr><th>Key</th>${windowed ? html`<th class="p2">Window</th>` : nothing}<th>Value</th><th class="p2">Time</th></tr></thead>
      <tbody>${answer.rows.toSorted(byKeyAndWindow).map((/** @type {any} */ row) => html`<tr>
        <td class="mono break">${text(row.key)}</td>
        ${windowed ? html`<td class="p2 whole">${row.start === undefined ? nothing : html`from ${moment(row.start)}${row.end === undefined ? nothing : html`<br>to ${moment(row.end)}`}`}</td>` : nothing}
        <td class="mono break">${text(row.value)}</td><td class="p2 whole">${moment(row.timestamp)}</td></tr>`)}</tbody>
    </table></div>${answer.limited ? html`<p class="muted">There may be more rows than these ${count(answer.rows.length)}.</p>` : nothing}`;
  }

  /** @param {Event} event @param {string} store */
  async query(event, store) {
    event.preventDefault();
    this.problem = '';
    try {
      const search = new URLSearchParams({ limit: String(ROWS_MAX), ...(this.key === '' ? {} : { key: this.key }) });
      this.rows = await call(url`/v1/streams/${this.name}/stores/${store}` + '?' + search);
    } catch (failure) {
      this.rows = null;
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }

  /** @param {'pause' | 'resume' | 'restart'} command */
  async act(command) {
    try {
      await call(url`/v1/streams/${this.name}/${command}`, { method: 'POST' });
    } catch (failure) {
      toast(failure instanceof ApiError ? failure.message : String(failure), 'error');
    }
    refresh();
  }

  /** @param {ApiError} error */
  missing(error) {
    return error.status === 404
      ? html`<div class="empty">${icon('streams')}<h2>There is no stream ${this.name}</h2><p>It does not run on this node. <a href=${href(['streams'])}>See all streams</a>.</p></div>`
      : failed(error, 'The stream could not be loaded.');
  }
}
customElements.define('tw-stream', StreamView);

/** @param {unknown} value */
function text(value) {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Without milliseconds where there are none, as at the begin of most windows. @param {number} millis */
function moment(millis) {
  return time(millis).replace(/\.000$/, '');
}

/** A store has no order of its own. @param {any} a @param {any} b */
function byKeyAndWindow(a, b) {
  const [one, other] = [String(a.key), String(b.key)];
  return one < other ? -1 : one > other ? 1 : (a.start ?? 0) - (b.start ?? 0);
}
