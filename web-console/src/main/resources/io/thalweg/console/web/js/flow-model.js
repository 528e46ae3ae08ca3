// @ts-check
/** What GET /v1/flow says, as the views want it. */
import { call } from './api.js';
import { Watch } from './live.js';

/**
 * @typedef {object} FlowNode
 * @property {string} id
 * @property {'topic' | 'connector' | 'stream' | 'group' | 'verticle'} kind
 * @property {string} name
 * @property {string | null} state
 * @property {string | null} problem
 * @property {Record<string, number>} figures
 */
/**
 * @typedef {object} FlowEdge
 * @property {string} from
 * @property {string} to
 * @property {Record<string, number>} figures
 */
/** @typedef {{nodes: FlowNode[], edges: FlowEdge[]}} Flow */
/** @typedef {{kind: 'group' | 'connector' | 'stream', name: string, lag: number | undefined}} Reader */
/**
 * @typedef {object} TopicFigures
 * @property {number} [records]
 * @property {number} [sizeBytes]
 * @property {number} [recordsPerSecond]
 * @property {number} [bytesPerSecond]
 * @property {number | undefined} lag of the reader that is furthest behind; undefined if none has one
 * @property {number} [lagSeconds]
 * @property {Reader[]} readers
 */

/** Where the page of one of a kind is. */
export const SECTIONS = /** @type {const} */ ({
  topic: 'topics',
  group: 'groups',
  connector: 'connectors',
  stream: 'streams',
  verticle: 'verticles',
});

/** The node may answer with what it knew a moment ago: a rate over less than this would be nothing or twice too much. */
const RATE_MILLIS_MIN = 1800;

/** @typedef {{records: number, atMillis: number, looks: number, perSecond: number | undefined}} Moved */

/** What connectors had moved when they were looked at last, by name. @type {Map<string, Moved>} */
let moved = new Map();

/** @param {import('lit').ReactiveControllerHost} host @param {() => boolean} [internal] */
export function flowWatch(host, internal = () => false) {
  return new Watch(host, () => '/v1/flow' + (internal() ? '?internal=true' : ''), { everyMillis: 2000, load });
}

/** @param {string} path */
async function load(path) {
  const flow = await call(path);
  addRates(flow);
  return flow;
}

/**
 * Connectors count what they move and tell no rate: it is the difference since they were looked at before. What a source
 * writes to its only topic flows over that edge.
 * @param {Flow} flow
 */
function addRates(flow) {
  const atMillis = performance.now();
  /** @type {typeof moved} */
  const now = new Map();
  for (const node of flow.nodes) {
    const records = node.figures.records;
    if (node.kind !== 'connector' || records === undefined) {
      continue;
    }
    const before = moved.get(node.name);
    const known = before && records >= before.records ? before : { records, atMillis, looks: 0, perSecond: undefined };
    const elapsed = atMillis - known.atMillis;
    if (elapsed < RATE_MILLIS_MIN) {
      now.set(node.name, known);
    } else {
      // The first answer may have been of long ago, from when somebody asked before.
      const perSecond = known.looks === 0 ? undefined : ((records - known.records) / elapsed) * 1000;
      now.set(node.name, { records, atMillis, looks: known.looks + 1, perSecond });
    }
    const { perSecond } = /** @type {Moved} */ (now.get(node.name));
    if (perSecond !== undefined && node.figures.recordsPerSecond === undefined) {
      node.figures.recordsPerSecond = perSecond;
      const written = flow.edges.filter((edge) => edge.from === node.id);
      if (written.length === 1) {
        written[0].figures.recordsPerSecond ??= perSecond;
      }
    }
  }
  moved = now;
}

/** @param {Flow | null} flow @returns {Map<string, TopicFigures>} */
export function topicFigures(flow) {
  /** @type {Map<string, TopicFigures>} */
  const byName = new Map();
  if (!flow) {
    return byName;
  }
  /** @type {Map<string, FlowNode>} */
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  for (const node of flow.nodes) {
    if (node.kind === 'topic') {
      byName.set(node.name, { ...node.figures, lag: undefined, readers: [] });
    }
  }
  for (const edge of flow.edges) {
    const from = nodes.get(edge.from);
    const to = nodes.get(edge.to);
    if (from?.kind !== 'topic' || !to || to.kind === 'topic' || to.kind === 'verticle') {
      continue;
    }
    const figures = byName.get(from.name);
    if (figures) {
      const { lag } = edge.figures;
      figures.readers.push({ kind: to.kind, name: to.name, lag });
      if (lag !== undefined && (figures.lag === undefined || lag > figures.lag)) {
        figures.lag = lag;
        figures.lagSeconds = to.figures.lagSeconds;
      }
    }
  }
  return byName;
}

/** Topics that the platform keeps for itself, by Kafka's custom of naming them. @param {{name: string, internal?: boolean}} topic */
export function isInternal(topic) {
  return topic.internal === true || topic.name.startsWith('__');
}
