// @ts-check
/** Pages of a topic's records over the stateless read: forwards from a position, or backwards from the end. */
import { call, url } from './api.js';
import { readRecords } from './records.js';

/** @typedef {import('./records.js').Row} Row */
/**
 * @typedef {object} Pager
 * @property {boolean} done nothing more to read, for now
 * @property {boolean} newestFirst
 * @property {(limit: number, signal: AbortSignal) => Promise<Row[]>} next about so many; one that failed can be called again
 */
/** @typedef {{partition: number, logStartOffset: number, highWatermark: number, sizeBytes?: number | null}} PartitionNow */

/** Of one answer. */
const READ_BYTES = 1 << 20;
/** Of what one page may bring in, as far as the mean size of a topic's records tells. */
const PAGE_BYTES = 16 << 20;
/** Fewer from a partition at once are not worth the way. */
const SHARE_MIN = 50;
/** Where nothing is left of a range (it was compacted away), the next range is longer, up to this. */
const SPAN_MAX = 20_000;

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
        { ...(partition === null ? {} : { partition }), from: position, limit, maxBytes: 4 * READ_BYTES },
        signal,
      );
      position = page.next;
      this.done = page.rows.length === 0;
      return page.rows;
    },
  };
}

/** One partition, read from its end towards its beginning. */
class Backwards {
  /** @param {string} topic @param {PartitionNow} now */
  constructor(topic, now) {
    this.topic = topic;
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

  /** Reads back until there is at least one row, or nothing before. @param {number} wanted @param {number} bytes @param {AbortSignal} signal */
  async fill(wanted, bytes, signal) {
    const most = Math.max(1, Math.min(SPAN_MAX, Math.floor(bytes / this.meanBytes)));
    let span = Math.min(most, Math.max(wanted, this.span));
    while (this.rows.length === 0 && this.high > this.low) {
      const from = Math.max(this.low, this.high - span);
      const found = await between(this.topic, this.partition, from, this.high, signal);
      this.rows = found.reverse();
      this.high = from;
      // Sparse ranges are asked for in longer pieces; what was dense again goes back.
      span = Math.min(most, span * 4);
      this.span = found.length === 0 ? span : 0;
    }
  }
}

/**
 * All partitions together: the record that comes next is the one of the latest time among the newest of each.
 * @param {string} topic @param {PartitionNow[]} partitions as they are now @returns {Pager}
 */
export function backwards(topic, partitions) {
  const open = partitions.map((one) => new Backwards(topic, one));
  return {
    done: open.every((one) => one.exhausted),
    newestFirst: true,
    async next(limit, signal) {
      /** @type {Row[]} */
      const page = [];
      while (page.length < limit) {
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
        const heads = active.filter((one) => one.rows.length > 0);
        if (heads.length === 0) {
          break;
        }
        takeNewest(heads, page, limit);
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

/** All records of [from, to), in however many reads it takes. @param {string} topic @param {number} partition @param {number} from @param {number} to @param {AbortSignal} signal */
async function between(topic, partition, from, to, signal) {
  /** @type {Row[]} */
  const found = [];
  /** @type {string | number} */
  let position = from;
  for (;;) {
    const page = await read(topic, { partition, from: position, limit: Math.min(1000, to - from), maxBytes: READ_BYTES }, signal);
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
