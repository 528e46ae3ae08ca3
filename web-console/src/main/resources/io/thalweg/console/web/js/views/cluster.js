// @ts-check
/** The nodes and their partitions: who is away, what is without a leader or a copy; and what the node that answers uses. */
import { html, nothing } from 'lit';
import { View } from '../components/view.js';
import { badge, failed, watched } from '../components/states.js';
import './cluster-partitions.js';
import { Trend, sparkline } from '../components/sparkline.js';
import { Watch } from '../live.js';
import { call, ApiError } from '../api.js';
import { count, duration, rate, size, byteRate } from '../format.js';
import { parseMetrics, sum } from '../metrics.js';

class Cluster extends View {
  constructor() {
    super();
    this.trend = new Trend(60);
    this.cluster = new Watch(this, () => '/v1/cluster', { everyMillis: 5000 });
    this.health = new Watch(this, () => '/health/ready', { everyMillis: 3000, load: health });
    /** @type {{at: number, values: Map<string, any>} | null} */
    this.earlier = null;
    /** @type {Record<string, number>} */
    this.rates = {};
    this.metrics = new Watch(this, () => '/metrics', {
      everyMillis: 3000,
      load: (path) => call(path, { text: true }).then(parseMetrics),
      onValue: (values) => this.onMetrics(values),
    });
  }

  /** @param {import('../metrics.js').Metrics} values */
  onMetrics(values) {
    const now = { at: performance.now(), values };
    if (this.earlier) {
      const seconds = (now.at - this.earlier.at) / 1000;
      for (const [name, metric] of COUNTERS) {
        const by = (sum(values, metric) ?? 0) - (sum(this.earlier.values, metric) ?? 0);
        this.rates[name] = Math.max(0, by / seconds);
        this.trend.add(name, this.rates[name]);
      }
    }
    this.earlier = now;
    this.trend.add('heap', sum(values, 'jvm_memory_used_bytes', { area: 'heap' }));
    this.trend.add('cpu', sum(values, 'process_cpu_usage'));
  }

  render() {
    return html`<div class="page-head"><h1>Cluster</h1>${this.health.value ? badge(this.state(this.health.value.status)) : nothing}</div>
      ${(this.health.value?.reasons ?? []).map((/** @type {string} */ reason) => html`<p class="notice error" role="alert">${reason}</p>`)}
      ${failed(this.health.error, 'The health could not be asked for.')}
      ${watched(this.cluster, 'The cluster', (value) => this.nodes(value))}
      ${this.metrics.value ? html`<section class="stack this-node"><h2>${this.labelOf()}</h2><div>${this.figures(this.metrics.value)}${this.details(this.metrics.value)}</div></section>` : nothing}`;
  }

  /** The node may be well while partitions are not. @param {string} status of the node that answers */
  state(status) {
    const cluster = this.cluster.value;
    if (status !== 'UP' || !cluster) {
      return status;
    }
    return cluster.offlinePartitionCount > 0 ? 'offline partitions' : cluster.underReplicatedPartitionCount > 0 ? 'under-replicated' : status;
  }

  labelOf() {
    const broker = this.cluster.value?.brokers.find(answers);
    return broker ? `This node: ${broker.id}` : 'This node';
  }

  /** @param {import('../metrics.js').Metrics} values */
  figures(values) {
    const heap = sum(values, 'jvm_memory_used_bytes', { area: 'heap' });
    const most = sum(values, 'jvm_memory_max_bytes', { area: 'heap' });
    const cpu = sum(values, 'process_cpu_usage');
    return html`<dl class="stats">
      <div class="stat"><dt>Records in</dt><dd>${rate(this.rates.records)} ${sparkline(this.trend.of('records'), 'Records in, last two minutes')}</dd></div>
      <div class="stat"><dt>Bytes in</dt><dd>${byteRate(this.rates.bytes)} ${sparkline(this.trend.of('bytes'), 'Bytes in, last two minutes')}</dd></div>
      <div class="stat"><dt>Heap</dt><dd title=${'of ' + size(most)}>${size(heap)}${sparkline(this.trend.of('heap'), 'Heap, last two minutes')}</dd></div>
      <div class="stat"><dt>Processor</dt><dd>${cpu === null ? '–' : Math.round(cpu * 100) + ' %'} ${sparkline(this.trend.of('cpu'), 'Processor use, last two minutes')}</dd></div>
      <div class="stat"><dt>Runs for</dt><dd>${duration(sum(values, 'process_uptime_seconds'))}</dd></div>
    </dl>`;
  }

  /** @param {any} cluster */
  nodes(cluster) {
    const alive = cluster.brokers.filter((/** @type {any} */ broker) => broker.alive).length;
    return html`<dl class="stats">
        ${stat('Nodes alive', `${alive} of ${cluster.brokers.length}`, alive < cluster.brokers.length && 'error')}
        ${stat('Partitions', count(cluster.partitionCount))}
        ${stat('Offline', count(cluster.offlinePartitionCount), cluster.offlinePartitionCount > 0 && 'error')}
        ${stat('Under-replicated', count(cluster.underReplicatedPartitionCount), cluster.underReplicatedPartitionCount > 0 && 'warn')}
        ${stat('Moving', count(cluster.movingPartitionCount))}
      </dl>
      <div class="stack">
        ${cluster.controllerId < 0 ? html`<p class="notice error" role="alert">No node is the controller now: topics cannot be made or changed. One is elected when a majority of the nodes hears each other.</p>` : nothing}
        <div class="card table-wrap"><table class="nodes">
          <thead><tr><th class="number">Node</th><th>State</th><th class="number">Leads</th><th class="number">Holds</th><th class="p2">Rack</th><th class="p2">Doors</th></tr></thead>
          <tbody>${cluster.brokers.map((/** @type {any} */ broker) => this.node(broker))}</tbody></table></div>
        ${cluster.offlinePartitionCount + cluster.underReplicatedPartitionCount + cluster.movingPartitionCount > 0 ? html`<tw-cluster-partitions .cluster=${cluster}></tw-cluster-partitions>` : nothing}
        <div class="card pad"><dl class="facts"><dt>Cluster</dt><dd class="mono">${cluster.clusterId}</dd><dt>Topics</dt><dd>${count(cluster.topicCount)}</dd><dt>Interface</dt><dd><a href="/v1/openapi.json" target="_blank" rel="noreferrer">OpenAPI description</a>, <a href="/metrics" target="_blank" rel="noreferrer">metrics</a></dd></dl></div>
      </div>`;
  }

  /** @param {any} broker */
  node(broker) {
    return html`<tr>
      <td class="number">${broker.id}</td>
      <td><div class="chips">${badge(broker.alive ? 'alive' : 'away')}${broker.draining ? badge('draining') : nothing}${broker.controller ? html`<span class="badge accent plain" title="Makes topics and moves replicas">Controller</span>` : nothing}</div></td>
      <td class="number">${count(broker.leaderCount)}</td><td class="number">${count(broker.replicaCount)}</td>
      <td class="p2">${broker.rack ?? '–'}</td>
      <td class="p2"><div class="chips">${Object.entries(broker.endpoints).map(([name, one]) => html`<span class="chip"><span class="mono">${DOORS[name] ?? name} ${one.host}:${one.port}</span></span>`)}</div></td></tr>`;
  }

  /** @param {import('../metrics.js').Metrics} values */
  details(values) {
    const rows = /** @type {[string, string][]} */ ([
      ['Heap at most', size(sum(values, 'jvm_memory_max_bytes', { area: 'heap' }))],
      ['Open files', `${count(sum(values, 'process_files_open_files'))} of ${count(sum(values, 'process_files_max_files'))}`],
      ['Threads', count(sum(values, 'jvm_threads_live_threads'))],
      ['Direct memory', size(sum(values, 'jvm_buffer_memory_used_bytes', { id: 'direct' }))],
      ['Kafka connections so far', count(sum(values, 'thalweg_door_connections_accepted_total'))],
      ['Kafka connections refused', count(sum(values, 'thalweg_door_connections_refused_total'))],
      ['Collector pauses', duration(sum(values, 'jvm_gc_pause_seconds_sum'))],
    ]);
    return html`<div class="card pad"><dl class="facts">${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></div>`;
  }
}
customElements.define('tw-cluster', Cluster);

const COUNTERS = /** @type {const} */ ([
  ['records', 'kafka_server_brokertopicmetrics_messagesin_total'],
  ['bytes', 'kafka_server_brokertopicmetrics_bytesin_total'],
]);

const DOORS = /** @type {Record<string, string>} */ ({ http: 'HTTP', kafka: 'Kafka', eventBus: 'event bus' });

/** @param {string} name @param {string} value @param {'error' | 'warn' | false} [tone] */
function stat(name, value, tone = false) {
  return html`<div class="stat ${tone || ''}"><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** Whether this page came from that node; not to be told behind a proxy. @param {any} broker */
function answers(broker) {
  const door = broker.endpoints.http;
  return door !== undefined && `${door.host}:${door.port}` === location.host;
}

/** A node that is not ready answers too, with 503 and why. @param {string} path */
async function health(path) {
  try {
    return await call(path);
  } catch (failure) {
    if (failure instanceof ApiError && failure.status === 503 && failure.body) {
      return failure.body;
    }
    throw failure;
  }
}
