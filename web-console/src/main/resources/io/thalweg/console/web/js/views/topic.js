// @ts-check
/** One topic: its messages, live tail, publishing, partitions, readers and settings, each with its address. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { failed, loading, showCurrentTab } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { href, navigate } from '../router.js';
import { compact, rate, size, count } from '../format.js';
import { flowWatch, SECTIONS, SPAN_HINT, topicFigures } from '../flow-model.js';
import './topic-messages.js';
import './topic-live.js';
import './topic-publish.js';
import './topic-partitions.js';
import './topic-configs.js';

const TABS = /** @type {const} */ ([
  ['messages', 'Messages'],
  ['live', 'Live'],
  ['publish', 'Publish'],
  ['partitions', 'Partitions'],
  ['groups', 'Readers'],
  ['configs', 'Settings'],
]);

class Topic extends View {
  static properties = {
    at: { attribute: false },
    deleting: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    this.tabShown = false;
    /** @type {import('../router.js').Place} */
    this.at = { path: ['topics', ''], query: new URLSearchParams() };
    this.deleting = false;
    this.problem = '';
    this.topic = new Watch(this, () => url`/v1/topics/${this.name}`, { everyMillis: 3000 });
    this.flow = flowWatch(this, () => this.topic.value?.internal === true);
  }

  get name() {
    return this.at.path[1];
  }

  get tab() {
    return this.at.path[2] ?? 'messages';
  }

  willUpdate() {
    const fill = this.tab === 'messages' || this.tab === 'live';
    this.className = fill ? 'view fill' : 'view';
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    if (changed.has('at') || !this.tabShown) {
      this.tabShown = this.querySelector('.tabs') !== null;
      showCurrentTab(this);
    }
  }

  render() {
    const topic = this.topic.value;
    if (!topic) {
      return this.topic.error ? this.missing(this.topic.error) : loading;
    }
    const figures = topicFigures(this.flow.value).get(this.name);
    return html`
      <div class="page-head">
        <h1>${this.name}</h1>
        ${topic.internal ? html`<span class="badge plain">internal</span>` : nothing}
        <span class="muted">${count(topic.partitionCount)} ${topic.partitionCount === 1 ? 'partition' : 'partitions'} · ${size(topic.sizeBytes)} · <span title=${SPAN_HINT}>${compact(span(topic))} offsets</span>${figures?.recordsPerSecond === undefined ? '' : ' · ' + rate(figures.recordsPerSecond)}</span>
        <div class="actions">
          <a class="button" href=${href(['topics', this.name, 'publish'])}>Publish</a>
          ${topic.internal ? nothing : html`<button class="button danger icon" aria-label="Delete topic" title="Delete topic" @click=${() => (this.deleting = true)}>${icon('trash')}</button>`}
        </div>
      </div>
      <nav class="tabs" aria-label="Of this topic">
        ${TABS.map(([key, text]) => html`<a href=${href(['topics', this.name, ...(key === 'messages' ? [] : [key])])} aria-current=${key === this.tab ? 'page' : nothing}>${text}</a>`)}
      </nav>
      ${failed(this.topic.error, 'The topic may be out of date.')}
      ${this.body(topic, figures)}
      ${this.deleting ? this.confirm() : nothing}
    `;
  }

  /** @param {any} topic @param {import('../flow-model.js').TopicFigures | undefined} figures */
  body(topic, figures) {
    switch (this.tab) {
      case 'messages':
        return html`<tw-topic-messages .topic=${topic} .query=${this.at.query}></tw-topic-messages>`;
      case 'live':
        return html`<tw-topic-live .name=${this.name}></tw-topic-live>`;
      case 'publish':
        return html`<tw-topic-publish .topic=${topic}></tw-topic-publish>`;
      case 'partitions':
        return html`<tw-topic-partitions .topic=${topic}></tw-topic-partitions>`;
      case 'groups':
        return this.readers(figures);
      case 'configs':
        return html`<tw-topic-configs .topic=${topic}></tw-topic-configs>`;
      default:
        return html`<div class="empty"><h2>A topic has no such page</h2><p>Choose one of the tabs above.</p></div>`;
    }
  }

  /** @param {import('../flow-model.js').TopicFigures | undefined} figures */
  readers(figures) {
    const readers = figures?.readers ?? [];
    if (readers.length === 0) {
      return html`<div class="card"><div class="empty">${icon('groups')}<h2>Nobody reads this topic</h2>
        <p>A consumer that joins a group and commits its offsets appears here with its lag, and so do connectors and streams. Try it with the command line:</p>
        <pre class="mono">thalweg consume ${this.name} --group my-group</pre></div></div>`;
    }
    return html`<div class="card table-wrap"><table>
      <thead><tr><th>Name</th><th>Kind</th><th class="number">Lag</th></tr></thead>
      <tbody>${readers.map(
        (reader) => html`<tr><td class="name"><a href=${href([SECTIONS[reader.kind], reader.name])}>${reader.name}</a></td>
          <td>${reader.kind}</td><td class="number">${count(reader.lag)}</td></tr>`,
      )}</tbody>
    </table></div>`;
  }

  /** @param {ApiError} error */
  missing(error) {
    if (error.status !== 404) {
      return failed(error, 'The topic could not be loaded.');
    }
    return html`<div class="empty">${icon('topics')}<h2>There is no topic ${this.name}</h2>
      <p>It may have been deleted. <a href=${href(['topics'])}>See all topics</a>.</p></div>`;
  }

  confirm() {
    return html`<tw-confirm-by-name .heading=${'Delete this topic?'} .name=${this.name} .action=${'Delete topic'} .problem=${this.problem}
      .text=${'All its records are lost for good, and groups that read it lose their offsets.'}
      @close=${() => {
                this.deleting = false;
                this.problem = '';
              }} @confirm=${this.deleteTopic}></tw-confirm-by-name>`;
  }

  async deleteTopic() {
    this.problem = '';
    try {
      await call(url`/v1/topics/${this.name}`, { method: 'DELETE' });
      toast(`Topic ${this.name} was deleted.`);
      navigate(href(['topics']));
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }
}
customElements.define('tw-topic', Topic);

/** From the first to the next offsets. @param {any} topic */
function span(topic) {
  return topic.partitions.reduce(
    (/** @type {number} */ sum, /** @type {any} */ one) => sum + ((one.highWatermark ?? 0) - (one.logStartOffset ?? 0)),
    0,
  );
}
