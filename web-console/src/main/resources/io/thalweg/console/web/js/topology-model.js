// @ts-check
/** A topology as GET /v1/streams/{name} tells it, made into a graph: topics, operators, and the stores they use. */
import { compact, rate, size } from './format.js';
import { href } from './router.js';

/** @typedef {import('./graph/graph-view.js').GraphNode} GraphNode */
/** @typedef {import('./graph/graph-view.js').GraphEdge} GraphEdge */

/** @param {any} stream @returns {{nodes: GraphNode[], edges: GraphEdge[]}} */
export function topologyGraph(stream) {
  /** @type {Map<string, GraphNode>} */
  const nodes = new Map();
  /** @type {Map<string, GraphEdge>} */
  const edges = new Map();
  const lags = topicLags(stream);
  const stores = storeSizes(stream);
  const perSecond = (/** @type {string} */ id) => stream.nodes?.[id]?.recordsPerSecond ?? 0;
  const topic = (/** @type {string} */ name) => {
    const id = 'topic:' + name;
    const lag = lags.get(name);
    nodes.set(id, {
      id,
      title: name,
      href: href(['topics', name]),
      icon: 'topics',
      kind: 'topic',
      caption: 'topic',
      figures: lag === undefined ? 'topic' : lag === 0 ? 'no lag' : 'lag ' + compact(lag),
      tone: '',
    });
    return id;
  };
  const edge = (/** @type {string} */ from, /** @type {string} */ to, /** @type {number} */ flowing) =>
    edges.set(from + '\n' + to, { from, to, label: flowing > 0 ? rate(flowing) : '', tone: '', rate: flowing });
  for (const sub of stream.topology?.subTopologies ?? []) {
    for (const node of sub.nodes) {
      nodes.set(node.id, operator(node, stream.nodes?.[node.id], stores));
      node.inputs.forEach((/** @type {string} */ from) => edge(from, node.id, perSecond(node.id)));
      for (const name of topicsOf(node)) {
        if (node.inputs.length === 0) {
          edge(topic(name), node.id, perSecond(node.id));
        } else {
          edge(node.id, topic(name), perSecond(node.id));
        }
      }
    }
  }
  for (const table of stream.globalTables ?? stream.topology?.globalTables ?? []) {
    const id = 'global:' + table.store;
    nodes.set(id, {
      id,
      title: table.store,
      icon: 'cluster',
      kind: 'store',
      caption: 'global table',
      figures: compact(table.entries ?? 0) + ' entries',
      tone: '',
    });
    edge(topic(table.topic), id, 0);
    for (const sub of stream.topology.subTopologies) {
      for (const node of sub.nodes) {
        if (node.params?.globalStore === table.store || node.params?.store === table.store || node.params?.table === table.store) {
          edge(id, node.id, 0);
        }
      }
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()].filter((one) => nodes.has(one.from) && nodes.has(one.to)) };
}

/** @param {any} node @param {any} figures @param {Map<string, {entries: number, bytes: number}>} stores @returns {GraphNode} */
function operator(node, figures, stores) {
  const held = node.stores.map((/** @type {string} */ name) => stores.get(name)).filter(Boolean);
  const bytes = held.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.bytes, 0);
  const parts = [rate(figures?.recordsPerSecond ?? 0)];
  if (node.stores.length > 0) {
    parts.push(size(bytes));
  } else if (figures?.records) {
    parts.push(compact(figures.records));
  }
  return {
    id: node.id,
    title: readable(node),
    icon: node.stores.length > 0 ? 'cluster' : 'streams',
    kind: node.stores.length > 0 ? 'store' : 'operator',
    caption: 'operator',
    figures: parts.join(' · '),
    tone: '',
    hint: node.id + (node.stores.length > 0 ? ', store ' + node.stores.join(', ') : ''),
  };
}

/** @param {any} node */
function readable(node) {
  return node.op + (node.params?.name ? ' ' + node.params.name : '');
}

/** @param {any} node @returns {string[]} */
function topicsOf(node) {
  const params = node.params ?? {};
  return [...(params.topic ? [params.topic] : []), ...(Array.isArray(params.topics) ? params.topics : [])].map(String);
}

/** @param {any} stream */
function topicLags(stream) {
  /** @type {Map<string, number>} */
  const lags = new Map();
  for (const task of stream.tasks ?? []) {
    for (const input of task.inputs ?? []) {
      if (input.lag !== undefined) {
        lags.set(input.topic, (lags.get(input.topic) ?? 0) + input.lag);
      }
    }
  }
  return lags;
}

/** @param {any} stream @returns {Map<string, {entries: number, bytes: number}>} */
export function storeSizes(stream) {
  const stores = new Map();
  for (const task of stream.tasks ?? []) {
    for (const store of task.stores ?? []) {
      const sum = stores.get(store.name) ?? { entries: 0, bytes: 0 };
      stores.set(store.name, { entries: sum.entries + store.entries, bytes: sum.bytes + store.bytes });
    }
  }
  return stores;
}
