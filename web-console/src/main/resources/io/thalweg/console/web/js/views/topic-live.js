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
/** So that 2,000 records of a megabyte each do not fill the browser's memory. */
const CHARS_MAX = 32_000_000;
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
    /** @type {Row[]} oldest first; until the next frame */
    this.waiting = [];
    this.paused = false;
    /** @type {Row | null} */
    this.chosen = null;
    this.problem = '';
    this.shownCount = 0;
    this.notShown = 0;
    /** not shown, and not yet said so */
    this.uncounted = 0;
    /** @type {number | undefined} until it is known */
    this.perSecond = undefined;
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
      this.rateReceived = this.received;
      this.rateMillis = performance.now();
      this.subscribed = true;
      this.problem = '';
    } else if (message.type === 'problem') {
      this.problem = message.problem.detail;
    } else {
      this.received += message.received;
      this.uncounted += message.notShown;
      this.waiting.push(...message.rows);
      // A tab that nobody sees draws no frames, for hours.
      if (this.waiting.length > ROWS_MAX) {
        this.uncounted += this.waiting.length - ROWS_MAX;
        this.waiting = this.waiting.slice(-ROWS_MAX);
      }
      if (this.frame === 0) {
        this.frame = requestAnimationFrame(() => this.admit());
      }
    }
  }

  /** Once in a frame, whatever has come. */
  admit() {
    this.frame = 0;
    const fresh = this.waiting;
    this.waiting = [];
    this.notShown += this.uncounted;
    this.uncounted = 0;
    this.shownCount += fresh.length;
    if (fresh.length > 0) {
      this.rows = newest([...fresh.reverse(), ...this.rows]);
      /** @type {any} */ (this.querySelector('tw-record-list'))?.shifted(fresh.length);
    }
  }

  measure() {
    const now = performance.now();
    if (!this.subscribed || now - this.rateMillis < RATE_MILLIS / 2) {
      return; // it would be of the time before, or of a moment
    }
    this.perSecond = ((this.received - this.rateReceived) / (now - this.rateMillis)) * 1000;
    this.rateReceived = this.received;
    this.rateMillis = now;
  }

  render() {
    return html`<div class="messages ${this.chosen ? 'split' : ''}" @keydown=${(/** @type {KeyboardEvent} */ event) => event.key === 'Escape' && this.unchoose()}>
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
      ${this.chosen ? html`<tw-record-detail class="card record-detail" .topic=${this.name} .row=${this.chosen} @close=${this.unchoose}></tw-record-detail>` : nothing}
    </div>`;
  }

  async unchoose() {
    if (this.chosen) {
      this.chosen = null;
      await this.updateComplete;
      /** @type {HTMLElement | null} */ (this.querySelector('.records-scroll'))?.focus();
    }
  }

  toggle() {
    this.paused = !this.paused;
    this.tail?.pause(this.paused);
  }

  clear() {
    this.waiting = [];
    this.uncounted = 0;
    this.rows = [];
    this.chosen = null;
    this.shownCount = 0;
    this.notShown = 0;
  }
}
customElements.define('tw-topic-live', TopicLive);

/** As many as may be kept. @param {Row[]} rows newest first */
function newest(rows) {
  let chars = 0;
  let kept = 0;
  while (kept < rows.length && kept < ROWS_MAX && (kept === 0 || chars < CHARS_MAX)) {
    chars += rows[kept].key.text.length + rows[kept].value.text.length;
    kept++;
  }
  return rows.slice(0, kept);
}
