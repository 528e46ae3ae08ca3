// @ts-check
/** The partitions that are not as they should be: without a leader, short of copies, or on the way to other nodes. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { badge, failed } from '../components/states.js';
import { Watch } from '../live.js';
import { count, plural } from '../format.js';
import { href } from '../router.js';

/** Of each kind. */
const LIMIT = 200;

const KINDS = /** @type {const} */ ([
  ['offline', 'offlinePartitionCount'],
  ['under-replicated', 'underReplicatedPartitionCount'],
  ['moving', 'movingPartitionCount'],
]);

class ClusterPartitions extends View {
  static properties = { cluster: { attribute: false } };

  constructor() {
    super();
    /** @type {any} as /v1/cluster answers */
    this.cluster = null;
    this.kinds = KINDS.map(([state, counted]) => ({
      state,
      watch: new Watch(this, () => (this.cluster?.[counted] > 0 ? `/v1/cluster/partitions?state=${state}&limit=${LIMIT}` : null), { everyMillis: 5000 }),
    }));
  }

  render() {
    const rows = new Map();
    for (const { watch } of this.kinds) {
      for (const one of watch.value?.partitions ?? []) {
        rows.set(one.topic + '/' + one.partition, one);
      }
    }
    const error = this.kinds.map(({ watch }) => watch.error).find((one) => one !== null) ?? null;
    if (rows.size === 0) {
      return failed(error, 'The partitions could not be asked for.');
    }
    const more = this.kinds.some(({ watch }) => watch.value?.next);
    return html`<section class="stack"><h2>Partitions to watch</h2>
      ${failed(error, 'The partitions may be out of date.')}
      <div class="card table-wrap"><table class="named">
        <thead><tr><th>Partition</th><th>State</th><th class="number p2">Leader</th><th class="p2">In sync</th><th class="p2">Not in sync</th><th class="number p2">Behind</th></tr></thead>
        <tbody>${inOrder([...rows.values()]).map((one) => this.row(one))}</tbody>
      </table>${more ? html`<p class="left-out" role="status">The first ${LIMIT} of each state are shown. The command line lists all: thalweg cluster partitions.</p>` : nothing}</div>
    </section>`;
  }

  /** @param {any} one */
  row(one) {
    const missing = one.replicas.filter((/** @type {number} */ id) => !one.inSyncReplicas.includes(id));
    const behind = Math.max(-1, ...Object.values(one.lag).filter((lag) => lag !== null));
    return html`<tr>
      <td class="name"><a href=${href(['topics', one.topic, 'partitions'])}>${one.topic}/${one.partition}</a></td>
      <td><div class="chips">${one.state === 'online' ? nothing : badge(one.state)}${one.target.length > 0 ? html`<span class="badge accent">Moves to ${one.target.join(', ')}</span>` : nothing}</div></td>
      <td class="number p2">${one.leader < 0 ? 'none' : this.named(one.leader)}</td>
      <td class="p2">${one.inSyncReplicas.join(', ') || 'none'}</td>
      <td class="p2">${missing.length > 0 ? missing.map((/** @type {number} */ id) => this.named(id)).join(', ') : '–'}</td>
      <td class="number p2">${behind < 0 ? html`<span class="faint" title="Only the leader knows; ask at the node that leads it">–</span>` : html`<span title=${plural(behind, 'record')}>${count(behind)}</span>`}</td>
    </tr>`;
  }

  /** @param {number} id */
  named(id) {
    const broker = this.cluster.brokers.find((/** @type {any} */ one) => one.id === id);
    return broker?.alive ? String(id) : `${id} (away)`;
  }
}
customElements.define('tw-cluster-partitions', ClusterPartitions);

/** The worst first, and of those the platform's own topics, of which there are many, last. @param {any[]} rows */
function inOrder(rows) {
  const worst = ['offline', 'under-replicated', 'online'];
  const rank = (/** @type {any} */ one) => 2 * worst.indexOf(one.state) + (one.topic.startsWith('__') ? 1 : 0);
  return rows.toSorted((a, b) => rank(a) - rank(b));
}
