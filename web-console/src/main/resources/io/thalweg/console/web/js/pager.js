// @ts-check
/** Pages of a topic's records over the stateless read: forwards from a position, or backwards from the end. */
import { call, url } from './api.js';
import { readRecords } from './records.js';

/** @typedef {import('./records.js').Row} Row */
/**
 * @typedef {object} Pager
 * @property {boolean} done nothing more to read, for now
 * @property {boolean} newestFirst
 * @property {(limit: number, signal: AbortSignal) => Promise<Row[]>} next about so many
 */

const PARALLEL_BYTES = 1 << 20;

/** @param {string} topic @param {Record<string, string | number>} query @param {AbortSignal} signal */
async function read(topic, query, signal) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const text = await call(url`/v1/topics/${topic}/records` + '?' + search, { text: true, signal });
  /** @type {Row[]} */
  const rows = [];
  const { next } = readRecords(text, (row) => rows.push(row));
  return { rows, next: /** @type {string} */ (next) };
}

/** @param {string} topic @param {number | null} partition null for all @param {string} from @returns {Pager} */
export function forwards(topic, partition, from) {
  let position = from;
  return {
    done: false,
    newestFirst: false,
    async next(limit, signal) {
      const page = await read(
        topic,
        { ...(partition === null ? {} : { partition }), from: position, limit, maxBytes: 4 * PARALLEL_BYTES },
        signal,
      );
      position = page.next;
      this.done = page.rows.length === 0;
      return page.rows;
    },
  };
}

/**
 * @param {string} topic
 * @param {{partition: number, logStartOffset: number, highWatermark: number}[]} partitions as they are now
 * @returns {Pager}
 */
export function backwards(topic, partitions) {
  const open = partitions.map((one) => ({
    partition: one.partition,
    low: one.logStartOffset,
    high: one.highWatermark,
  }));
  return {
    done: open.every((one) => one.high <= one.low),
    newestFirst: true,
    async next(limit, signal) {
      const active = open.filter((one) => one.high > one.low);
      const share = Math.max(1, Math.ceil(limit / Math.max(1, active.length)));
      const parts = await Promise.all(
        active.map(async (one) => {
          const from = Math.max(one.low, one.high - share);
          const rows = await between(topic, one.partition, from, one.high, signal);
          one.high = from;
          return rows;
        }),
      );
      this.done = open.every((one) => one.high <= one.low);
      return parts.flat().sort((a, b) => b.timestamp - a.timestamp || b.partition - a.partition || b.offset - a.offset);
    },
  };
}

/** All records of [from, to), in however many reads it takes. @param {string} topic @param {number} partition @param {number} from @param {number} to @param {AbortSignal} signal */
async function between(topic, partition, from, to, signal) {
  /** @type {Row[]} */
  const found = [];
  /** @type {string | number} */
  let position = from;
  for (;;) {
    const page = await read(topic, { partition, from: position, limit: Math.min(1000, to - from), maxBytes: PARALLEL_BYTES }, signal);
    for (const row of page.rows) {
      if (row.offset < to) {
        found.push(row);
      }
    }
    const last = page.rows.at(-1);
    if (!last || last.offset >= to - 1) {
      return found;
    }
    position = page.next;
  }
}
