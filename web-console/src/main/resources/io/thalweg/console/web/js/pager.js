// @ts-check
/** Pages of a topic's records over the stateless read: forwards from a position, or backwards from the end. */
import { call, url } from './api.js';
import { readRecords } from './records.js';

/** @typedef {import('./records.js').Row} Row */
/**
 * @typedef {object} Pager
 * @property {boolean} done nothing more to read, for now
 * @property {boolean} newestFirst
 * @property {number} looked records so far, those that a filter left out too
 * @property {(limit: number, signal: AbortSignal) => Promise<Row[]>} next about so many; one that failed can be called again
 */
/** @typedef {{partition: number, logStartOffset: number, highWatermark: number, sizeBytes?: number | null}} PartitionNow */

/** Of one answer. */
const READ_BYTES = 1 << 20;
/** Of what one page may bring in, as far as the mean size of a topic's records tells. */
const PAGE_BYTES = 16 << 20;
/** Fewer from a partition at once are not worth the way. */
const SHARE_MIN = 50;
/** What one page may look at before it tells how far it is. */
const LOOKED_MAX = 20_000;
/** Where nothing is left of a range (it was compacted away), the next range is longer, up to this. */
const SPAN_MAX = 20_000;

/** @param {string} topic @param {Record<string, string | number>} query @param {AbortSignal} signal */
async function read(topic, query, signal) {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const text = await call(url`/v1/topics/${topic}/records` + '?' + search, { text: true, signal });
  /** @type {Row[]} */
  const rows = [];
  const { next, looked } = readRecords(text, (row) => rows.push(row));
  return { rows, next: /** @type {string} */ (next), looked: /** @type {number} */ (looked ?? rows.length) };
}

/** @param {string} filter */
const filtered = (filter) => (filter === '' ? {} : { filter });

/** @param {string} topic @param {number | null} partition null for all @param {string} from @param {string} [filter] for the node @returns {Pager} */
export function forwards(topic, partition, from, filter = '') {
  let position = from;
  const one = { ...(partition === null ? {} : { partition }), ...filtered(filter) };
  return {
    done: false,
    looked: 0,
    newestFirst: false,
    async next(limit, signal) {
      const page = await read(
        topic,
        { ...one, from: position, limit, maxBytes: 4 * READ_BYTES },
        signal,
      );
      position = page.next;
      this.looked += page.looked;
      // A short page may have been cut for its bytes: only a further look tells.
      this.done = page.looked < limit && (await read(topic, { ...one, from: position, limit: 1, maxBytes: 1 }, signal)).looked === 0;
      return page.rows;
    },
  };
}

/** One partition, read from its end towards its beginning. */
class Backwards {
  /** @param {string} topic @param {PartitionNow} now @param {string} filter */
  constructor(topic, now, filter) {
    this.topic = topic;
    this.filter = filter;
    this.looked = 0;
    this.partition = now.partition;
    this.low = now.logStartOffset;
    /** before it nothing was read yet */
    this.high = now.highWatermark;
    /** read and not yet handed out, newest first @type {Row[]} */
    this.rows = [];
    const count = now.highWatermark - now.logStartOffset;
    this.meanBytes = count > 0 && now.sizeBytes ? now.sizeBytes / count : 1;
    this.span = 0;
  }

  get exhausted() {
    return this.rows.length === 0 && this.high <= this.low;
  }

  /** Reads one range further back. @param {number} wanted @param {number} bytes @param {AbortSignal} signal */
  async fill(wanted, bytes, signal) {
    const most = Math.max(1, Math.min(SPAN_MAX, Math.floor(bytes / this.meanBytes)));
    const span = Math.min(most, Math.max(wanted, this.span));
    const from = Math.max(this.low, this.high - span);
    const found = await this.between(from, this.high, signal);
    this.rows = found.rows.reverse();
    this.looked += found.looked;
    this.high = from;
    // Ranges with nothing in them are asked for in longer pieces.
    this.span = found.rows.length === 0 ? span * 4 : 0;
  }

  /** All records of [from, to), in however many reads it takes. @param {number} from @param {number} to @param {AbortSignal} signal */
  async between(from, to, signal) {
    /** @type {Row[]} */
    const rows = [];
    let looked = 0;
    /** @type {string | number} */
    let position = from;
    for (;;) {
      // No more than the range: with a filter, the answer does not tell where the last record stood that was looked at.
      const limit = Math.min(1000, to - from - looked);
      const page = await read(
        this.topic,
        { partition: this.partition, ...filtered(this.filter), from: position, limit, maxBytes: READ_BYTES },
        signal,
      );
      const within = page.rows.filter((row) => row.offset < to);
      rows.push(...within);
      looked += page.looked;
      const last = page.rows.at(-1);
      if (page.looked === 0 || looked >= to - from || (last && last.offset >= to - 1)) {
        return { rows, looked };
      }
      position = page.next;
    }
  }
}

/**
 * All partitions together: the record that comes next is the one of the latest time among the newest of each.
 * @param {string} topic @param {PartitionNow[]} partitions as they are now @param {string} [filter] for the node @returns {Pager}
 */
export function backwards(topic, partitions, filter = '') {
  const open = partitions.map((one) => new Backwards(topic, one, filter));
  return {
    done: open.every((one) => one.exhausted),
    looked: 0,
    newestFirst: true,
    async next(limit, signal) {
      /** @type {Row[]} */
      const page = [];
      const lookedMax = this.looked + LOOKED_MAX;
      while (page.length < limit && this.looked < lookedMax) {
        const active = open.filter((one) => !one.exhausted);
        const dry = active.filter((one) => one.rows.length === 0);
        const share = Math.max(SHARE_MIN, Math.ceil((limit - page.length) / Math.max(1, active.length)));
        try {
          await Promise.all(dry.map((one) => one.fill(share, PAGE_BYTES / active.length, signal)));
        } catch (failure) {
          page.forEach((row) => open.find((one) => one.partition === row.partition)?.rows.unshift(row));
          restore(open);
          throw failure;
        }
        this.looked = open.reduce((sum, one) => sum + one.looked, 0);
        const heads = open.filter((one) => !one.exhausted);
        if (heads.length === 0) {
          break;
        }
        if (heads.every((one) => one.rows.length > 0)) {
          takeNewest(heads, page, limit);
        }
      }
      this.done = open.every((one) => one.exhausted);
      return page;
    },
  };
}

/** Until the page is full, or it is not known what comes next. @param {Backwards[]} heads @param {Row[]} page @param {number} limit */
function takeNewest(heads, page, limit) {
  while (page.length < limit) {
    let newest = heads[0];
    for (const one of heads) {
      if (later(one.rows[0], newest.rows[0])) {
        newest = one;
      }
    }
    page.push(/** @type {Row} */ (newest.rows.shift()));
    if (newest.rows.length === 0) {
      return;
    }
  }
}

/** @param {Row} a @param {Row} b */
function later(a, b) {
  return a.timestamp !== b.timestamp ? a.timestamp > b.timestamp : a.partition > b.partition;
}

/** What was taken for a page that failed is newest first again. @param {Backwards[]} open */
function restore(open) {
  open.forEach((one) => one.rows.sort((a, b) => b.offset - a.offset));
}
