// @ts-check
/** Records as they arrive. What is too fast to be shown is counted, and said. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { tail } from '../live.js';
import { count, rate } from '../format.js';
import '../components/record-list.js';
import '../components/record-detail.js';

/** @typedef {import('../records.js').Row} Row */

const ROWS_MAX = 2000;
const RATE_MILLIS = 1000;

class TopicLive extends View {
  static properties = {
    name: {},
    rows: { state: true },
    paused: { state: true },
    chosen: { state: true },
    problem: { state: true },
    shownCount: { state: true },
    notShown: { state: true },
    perSecond: { state: true },
    subscribed: { state: true },
  };

  constructor() {
    super();
    this.name = '';
    this.reset();
    /** @type {ReturnType<typeof tail> | null} */
    this.tail = null;
    this.following = '';
  }

  reset() {
    /** @type {Row[]} newest first */
    this.rows = [];
    /** @type {Row[]} */
    this.waiting = [];
    this.paused = false;
    /** @type {Row | null} */
    this.chosen = null;
    this.problem = '';
    this.shownCount = 0;
    this.notShown = 0;
    this.perSecond = 0;
    this.received = 0;
    this.rateReceived = 0;
    this.rateMillis = performance.now();
    this.subscribed = false;
    this.frame = 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stop();
  }

  stop() {
    this.tail?.stop();
    this.tail = null;
    this.following = '';
    cancelAnimationFrame(this.frame);
    clearInterval(this.rateTimer);
  }

  willUpdate() {
    if (this.isConnected && this.following !== this.name) {
      this.stop();
      this.reset();
      this.following = this.name;
      this.tail = tail([this.name], 'latest', (message) => this.onMessage(message));
      this.rateTimer = setInterval(() => this.measure(), RATE_MILLIS);
    }
  }

  /** @param {any} message */
  onMessage(message) {
    if (message.type === 'subscribed') {
      this.subscribed = true;
      this.problem = '';
    } else if (message.type === 'problem') {
      this.problem = message.problem.detail;
    } else {
      this.received += message.received;
      this.waiting.push({ rows: message.rows, notShown: message.notShown });
      if (this.frame === 0) {
        this.frame = requestAnimationFrame(() => this.admit());
      }
    }
  }

  /** Once in a frame, whatever has come. */
  admit() {
    this.frame = 0;
    /** @type {Row[]} */
    const fresh = [];
    for (const part of this.waiting) {
      fresh.push(...part.rows);
      this.notShown += part.notShown;
    }
    this.waiting = [];
    this.shownCount += fresh.length;
    if (fresh.length > 0) {
      this.rows = [...fresh.reverse(), ...this.rows].slice(0, ROWS_MAX);
      /** @type {any} */ (this.querySelector('tw-record-list'))?.shifted(fresh.length);
    }
  }

  measure() {
    const now = performance.now();
    this.perSecond = ((this.received - this.rateReceived) / (now - this.rateMillis)) * 1000;
    this.rateReceived = this.received;
    this.rateMillis = now;
  }

  render() {
    return html`<div class="messages ${this.chosen ? 'split' : ''}">
      <div class="card messages-list">
        <div class="tail-status" role="group" aria-label="Live tail">
          <button class="button small ${this.paused ? 'on' : ''}" aria-pressed=${this.paused} @click=${this.toggle}>
            ${icon(this.paused ? 'play' : 'pause')}${this.paused ? 'Resume' : 'Pause'}</button>
          <button class="button small quiet" @click=${this.clear}>Clear</button>
          <span><b class="tail-rate">${rate(this.perSecond)}</b></span>
          <span><b class="tail-shown" data-count=${this.shownCount}>${count(this.shownCount)}</b> shown</span>
          <span title="They came faster than anyone can read, or while paused. They are in the topic: see Messages."><b class="tail-not-shown" data-count=${this.notShown}>${count(this.notShown)}</b> not shown</span>
          ${this.subscribed ? html`<span class="tail-subscribed visually-hidden">following</span>` : html`<span class="faint">subscribing …</span>`}
        </div>
        ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
        ${
          this.rows.length === 0
            ? html`<div class="empty">${icon('streams')}<h2>${this.paused ? 'Paused' : 'Waiting for records'}</h2>
                <p>${this.paused ? 'Records that arrive are counted. Resume to see them.' : 'What is published from now on appears here.'}</p></div>`
            : html`<tw-record-list .rows=${this.rows} .chosen=${this.chosen}
                @choose=${(/** @type {CustomEvent} */ event) => (this.chosen = event.detail)}></tw-record-list>`
        }
      </div>
      ${this.chosen ? html`<tw-record-detail class="card record-detail" .topic=${this.name} .row=${this.chosen} @close=${() => (this.chosen = null)}></tw-record-detail>` : nothing}
    </div>`;
  }

  toggle() {
    this.paused = !this.paused;
    this.tail?.pause(this.paused);
  }

  clear() {
    this.rows = [];
    this.chosen = null;
    this.shownCount = 0;
    this.notShown = 0;
  }
}
customElements.define('tw-topic-live', TopicLive);
