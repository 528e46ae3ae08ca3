// @ts-check
/** All consumer groups with their lag. */
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { View } from '../components/view.js';
import { badge, empty, firstRows, leftOut, watched } from '../components/states.js';
import { Trend, sparkline } from '../components/sparkline.js';
import { Watch } from '../live.js';
import { flowWatch } from '../flow-model.js';
import { href, navigate } from '../router.js';
import { compact, count, duration, plural, rate } from '../format.js';

class Groups extends View {
  static properties = { at: { attribute: false }, query: { state: true } };

  constructor() {
    super();
    /** @type {import('../router.js').Place} */
    this.at = { path: ['groups'], query: new URLSearchParams() };
    this.query = '';
    this.groups = new Watch(this, () => '/v1/groups', { everyMillis: 3000 });
    this.trend = new Trend(40);
    this.flow = flowWatch(this);
    this.flow.onValue = (flow) => {
      for (const [name, figures] of readers(flow)) {
        this.trend.add(name, figures.lag);
      }
    };
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('at')) {
      this.query = this.at.query.get('q') ?? '';
    }
  }

  render() {
    return html`<div class="page-head"><h1>Groups</h1></div>
      ${watched(this.groups, 'The groups', (value) => this.list(value.groups))}`;
  }

  /** @param {any[]} groups */
  list(groups) {
    if (groups.length === 0) {
      return html`<div class="card">${empty({
        icon: 'groups',
        title: 'No group reads yet',
        text: 'A consumer that names a group appears here with its members, offsets and lag. Try it from a shell:',
        action: html`<pre class="mono">curl -N '${location.origin}/v1/topics/greetings/events?group=my-group'</pre>`,
      })}</div>`;
    }
    const figures = readers(this.flow.value);
    const words = this.query.toLowerCase();
    const rows = groups.filter((group) => group.groupId.toLowerCase().includes(words));
    return html`
      <div class="toolbar">
        <input class="search" type="search" placeholder="Filter by name" aria-label="Filter groups by name" .value=${this.query}
          @input=${(/** @type {InputEvent} */ event) => {
            this.query = /** @type {HTMLInputElement} */ (event.target).value;
            navigate(href(['groups'], { q: this.query }), { replace: true });
          }}>
        <span class="muted push">${plural(rows.length, 'group')}</span>
      </div>
      <div class="card table-wrap"><table class="named">
        <thead><tr><th>Name</th><th>State</th><th class="number p2">Members</th><th class="number p2">Reads</th><th class="number">Lag</th><th class="number p2">Behind</th><th class="p3">Lag trend</th></tr></thead>
        <tbody>${repeat(firstRows(rows), (group) => group.groupId, (group) => {
          const at = figures.get(group.groupId);
          return html`<tr>
            <td class="name"><a href=${href(['groups', group.groupId])}>${group.groupId}</a>${at?.owner ? html` <span class="badge plain">${at.owner}</span>` : nothing}</td>
            <td>${badge(group.state)}</td>
            <td class="number p2">${count(at?.members)}</td>
            <td class="number p2">${rate(at?.recordsPerSecond)}</td>
            <td class="number">${compact(at?.lag)}</td>
            <td class="number p2">${duration(at?.lagSeconds)}</td>
            <td class="p3">${sparkline(this.trend.of(group.groupId), 'Lag of the last minute')}</td>
          </tr>`;
        })}</tbody>
      </table>
      ${leftOut(rows.length, 'Filter by name to see others.')}
      ${rows.length === 0 ? empty({ icon: 'search', title: 'No group has this in its name', text: 'Change the filter above.' }) : nothing}
      </div>`;
  }
}
customElements.define('tw-groups', Groups);

/**
 * Figures by group, also of groups that a connector or stream owns.
 * @param {import('../flow-model.js').Flow | null} flow
 * @returns {Map<string, {members?: number, lag?: number, lagSeconds?: number, recordsPerSecond?: number, owner?: string}>}
 */
export function readers(flow) {
  const byGroup = new Map();
  for (const node of flow?.nodes ?? []) {
    if (node.kind === 'group') {
      byGroup.set(node.name, node.figures);
    } else if (node.group) {
      byGroup.set(node.group, { ...node.figures, owner: node.kind });
    }
  }
  return byGroup;
}
