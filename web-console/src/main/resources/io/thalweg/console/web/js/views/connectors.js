// @ts-check
/** All connectors with their state; the way to a new one. */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { badge, empty, firstRows, leftOut, watched } from '../components/states.js';
import { Watch } from '../live.js';
import { flowWatch } from '../flow-model.js';
import { href } from '../router.js';
import { compact, plural, rate } from '../format.js';
import './connector-form.js';

class Connectors extends View {
  static properties = { at: { attribute: false }, query: { state: true } };

  constructor() {
    super();
    /** @type {import('../router.js').Place} */
    this.at = { path: ['connectors'], query: new URLSearchParams() };
    this.query = '';
    this.connectors = new Watch(this, () => '/connect/connectors?expand=status&expand=info', { everyMillis: 3000 });
    this.flow = flowWatch(this);
  }

  render() {
    if (this.at.query.get('new') === 'true') {
      return html`<div class="page-head"><h1>New connector</h1></div><tw-connector-form></tw-connector-form>`;
    }
    return html`<div class="page-head"><h1>Connectors</h1>
        <div class="actions"><a class="button primary" href=${href(['connectors'], { new: 'true' })}>${icon('plus')}New connector</a></div></div>
      ${watched(this.connectors, 'The connectors', (value) => this.list(value), 'connector')}`;
  }

  /** @param {Record<string, any>} byName */
  list(byName) {
    const all = Object.entries(byName).sort(([a], [b]) => (a < b ? -1 : 1));
    if (all.length === 0) {
      return html`<div class="card">${empty({
        icon: 'connectors',
        title: 'No connectors yet',
        text: 'A connector brings data in from a file, an address or a program of yours, or carries it out. Create one here, or put a JSON file into conf/connectors.',
        action: html`<a class="button primary" href=${href(['connectors'], { new: 'true' })}>${icon('plus')}New connector</a>`,
      })}</div>`;
    }
    const words = this.query.toLowerCase();
    const rows = all.filter(([name]) => name.toLowerCase().includes(words));
    const figures = new Map((this.flow.value?.nodes ?? []).filter((/** @type {any} */ node) => node.kind === 'connector').map((/** @type {any} */ node) => [node.name, node.figures]));
    return html`<div class="toolbar">
        <input class="search" type="search" placeholder="Filter by name" aria-label="Filter connectors by name" .value=${this.query}
          @input=${(/** @type {InputEvent} */ event) => (this.query = /** @type {HTMLInputElement} */ (event.target).value)}>
        <span class="muted push">${plural(rows.length, 'connector')}</span>
      </div>
      <div class="card table-wrap"><table class="named">
        <thead><tr><th>Name</th><th>State</th><th class="p2">Kind</th><th class="p3">Plugin</th><th class="number p2">Tasks</th><th class="number p2">Rate</th><th class="number">Lag</th></tr></thead>
        <tbody>${repeat(firstRows(rows), ([name]) => name, ([name, one]) => this.row(name, one, figures.get(name)))}</tbody>
      </table>
      ${leftOut(rows.length, 'Filter by name to see others.')}
      ${rows.length === 0 ? empty({ icon: 'search', title: 'No connector has this in its name', text: 'Change the filter above.' }) : nothing}</div>`;
  }

  /** @param {string} name @param {any} one @param {any} figures */
  row(name, one, figures) {
    const tasks = one.status?.tasks ?? [];
    const wrong = tasks.filter((/** @type {any} */ task) => task.state === 'FAILED').length;
    return html`<tr>
      <td class="name"><a href=${href(['connectors', name])}>${name}</a></td>
      <td>${badge(wrong > 0 ? 'FAILED' : one.status?.connector?.state)}</td>
      <td class="p2">${one.status?.type ?? one.info?.type}</td>
      <td class="p3 mono break faint">${one.info?.config?.['connector.class']}</td>
      <td class="number p2">${wrong > 0 ? html`<span class="badge error">${wrong} of ${tasks.length} failed</span>` : tasks.length}</td>
      <td class="number p2">${rate(figures?.recordsPerSecond)}</td>
      <td class="number">${compact(figures?.lag)}</td>
    </tr>`;
  }
}
customElements.define('tw-connectors', Connectors);
