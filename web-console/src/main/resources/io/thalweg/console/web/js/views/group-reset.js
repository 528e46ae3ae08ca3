// @ts-check
/** Moves a group's offsets in three steps: what and where to, what would change, done. Nothing changes before the last. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { call, url, ApiError } from '../api.js';
import { refresh } from '../live.js';
import { count, plural } from '../format.js';

/** @typedef {'earliest' | 'latest' | 'time' | 'offset' | 'shift'} Target */

const TARGETS = /** @type {[Target, string, string][]} */ ([
  ['earliest', 'The beginning', 'reads everything again'],
  ['latest', 'The end', 'skips what is unread'],
  ['time', 'A time', 'the first record at or after it'],
  ['offset', 'An offset', 'the same in each partition'],
  ['shift', 'By records', 'forwards, or back with a minus'],
]);

class GroupReset extends View {
  static properties = {
    group: { attribute: false },
    topic: { state: true },
    partitions: { state: true },
    target: { state: true },
    value: { state: true },
    step: { state: true },
    changes: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  constructor() {
    super();
    /** @type {any} */
    this.group = null;
    this.topic = '';
    this.partitions = '';
    /** @type {Target} */
    this.target = 'earliest';
    this.value = '';
    /** @type {'choose' | 'preview' | 'done'} */
    this.step = 'choose';
    /** @type {any[]} */
    this.changes = [];
    this.problem = '';
    this.busy = false;
  }

  /** @returns {string[]} */
  topics() {
    return [...new Set(/** @type {string[]} */ (this.group.offsets.map((/** @type {any} */ one) => one.topic)))];
  }

  body() {
    const one = (/** @type {string} */ topic) => {
      /** @type {Record<string, any>} */
      const reset = { topic };
      if (this.partitions.trim() !== '') {
        reset.partitions = this.partitions.split(',').map((text) => Number(text.trim()));
      }
      switch (this.target) {
        case 'time':
          reset.to = new Date(this.value).toISOString();
          break;
        case 'offset':
          reset.to = Number(this.value);
          break;
        case 'shift':
          reset.shift = Number(this.value);
          break;
        default:
          reset.to = this.target;
      }
      return reset;
    };
    return { resets: (this.topic === '' ? this.topics() : [this.topic]).map(one) };
  }

  wrong() {
    if (this.partitions.trim() !== '' && !/^\s*\d+\s*(,\s*\d+\s*)*$/.test(this.partitions)) {
      return 'Partitions are numbers with commas between them, for example 0, 2.';
    }
    if (this.target === 'time' && Number.isNaN(new Date(this.value).getTime())) {
      return 'Choose a time.';
    }
    if (this.target === 'offset' && !/^\d+$/.test(this.value)) {
      return 'An offset is a whole number from 0 on.';
    }
    if (this.target === 'shift' && !/^[-+]?\d+$/.test(this.value)) {
      return 'Give a whole number, such as -100.';
    }
    return '';
  }

  render() {
    const steps = /** @type {const} */ ([['choose', 'Choose'], ['preview', 'Compare'], ['done', 'Done']]);
    return html`<tw-dialog .heading=${'Move offsets of ' + this.group.groupId} @close=${() => this.dispatchEvent(new Event('close'))}
      .body=${html`<div class="dialog-body">
        <ol class="steps">${steps.map(([key, text], i) => html`<li aria-current=${key === this.step ? 'step' : nothing}><span>${i + 1}</span>${text}</li>`)}</ol>
        ${this.step === 'choose' ? this.choose() : this.step === 'preview' ? this.preview() : this.finished()}
        ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
      </div>`}
      .foot=${this.foot()}></tw-dialog>`;
  }

  choose() {
    const topics = this.topics();
    return html`
      <div class="form-row">
        <div class="field"><label for="reset-topic">Topic</label>
          <select id="reset-topic" @change=${(/** @type {Event} */ event) => (this.topic = /** @type {HTMLSelectElement} */ (event.target).value)}>
            <option value="">All ${topics.length > 1 ? topics.length + ' topics' : ''}</option>
            ${topics.map((topic) => html`<option value=${topic} ?selected=${topic === this.topic}>${topic}</option>`)}
          </select></div>
        <div class="field"><label for="reset-partitions">Partitions</label>
          <input id="reset-partitions" placeholder="all" .value=${this.partitions} @input=${(/** @type {InputEvent} */ event) => (this.partitions = /** @type {HTMLInputElement} */ (event.target).value)}></div>
      </div>
      <fieldset class="choices"><legend>Move to</legend>
        ${TARGETS.map(
          ([key, text, hint]) => html`<label class="choice"><input type="radio" name="target" value=${key} .checked=${key === this.target} @change=${() => {
            this.target = key;
            this.value = key === 'time' ? localNow() : '';
          }}><span>${text}</span><span class="faint">${hint}</span></label>`,
        )}
      </fieldset>
      ${
        this.target === 'earliest' || this.target === 'latest'
          ? nothing
          : html`<div class="field"><label for="reset-value">${this.target === 'time' ? 'Time' : this.target === 'offset' ? 'Offset' : 'Records'}</label>
              <input id="reset-value" type=${this.target === 'time' ? 'datetime-local' : 'text'} step="1" .value=${this.value} @input=${(/** @type {InputEvent} */ event) => (this.value = /** @type {HTMLInputElement} */ (event.target).value)}></div>`
      }
      ${this.wrong() ? html`<p class="hint faint">${this.wrong()}</p>` : nothing}`;
  }

  preview() {
    const members = this.group.members.length;
    return html`
      ${members > 0 ? html`<p class="notice warn">The group has ${members === 1 ? 'a member' : members + ' members'}. Stop ${members === 1 ? 'it' : 'them'} first: offsets are moved only while nobody reads.</p>` : nothing}
      <p class="muted">Nothing has changed yet. This is what the node would do:</p>
      <div class="table-wrap reset-changes"><table>
        <thead><tr><th>Partition</th><th class="number">From</th><th class="number">To</th><th class="number">Difference</th></tr></thead>
        <tbody>${this.changes.map((change) => html`<tr>
          <td class="break">${change.topic} <span class="muted">${change.partition}</span></td>
          <td class="number">${change.from === null ? html`<span class="faint">none</span>` : count(change.from)}</td><td class="number">${count(change.to)}</td>
          <td class="number">${difference(change)}</td></tr>`)}</tbody>
      </table></div>`;
  }

  finished() {
    return html`<p class="notice ok" role="status">The offsets of ${plural(this.changes.length, 'partition')} were moved. Members that join now start there.</p>`;
  }

  foot() {
    switch (this.step) {
      case 'choose':
        return html`<div class="dialog-foot"><button class="button" @click=${() => this.dispatchEvent(new Event('close'))}>Cancel</button>
          <button class="button primary" ?disabled=${this.busy || this.wrong() !== ''} @click=${() => this.send(true)}>Compare</button></div>`;
      case 'preview':
        return html`<div class="dialog-foot"><button class="button" @click=${() => (this.step = 'choose')}>Back</button>
          <button class="button danger primary" ?disabled=${this.busy || this.group.members.length > 0} @click=${() => this.send(false)}>Move offsets</button></div>`;
      default:
        return html`<div class="dialog-foot"><button class="button primary" @click=${() => this.dispatchEvent(new Event('close'))}>Close</button></div>`;
    }
  }

  /** @param {boolean} dryRun */
  async send(dryRun) {
    this.busy = true;
    this.problem = '';
    try {
      const answer = await call(url`/v1/groups/${this.group.groupId}/offsets` + (dryRun ? '?dryRun=true' : ''), {
        method: 'PATCH',
        body: this.body(),
      });
      this.changes = answer.changes;
      this.step = dryRun ? 'preview' : 'done';
      if (!dryRun) {
        refresh();
      }
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    } finally {
      this.busy = false;
    }
  }
}
customElements.define('tw-group-reset', GroupReset);

/** @param {{from: number | null, to: number}} change */
function difference(change) {
  if (change.from === null) {
    return '–';
  }
  const by = change.to - change.from;
  return by === 0 ? html`<span class="faint">none</span>` : (by > 0 ? '+' : '−') + count(Math.abs(by));
}

function localNow() {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
