// @ts-check
/** One connector: its tasks with what went wrong, its offsets and its configuration. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { badge, empty, failed, loading, showCurrentTab, trace } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { href, navigate } from '../router.js';
import { compact, rate } from '../format.js';
import { flowWatch } from '../flow-model.js';
import './connector-form.js';

const TABS = /** @type {const} */ ([
  ['', 'Tasks'],
  ['offsets', 'Offsets'],
  ['config', 'Configuration'],
]);

class Connector extends View {
  static properties = { at: { attribute: false }, deleting: { state: true }, problem: { state: true }, busy: { state: true }, resetting: { state: true } };

  constructor() {
    super();
    this.tabShown = false;
    /** @type {import('../router.js').Place} */
    this.at = { path: ['connectors', ''], query: new URLSearchParams() };
    this.deleting = false;
    this.resetting = false;
    this.problem = '';
    this.busy = false;
    this.status = new Watch(this, () => url`/connect/connectors/${this.name}/status`, { everyMillis: 2000 });
    this.config = new Watch(this, () => (this.tab === 'config' ? url`/connect/connectors/${this.name}/config` : null), { everyMillis: 10_000 });
    this.offsets = new Watch(this, () => (this.tab === 'offsets' ? url`/connect/connectors/${this.name}/offsets` : null), { everyMillis: 2000 });
    this.topics = new Watch(this, () => url`/connect/connectors/${this.name}/topics`, { everyMillis: 5000 });
    this.flow = flowWatch(this);
  }

  get name() {
    return this.at.path[1];
  }

  get tab() {
    return this.at.path[2] ?? '';
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('at') || !this.tabShown) {
      this.tabShown = this.querySelector('.tabs') !== null;
      showCurrentTab(this);
    }
  }

  render() {
    const status = this.status.value;
    if (!status) {
      return this.status.error ? this.missing(this.status.error) : loading;
    }
    const state = status.connector.state;
    const wrong = status.tasks.some((/** @type {any} */ task) => task.state === 'FAILED') || state === 'FAILED';
    const figures = this.flow.value?.nodes.find((/** @type {any} */ node) => node.kind === 'connector' && node.name === this.name)?.figures;
    const topics = this.topics.value?.[this.name]?.topics ?? [];
    return html`
      <div class="page-head">
        <h1>${this.name}</h1>${badge(wrong ? 'FAILED' : state)}<span class="muted">${status.type}${figures?.recordsPerSecond !== undefined ? ' · ' + rate(figures.recordsPerSecond) : ''}${figures?.lag !== undefined ? ' · lag ' + compact(figures.lag) : ''}</span>
        <div class="actions">
          ${
            state === 'PAUSED' || state === 'STOPPED'
              ? html`<button class="button" ?disabled=${this.busy} @click=${() => this.act('PUT', 'resume', 'resumed')}>${icon('play')}Resume</button>`
              : html`<button class="button" ?disabled=${this.busy} @click=${() => this.act('PUT', 'pause', 'paused')}>${icon('pause')}Pause</button>`
          }
          ${state === 'STOPPED' ? nothing : html`<button class="button" ?disabled=${this.busy} @click=${() => this.act('PUT', 'stop', 'stopped')}>Stop</button>`}
          <button class="button" ?disabled=${this.busy} @click=${() => this.act('POST', 'restart?includeTasks=true', 'restarted')}>${icon('refresh')}Restart</button>
          <button class="button danger icon" aria-label="Delete connector" title="Delete connector" @click=${() => (this.deleting = true)}>${icon('trash')}</button>
        </div>
      </div>
      ${failed(this.status.error, 'The connector may be out of date.')}
      ${topics.length > 0 ? html`<div class="toolbar"><span class="muted">Topics</span><div class="chips">${topics.map((/** @type {string} */ topic) => html`<a class="chip" href=${href(['topics', topic])}><span>${topic}</span></a>`)}</div></div>` : nothing}
      <nav class="tabs" aria-label="Of this connector">
        ${TABS.map(([key, text]) => html`<a href=${href(['connectors', this.name, ...(key ? [key] : [])])} aria-current=${key === this.tab ? 'page' : nothing}>${text}</a>`)}
      </nav>
      ${this.tab === 'config' ? this.configuration() : this.tab === 'offsets' ? this.positions(state) : this.tasks(status)}
      ${
        this.deleting
          ? html`<tw-confirm-by-name .heading=${'Delete this connector?'} .name=${this.name} .action=${'Delete connector'} .problem=${this.problem}
              .text=${'Its tasks stop and its configuration is gone. What it brought into topics stays.'} @close=${() => {
                this.deleting = false;
                this.problem = '';
              }} @confirm=${this.deleteConnector}></tw-confirm-by-name>`
          : nothing
      }
      ${
        this.resetting
          ? html`<tw-confirm-by-name .heading=${'Forget its offsets?'} .name=${this.name} .action=${'Forget offsets'} .problem=${this.problem}
              .text=${'When it is resumed it begins at the beginning, and brings in again what it brought before.'} @close=${() => {
                this.resetting = false;
                this.problem = '';
              }} @confirm=${this.forget}></tw-confirm-by-name>`
          : nothing
      }`;
  }

  /** @param {any} status */
  tasks(status) {
    return html`<div class="stack">
      ${status.connector.trace ? html`<div class="card pad"><h3>The connector failed</h3>${trace(status.connector.trace)}</div>` : nothing}
      ${
        status.tasks.length === 0
          ? html`<div class="card">${empty({ icon: 'connectors', title: 'No tasks run', text: status.connector.state === 'STOPPED' ? 'The connector is stopped. Resume it to start its tasks.' : 'The connector has made no tasks yet.' })}</div>`
          : html`<div class="card table-wrap"><table>
              <thead><tr><th>Task</th><th>State</th><th class="p2">Worker</th><th></th></tr></thead>
              <tbody>${status.tasks.map(
                (/** @type {any} */ task) => html`<tr><td>${task.id}</td><td>${badge(task.state)}</td><td class="mono p2">${task.worker_id}</td>
                  <td class="number"><button class="button small" @click=${() => this.act('POST', `tasks/${task.id}/restart`, `restarted task ${task.id}`)}>Restart</button></td></tr>
                  ${task.trace ? html`<tr><td colspan="4">${trace(task.trace)}</td></tr>` : nothing}`,
              )}</tbody></table></div>`
      }
    </div>`;
  }

  /** @param {string} state */
  positions(state) {
    if (!this.offsets.value) {
      return this.offsets.error ? failed(this.offsets.error, 'The offsets could not be loaded.') : loading;
    }
    const offsets = this.offsets.value.offsets;
    return html`<div class="toolbar"><span class="muted">Where it stands in what it reads.</span>
        <button class="button small push" ?disabled=${state !== 'STOPPED'} title=${state === 'STOPPED' ? '' : 'Stop the connector first'} @click=${() => (this.resetting = true)}>Forget offsets</button></div>
      ${
        offsets.length === 0
          ? html`<div class="card">${empty({ icon: 'connectors', title: 'Nothing is stored yet', text: 'A connector stores where it stands once it has moved its first records.' })}</div>`
          : html`<div class="card table-wrap"><table><thead><tr><th>Part</th><th>Stands at</th></tr></thead>
              <tbody>${offsets.map((/** @type {any} */ one) => html`<tr><td class="mono break">${line(one.partition)}</td><td class="mono break">${line(one.offset)}</td></tr>`)}</tbody></table></div>`
      }`;
  }

  configuration() {
    if (!this.config.value) {
      return this.config.error ? failed(this.config.error, 'The configuration could not be loaded.') : loading;
    }
    const config = Object.fromEntries(Object.entries(this.config.value).filter(([key]) => key !== 'name'));
    return html`<tw-connector-form .name=${this.name} .given=${config}></tw-connector-form>`;
  }

  /** @param {ApiError} error */
  missing(error) {
    return error.status === 404
      ? html`<div class="empty">${icon('connectors')}<h2>There is no connector ${this.name}</h2><p>It may have been deleted. <a href=${href(['connectors'])}>See all connectors</a>.</p></div>`
      : failed(error, 'The connector could not be loaded.');
  }

  /** @param {string} method @param {string} path @param {string} done */
  async act(method, path, done) {
    this.busy = true;
    try {
      await call(url`/connect/connectors/${this.name}/` + path, { method });
      toast(`${this.name} was ${done}.`);
    } catch (failure) {
      toast(failure instanceof ApiError ? failure.message : String(failure), 'error');
    } finally {
      this.busy = false;
      refresh();
    }
  }

  async deleteConnector() {
    this.problem = '';
    try {
      await call(url`/connect/connectors/${this.name}`, { method: 'DELETE' });
      toast(`Connector ${this.name} was deleted.`);
      navigate(href(['connectors']));
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }

  async forget() {
    this.problem = '';
    try {
      await call(url`/connect/connectors/${this.name}/offsets`, { method: 'DELETE' });
      toast(`The offsets of ${this.name} are forgotten.`);
      this.resetting = false;
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }
}
customElements.define('tw-connector', Connector);

/** @param {unknown} value */
function line(value) {
  return value !== null && typeof value === 'object'
    ? Object.entries(value)
        .map(([key, one]) => `${key}: ${typeof one === 'object' ? JSON.stringify(one) : one}`)
        .join(', ')
    : String(value);
}
