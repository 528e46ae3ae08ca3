// @ts-check
/** Verticles of the users' own. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { badge, empty, problemRow, watched } from '../components/states.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { count, duration, plural, time } from '../format.js';

/** What there is something of, so that it can be stopped. */
const STOPPABLE = new Set(['deploying', 'running', 'blocked', 'stopping']);

class Verticles extends View {
  constructor() {
    super();
    this.verticles = new Watch(this, () => '/v1/verticles', { everyMillis: 3000 });
  }

  render() {
    return html`<div class="page-head"><h1>Verticles</h1></div>
      ${watched(this.verticles, 'The verticles', (value) => this.list(value.verticles), 'broker')}`;
  }

  /** @param {any[]} verticles */
  list(verticles) {
    if (verticles.length === 0) {
      return html`<div class="card">${empty({
        icon: 'verticles',
        title: 'No verticles of your own',
        text: 'A verticle that the configuration names is deployed with the node, and publishes and subscribes over the event bus. Add it to the file that the node was started with:',
        action: html`<pre class="mono">{"verticles": [{"name": "java:com.acme.Alarms", "instances": 2, "config": {}}]}</pre>`,
      })}</div>`;
    }
    return html`<div class="toolbar"><span class="muted">${plural(verticles.length, 'verticle')}</span></div>
      <div class="card table-wrap"><table class="named">
        <thead><tr><th>Name</th><th>State</th><th class="number p2">Started</th><th class="p2">Threads</th><th class="number p2">For</th><th class="number p2">Exceptions</th><th></th></tr></thead>
        <tbody>${verticles.map((one) => this.row(one))}</tbody>
      </table></div>`;
  }

  /** @param {any} one */
  row(one) {
    const running = STOPPABLE.has(one.state);
    const forSeconds = one.since ? Math.max(0, (Date.now() - Date.parse(one.since)) / 1000) : null;
    return html`<tr>
      <td class="name">${one.name}<div class="faint mono break">${one.class}</div></td>
      <td>${badge(one.state)}</td>
      <td class="number p2">${one.startedInstances === one.instances ? count(one.instances) : html`${count(one.startedInstances)} <span class="faint">of ${count(one.instances)}</span>`}</td>
      <td class="p2">${one.threading}</td>
      <td class="number p2" title=${time(Date.parse(one.since ?? ''))}>${duration(forSeconds)}</td>
      <td class="number p2">${count(one.exceptions)}</td>
      <td class="number">
        <button class="button small" @click=${() => this.act(one.name, running ? 'stop' : 'start')}>${running ? 'Stop' : 'Start'}</button>
        <button class="button small p2" @click=${() => this.act(one.name, 'restart')}>Restart</button>
      </td>
    </tr>
    ${one.failure ? problemRow(7, one.failure, one.state === 'running' ? 'warn' : 'error') : nothing}`;
  }

  /** @param {string} name @param {'start' | 'stop' | 'restart'} action */
  async act(name, action) {
    try {
      const now = await call(url`/v1/verticles/${name}/${action}`, { method: 'POST' });
      const done = now.state === (action === 'stop' ? 'stopped' : 'running');
      toast(`${name} is ${now.state}${done || !now.failure ? '.' : ': ' + now.failure}`, done ? 'ok' : 'error');
    } catch (failure) {
      toast(failure instanceof ApiError ? failure.message : String(failure), 'error');
    }
    refresh();
  }
}
customElements.define('tw-verticles', Verticles);
