// @ts-check
/** One group: its members, what each was given, how far behind it is, and moving its offsets. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { badge, empty, failed, firstRows, leftOut, loading } from '../components/states.js';
import { Trend, sparkline } from '../components/sparkline.js';
import { toast } from '../components/dialog.js';
import { Watch, refresh } from '../live.js';
import { call, url, ApiError } from '../api.js';
import { href, navigate } from '../router.js';
import { compact, count, duration, plural } from '../format.js';
import './group-reset.js';

class Group extends View {
  static properties = {
    at: { attribute: false },
    resetting: { state: true },
    deleting: { state: true },
    problem: { state: true },
  };

  constructor() {
    super();
    /** @type {import('../router.js').Place} */
    this.at = { path: ['groups', ''], query: new URLSearchParams() };
    this.resetting = false;
    this.deleting = false;
    this.problem = '';
    this.trend = new Trend(60);
    this.group = new Watch(this, () => url`/v1/groups/${this.name}`, {
      everyMillis: 2000,
      onValue: (group) => {
        this.trend.add('lag', group.totalLag);
        for (const one of group.offsets) {
          this.trend.add(one.topic + ' ' + one.partition, one.lag);
        }
      },
    });
  }

  get name() {
    return this.at.path[1];
  }

  render() {
    const group = this.group.value;
    if (!group) {
      return this.group.error ? this.missing(this.group.error) : loading;
    }
    const behind = Math.max(0, ...group.offsets.map((/** @type {any} */ one) => one.lagSeconds ?? 0));
    return html`
      <div class="page-head">
        <h1>${this.name}</h1>${badge(group.state)}
        <div class="actions">
          <button class="button" ?disabled=${group.offsets.length === 0} @click=${() => (this.resetting = true)}>Move offsets</button>
          <button class="button danger icon" aria-label="Delete group" title=${group.members.length ? 'A group with members cannot be deleted' : 'Delete group'} ?disabled=${group.members.length > 0} @click=${() => (this.deleting = true)}>${icon('trash')}</button>
        </div>
      </div>
      ${failed(this.group.error, 'The group may be out of date.')}
      <dl class="stats">
        <div class="stat"><dt>Lag</dt><dd>${compact(group.totalLag)} <small>${group.totalLag === 1 ? 'record' : 'records'}</small></dd></div>
        <div class="stat"><dt>Behind</dt><dd>${duration(behind)}</dd></div>
        <div class="stat"><dt>Members</dt><dd>${count(group.members.length)}</dd></div>
        <div class="stat"><dt>Lag trend</dt><dd>${sparkline(this.trend.of('lag'), 'Lag of the last two minutes')}</dd></div>
      </dl>
      <div class="stack">
        <section class="stack">${this.offsets(group)}</section>
        <section class="stack"><h2>Members</h2>${this.members(group)}</section>
      </div>
      ${this.resetting ? html`<tw-group-reset .group=${group} @close=${() => (this.resetting = false)}></tw-group-reset>` : nothing}
      ${
        this.deleting
          ? html`<tw-confirm-by-name .heading=${'Delete this group?'} .name=${this.name} .action=${'Delete group'} .problem=${this.problem}
              .text=${'Its offsets are lost: whoever joins it again starts where its own settings say.'}
              @close=${() => {
                this.deleting = false;
                this.problem = '';
              }} @confirm=${this.deleteGroup}></tw-confirm-by-name>`
          : nothing
      }`;
  }

  /** @param {any} group */
  offsets(group) {
    if (group.offsets.length === 0) {
      return html`<div class="card">${empty({ icon: 'groups', title: 'Nothing is committed', text: 'The group has members, but none of them has committed an offset yet.' })}</div>`;
    }
    const owner = new Map();
    for (const member of group.members) {
      for (const one of member.assignment) {
        owner.set(one.topic + ' ' + one.partition, member.clientId);
      }
    }
    const worst = Math.max(1, ...group.offsets.map((/** @type {any} */ one) => one.lag ?? 0));
    return html`<div class="card table-wrap"><table>
      <thead><tr><th>Topic</th><th class="number">Partition</th><th class="number p2">Committed</th><th class="number p2">End</th><th class="number">Lag</th><th class="number">Behind</th><th class="p3">Trend</th><th class="p2">Read by</th><th class="p2"></th></tr></thead>
      <tbody>${firstRows(group.offsets).map((/** @type {any} */ one) => {
        const key = one.topic + ' ' + one.partition;
        return html`<tr>
          <td class="name"><a href=${href(['topics', one.topic])}>${one.topic}</a></td>
          <td class="number">${one.partition}</td>
          <td class="number p2">${count(one.committedOffset)}</td>
          <td class="number p2">${count(one.endOffset)}</td>
          <td class="number">${count(one.lag)}<div class="bar"><i .style=${`width:${((one.lag ?? 0) / worst) * 100}%`}></i></div></td>
          <td class="number">${duration(one.lagSeconds)}</td>
          <td class="p3">${sparkline(this.trend.of(key), 'Lag of the last two minutes')}</td>
          <td class="p2 break">${owner.get(key) ?? html`<span class="faint">nobody</span>`}</td>
          <td class="p2 number">${one.committedOffset === null ? nothing : html`<a class="button small" href=${href(['topics', one.topic], { partition: one.partition, from: one.committedOffset })} title="The first record that the group has not read">Next unread</a>`}</td>
        </tr>`;
      })}</tbody>
    </table>${leftOut(group.offsets.length, 'The command line lists all: thalweg groups describe.')}</div>`;
  }

  /** @param {any} group */
  members(group) {
    if (group.members.length === 0) {
      return html`<div class="card">${empty({ icon: 'groups', title: 'Nobody is in the group now', text: 'Its offsets are kept. They can be moved while nobody reads.' })}</div>`;
    }
    return html`<div class="card table-wrap"><table>
      <thead><tr><th>Client</th><th class="p3">Member</th><th class="p2">Host</th><th>Assigned</th></tr></thead>
      <tbody>${group.members.map(
        (/** @type {any} */ member) => html`<tr>
          <td class="name">${member.clientId}${member.groupInstanceId ? html` <span class="badge plain">${member.groupInstanceId}</span>` : nothing}</td>
          <td class="p3 mono break faint">${member.memberId}</td>
          <td class="p2 mono">${member.clientHost.replace(/^\//, '')}</td>
          <td>${this.given(member.assignment)}</td>
        </tr>`,
      )}</tbody></table></div>`;
  }

  /** @param {{topic: string, partition: number}[]} assignment */
  given(assignment) {
    /** @type {Map<string, number[]>} */
    const byTopic = new Map();
    assignment.forEach((one) => byTopic.set(one.topic, [...(byTopic.get(one.topic) ?? []), one.partition]));
    if (byTopic.size === 0) {
      return html`<span class="faint">nothing</span>`;
    }
    return html`<div class="chips">${[...byTopic].map(
      ([topic, partitions]) => html`<span class="chip" title=${topic + ': ' + partitions.join(', ')}><span>${topic}: ${partitions.length > 6 ? plural(partitions.length, 'partition') : partitions.join(', ')}</span></span>`,
    )}</div>`;
  }

  /** @param {ApiError} error */
  missing(error) {
    return error.status === 404
      ? html`<div class="empty">${icon('groups')}<h2>There is no group ${this.name}</h2><p>It may have been deleted, or nobody has joined it yet. <a href=${href(['groups'])}>See all groups</a>.</p></div>`
      : failed(error, 'The group could not be loaded.');
  }

  async deleteGroup() {
    this.problem = '';
    try {
      await call(url`/v1/groups/${this.name}`, { method: 'DELETE' });
      toast(`Group ${this.name} was deleted.`);
      navigate(href(['groups']));
      refresh();
    } catch (failure) {
      this.problem = failure instanceof ApiError ? failure.message : String(failure);
    }
  }
}
customElements.define('tw-group', Group);
