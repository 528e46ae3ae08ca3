// @ts-check
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { firstRows, leftOut } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { call, url, ApiError } from '../api.js';
import { refresh } from '../live.js';
import { count, size } from '../format.js';
import { href } from '../router.js';
import { SPAN_HINT } from '../flow-model.js';

class TopicPartitions extends View {
  static properties = { topic: { attribute: false }, wanted: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {any} */
    this.topic = null;
    this.wanted = '';
    this.problem = '';
  }

  render() {
    const most = Math.max(1, ...this.topic.partitions.map((/** @type {any} */ one) => one.sizeBytes ?? 0));
    return html`<div class="stack">
      <div class="card table-wrap"><table>
        <thead><tr><th>Partition</th><th class="number p2">Leader</th><th class="p2">In sync</th><th class="number">First</th><th class="number">Next</th><th class="number">Offsets</th><th class="number p2">Size</th><th class="p3" aria-hidden="true"></th></tr></thead>
        <tbody>${firstRows(this.topic.partitions).map((/** @type {any} */ one) => html`<tr>
          <td><a href=${href(['topics', this.topic.name], { partition: one.partition })}>${one.partition}</a></td>
          <td class="number p2">${one.leader < 0 ? html`<span class="badge error">none</span>` : one.leader}</td>
          <td class="p2">${one.inSyncReplicas.join(', ')} <span class="faint">of ${one.replicas.length}</span></td>
          <td class="number">${count(one.logStartOffset)}</td>
          <td class="number">${count(one.highWatermark)}</td>
          <td class="number">${count(one.highWatermark - one.logStartOffset)}</td>
          <td class="number p2">${size(one.sizeBytes)}</td>
          <td class="p3"><div class="bar"><i .style=${`width:${((one.sizeBytes ?? 0) / most) * 100}%`}></i></div>${one.error ? html`<span class="badge error">${one.error}</span>` : nothing}</td>
        </tr>`)}</tbody>
      </table><p class="left-out">${SPAN_HINT}</p>${leftOut(this.topic.partitions.length, 'The command line lists all: thalweg topics describe.')}</div>
      <form class="card pad form" @submit=${this.grow}>
        <h2>Add partitions</h2>
        <p class="muted">Keys are spread anew over all partitions: records of one key that are already stored stay where they are. Partitions cannot be removed.</p>
        <div class="toolbar">
          <div class="field"><label for="partitions-wanted">Partitions in all</label>
            <input id="partitions-wanted" type="number" min=${this.topic.partitionCount + 1} .value=${this.wanted}
              @input=${(/** @type {InputEvent} */ event) => (this.wanted = /** @type {HTMLInputElement} */ (event.target).value)}></div>
        </div>
        ${this.problem ? html`<p class="notice error" role="alert">${this.problem}</p>` : nothing}
        <div><button class="button" ?disabled=${Number(this.wanted) <= this.topic.partitionCount}>Add partitions</button></div>
      </form>
    </div>`;
  }

  /** @param {Event} event */
  async grow(event) {
    event.preventDefault();
    try {
      await call(url`/v1/topics/${this.topic.name}`, { method: 'PATCH', body: { partitions: Number(this.wanted) } });
      toast(`The topic has ${this.wanted} partitions now.`);
      this.wanted = '';
      this.problem = '';
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }
}
customElements.define('tw-topic-partitions', TopicPartitions);
