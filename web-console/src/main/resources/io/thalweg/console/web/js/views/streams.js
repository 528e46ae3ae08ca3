// @ts-check
/** All streams applications. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { badge, empty, problemRow, watched } from '../components/states.js';
import { Watch } from '../live.js';
import { href } from '../router.js';
import { compact, count, plural, rate } from '../format.js';

class Streams extends View {
  constructor() {
    super();
    this.streams = new Watch(this, () => '/v1/streams', { everyMillis: 3000 });
  }

  render() {
    return html`<div class="page-head"><h1>Streams</h1></div>${watched(this.streams, 'The streams', (value) => this.list(value.streams), 'processor')}`;
  }

  /** @param {any[]} streams */
  list(streams) {
    if (streams.length === 0) {
      return html`<div class="card">${empty({
        icon: 'streams',
        title: 'No streams run yet',
        text: 'A stream reads topics, keeps state and writes topics. Name a class that defines one in the file that the node is started with:',
        action: html`<pre class="mono">{"streams": [{"name": "java:com.acme.Delays", "config": {}}]}</pre>`,
      })}</div>`;
    }
    return html`<div class="toolbar"><span class="muted">${plural(streams.length, 'stream')}</span></div>
      <div class="card table-wrap"><table class="named">
        <thead><tr><th>Name</th><th>State</th><th class="number p2">Tasks</th><th class="number p2">Processed</th><th class="number p2">Rate</th><th class="number">Lag</th></tr></thead>
        <tbody>${streams.map(
          (one) => html`<tr>
            <td class="name">${one.state === 'FAILED' && one.tasks === 0 ? one.name : html`<a href=${href(['streams', one.name])}>${one.name}</a>`}</td>
            <td>${badge(one.state)}</td>
            <td class="number p2">${one.failedTasks > 0 ? html`<span class="badge error">${one.failedTasks} of ${one.tasks} failed</span>` : count(one.tasks)}</td>
            <td class="number p2">${compact(one.processedRecords)}</td>
            <td class="number p2">${rate(one.recordsPerSecond)}</td>
            <td class="number">${compact(one.lag)}</td>
          </tr>
          ${one.problem ? problemRow(6, one.problem) : nothing}`,
        )}</tbody></table></div>`;
  }
}
customElements.define('tw-streams', Streams);
