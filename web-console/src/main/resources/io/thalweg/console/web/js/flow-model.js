// @ts-check
/** What GET /v1/flow says, as the views want it. */
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

/** What nobody counts without reading everything: the records themselves. */
export const SPAN_HINT = 'From the first offset to the next one. Marks of transactions and of a change of leader have offsets too, and so has what compaction removed.';

/** Where the page of one of a kind is. */
export const SECTIONS = /** @type {const} */ ({
  topic: 'topics',
  group: 'groups',
  connector: 'connectors',
  stream: 'streams',
  verticle: 'verticles',
});

/** @param {import('lit').ReactiveControllerHost} host @param {() => boolean} [internal] */
export function flowWatch(host, internal = () => false) {
  return new Watch(host, () => '/v1/flow' + (internal() ? '?internal=true' : ''), { everyMillis: 2000 });
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
