// @ts-check
/**
 * The page's one WebSocket, off the page's thread. It carries all tails; it comes back by itself, with growing pauses, and
 * then goes on where each tail was. Records come in at any rate; what leaves for the page is bounded: the newest of each
 * tick, and the count of those that are not shown.
 */
import { readRecords } from './records.js';

/** @typedef {import('./records.js').Row} Row */
/**
 * @typedef {object} Tail
 * @property {string} id
 * @property {string[]} topics
 * @property {string} from
 * @property {Map<string, {topic: string, partition: number, offset: number}>} positions next to read
 * @property {boolean} paused
 * @property {boolean} open subscribed on the present socket
 * @property {number} taken records since credits were granted
 * @property {Row[]} rows waiting for the tick
 * @property {number} received
 * @property {number} notShown
 * @property {number} failures in a row
 */

const TICK_MILLIS = 50;
const ROWS_PER_TICK = 40;
const CREDITS = 16_000;
const RETRY_MILLIS_MAX = 15_000;

/** @type {Map<string, Tail>} */
const tails = new Map();
/** @type {WebSocket | null} */
let socket = null;
let attempts = 0;
/** @type {ReturnType<typeof setInterval> | undefined} */
let ticks;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

addEventListener('message', (event) => {
  const message = event.data;
  switch (message.type) {
    case 'tail':
      tails.set(message.id, {
        id: message.id,
        topics: message.topics,
        from: message.from,
        positions: new Map(),
        paused: false,
        open: false,
        taken: 0,
        rows: [],
        received: 0,
        notShown: 0,
        failures: 0,
      });
      ticks ??= setInterval(() => tails.forEach(flush), TICK_MILLIS);
      connect();
      subscribe(/** @type {Tail} */ (tails.get(message.id)));
      break;
    case 'pause': {
      const tail = tails.get(message.id);
      if (tail) {
        tail.paused = message.paused;
      }
      break;
    }
    case 'stop': {
      const tail = tails.get(message.id);
      tails.delete(message.id);
      if (tail?.open) {
        send({ op: 'unsubscribe', id: message.id });
      }
      if (tails.size === 0) {
        close();
      }
      break;
    }
    case 'reconnect':
      if (socket?.readyState === WebSocket.OPEN) {
        const doubtful = socket;
        lost(doubtful);
        doubtful.close();
      }
    // falls through
    case 'retry':
      clearTimeout(retry);
      retry = undefined;
      connect();
      break;
  }
});

function connect() {
  if (socket || retry !== undefined || tails.size === 0) {
    return;
  }
  const opened = new WebSocket(location.origin.replace(/^http/, 'ws') + '/v1/stream');
  socket = opened;
  postMessage({ type: 'state', state: 'connecting' });
  opened.onopen = () => {
    attempts = 0;
    postMessage({ type: 'state', state: 'open' });
    tails.forEach(subscribe);
  };
  opened.onmessage = (event) => {
    // One that was given up may still deliver.
    if (socket === opened) {
      onFrame(event.data);
    }
  };
  opened.onclose = () => {
    if (!lost(opened)) {
      return;
    }
    if (tails.size === 0) {
      postMessage({ type: 'state', state: 'idle' });
      return;
    }
    const wait = Math.min(RETRY_MILLIS_MAX, 500 * 2 ** attempts) * (0.75 + Math.random() / 2);
    attempts++;
    postMessage({ type: 'state', state: 'waiting', retryAt: Date.now() + wait });
    retry = setTimeout(() => {
      retry = undefined;
      connect();
    }, wait);
  };
}

/** Whether it was the one in use. @param {WebSocket} closed */
function lost(closed) {
  if (socket !== closed) {
    return false;
  }
  socket = null;
  tails.forEach((tail) => {
    tail.open = false;
  });
  return true;
}

function close() {
  clearInterval(ticks);
  ticks = undefined;
  clearTimeout(retry);
  retry = undefined;
  const open = socket;
  socket = null;
  open?.close(1000);
  postMessage({ type: 'state', state: 'idle' });
}

/** @param {object} message */
function send(message) {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(message));
  }
}

/** @param {Tail} tail */
async function subscribe(tail) {
  const on = socket;
  if (on?.readyState !== WebSocket.OPEN || tail.open) {
    return;
  }
  tail.open = true;
  try {
    await findEnds(tail);
  } catch (failure) {
    if (socket === on && tails.get(tail.id) === tail) {
      tail.open = false;
      refused(tail, /** @type {any} */ (failure).problem ?? { detail: 'The node does not answer.', retriable: true });
    }
    return;
  }
  if (socket !== on || tails.get(tail.id) !== tail) {
    return;
  }
  tail.taken = 0;
  const positions = [...tail.positions.values()];
  send({
    op: 'subscribe',
    id: tail.id,
    topics: tail.topics,
    // With the ends known, a partition without a position is one that was added since: all of it is news.
    from: tail.from === 'latest' ? 'earliest' : tail.from,
    ...(positions.length > 0 ? { positions } : {}),
    credits: CREDITS,
  });
}

/**
 * A tail that begins at the end begins at positions that are asked for once: after a broken connection it goes on from
 * them, also where nothing has arrived yet.
 * @param {Tail} tail
 */
async function findEnds(tail) {
  if (tail.from !== 'latest' || tail.positions.size > 0) {
    return;
  }
  /** @type {typeof tail.positions} */
  const found = new Map();
  for (const topic of tail.topics) {
    const response = await fetch('/v1/topics/' + encodeURIComponent(topic), { cache: 'no-store' });
    const answer = await response.json();
    if (!response.ok) {
      throw Object.assign(new Error(answer.detail), { problem: answer });
    }
    for (const { partition, highWatermark } of answer.partitions) {
      found.set(topic + ' ' + partition, { topic, partition, offset: highWatermark ?? 0 });
    }
  }
  tail.positions = found;
}

/** @param {Tail} tail @param {any} problem */
function refused(tail, problem) {
  postMessage({ type: 'problem', id: tail.id, problem });
  again(tail, problem);
}

/** @param {string} text */
function onFrame(text) {
  if (text.startsWith('{"op":"records"')) {
    onRecords(text);
    return;
  }
  const message = JSON.parse(text);
  const tail = tails.get(message.id);
  if (!tail) {
    return;
  }
  if (message.op === 'subscribed') {
    tail.failures = 0;
    postMessage({ type: 'subscribed', id: tail.id });
  } else if (message.op === 'error') {
    tail.open = false;
    refused(tail, message.problem);
  }
}

/** A subscription ended: as its topic grew, or as what it wanted is gone. @param {Tail} tail @param {any} problem */
function again(tail, problem) {
  if (problem.errorCode === 'OFFSET_OUT_OF_RANGE') {
    tail.positions.clear();
  } else if (!problem.retriable) {
    return;
  }
  tail.failures++;
  setTimeout(() => tails.get(tail.id) === tail && subscribe(tail), Math.min(RETRY_MILLIS_MAX, 250 * 2 ** tail.failures));
}

/** @param {string} text */
function onRecords(text) {
  /** @type {Row[]} */
  const rows = [];
  const { id } = readRecords(text, (row) => rows.push(row));
  const tail = tails.get(id);
  if (!tail) {
    return;
  }
  tail.received += rows.length;
  for (const row of rows) {
    const key = row.topic + ' ' + row.partition;
    const position = tail.positions.get(key);
    if (position) {
      position.offset = row.offset + 1;
    } else {
      tail.positions.set(key, { topic: row.topic, partition: row.partition, offset: row.offset + 1 });
    }
  }
  if (tail.paused) {
    tail.notShown += rows.length;
  } else {
    tail.rows.push(...rows);
    if (tail.rows.length > ROWS_PER_TICK) {
      tail.notShown += tail.rows.length - ROWS_PER_TICK;
      tail.rows = tail.rows.slice(-ROWS_PER_TICK);
    }
  }
  tail.taken += rows.length;
  if (tail.taken >= CREDITS / 4) {
    send({ op: 'credit', id: tail.id, credits: tail.taken });
    tail.taken = 0;
  }
}

/** @param {Tail} tail */
function flush(tail) {
  if (tail.received === 0) {
    return;
  }
  postMessage({ type: 'rows', id: tail.id, rows: tail.rows, received: tail.received, notShown: tail.notShown });
  tail.rows = [];
  tail.received = 0;
  tail.notShown = 0;
}
