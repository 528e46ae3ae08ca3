// @ts-check
/**
 * The page's one place for what changes by itself: summaries that are asked for again and again, shared by all views that
 * show them, and tails over one WebSocket. Both come back by themselves, and say how it stands.
 */
import { call, ApiError } from './api.js';

const target = new EventTarget();
const RETRY_MILLIS_MAX = 15_000;

/** @typedef {{state: 'online' | 'waiting' | 'connecting', retryAt: number}} Connection */

/** @type {Connection} */
let reached = { state: 'connecting', retryAt: 0 };
/** @type {Connection | null} of the socket, if there is one */
let streaming = null;

/** @returns {Connection} the worse of both */
export function connection() {
  return streaming && streaming.state !== 'online' && reached.state === 'online' ? streaming : reached;
}

/** @param {() => void} listener @returns {() => void} */
export function onConnection(listener) {
  target.addEventListener('connection', listener);
  return () => target.removeEventListener('connection', listener);
}

/** @param {Connection} now */
function reachedAs(now) {
  const changed = now.state !== reached.state || now.retryAt !== reached.retryAt;
  if (now.state === 'online' && reached.state === 'waiting') {
    // What was open before may be a connection that only one side knows of.
    worker?.postMessage({ type: 'reconnect' });
  }
  reached = now;
  if (changed) {
    target.dispatchEvent(new Event('connection'));
  }
}

/**
 * @template T
 * @typedef {{value: T | null, error: ApiError | null, atMillis: number, history: Map<string, number[]>}} Seen
 */

/** One address that is asked for again as long as someone listens. */
class Feed {
  /** @param {string} path @param {number} everyMillis @param {(path: string) => Promise<any>} load */
  constructor(path, everyMillis, load) {
    this.path = path;
    this.everyMillis = everyMillis;
    this.load = load;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    /** @type {Seen<any>} */
    this.seen = { value: null, error: null, atMillis: 0, history: new Map() };
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.failures = 0;
    this.loading = false;
  }

  /** @param {() => void} listener */
  add(listener) {
    this.listeners.add(listener);
    if (this.listeners.size === 1) {
      this.ask();
    }
  }

  /** @param {() => void} listener */
  remove(listener) {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) {
      clearTimeout(this.timer);
    }
  }

  async ask() {
    clearTimeout(this.timer);
    if (this.loading) {
      return;
    }
    this.loading = true;
    try {
      const value = await this.load(this.path);
      this.seen = { ...this.seen, value, error: null, atMillis: Date.now() };
      this.failures = 0;
      reachedAs({ state: 'online', retryAt: 0 });
    } catch (failure) {
      const error = failure instanceof ApiError ? failure : new ApiError(0, 'FAILED', String(failure), true);
      this.seen = { ...this.seen, error };
      this.failures++;
      if (error.status === 0) {
        reachedAs({ state: 'waiting', retryAt: Date.now() + this.pause() });
      } else {
        reachedAs({ state: 'online', retryAt: 0 });
      }
    } finally {
      this.loading = false;
    }
    this.listeners.forEach((listener) => listener());
    if (this.listeners.size > 0) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tick(), this.pause());
    }
  }

  /** A page that nobody sees asks for nothing. */
  tick() {
    if (document.hidden) {
      this.timer = setTimeout(() => this.tick(), this.everyMillis);
    } else {
      this.ask();
    }
  }

  pause() {
    return this.failures === 0
      ? this.everyMillis
      : Math.min(RETRY_MILLIS_MAX, this.everyMillis * 2 ** Math.min(this.failures, 4));
  }
}

/** @type {Map<string, Feed>} */
const feeds = new Map();

/** @param {string} path @param {number} everyMillis @param {(path: string) => Promise<any>} load */
function feedOf(path, everyMillis, load) {
  let feed = feeds.get(path);
  if (!feed) {
    feed = new Feed(path, everyMillis, load);
    feeds.set(path, feed);
    for (const [known, old] of feeds) {
      if (feeds.size > 40 && old.listeners.size === 0) {
        feeds.delete(known);
      }
    }
  }
  return feed;
}

/** All feeds ask at once: after a change that the person made, or as they ask for it. */
export function refresh() {
  feeds.forEach((feed) => {
    feed.failures = 0;
    if (feed.listeners.size > 0) {
      feed.ask();
    }
  });
  worker?.postMessage({ type: 'retry' });
}

/**
 * A view's share in a feed, as a Lit controller: the view renders again when there is news.
 * @implements {import('lit').ReactiveController}
 */
export class Watch {
  /**
   * @param {import('lit').ReactiveControllerHost} host
   * @param {() => string | null} path null while there is nothing to ask for; may change
   * @param {{everyMillis?: number, load?: (path: string) => Promise<any>, onValue?: (value: any) => void}} [options]
   */
  constructor(host, path, { everyMillis = 2000, load = call, onValue } = {}) {
    this.host = host;
    this.path = path;
    this.everyMillis = everyMillis;
    this.load = load;
    this.onValue = onValue;
    /** @type {Feed | null} */
    this.feed = null;
    this.lastMillis = 0;
    this.listener = () => {
      const seen = this.feed?.seen;
      if (this.onValue && seen?.value && seen.atMillis !== this.lastMillis) {
        this.lastMillis = seen.atMillis;
        this.onValue(seen.value);
      }
      this.host.requestUpdate();
    };
    host.addController(this);
  }

  hostConnected() {
    this.attach();
  }

  hostUpdate() {
    this.attach();
  }

  hostDisconnected() {
    this.feed?.remove(this.listener);
    this.feed = null;
  }

  attach() {
    const path = this.path();
    if ((this.feed?.path ?? null) === path) {
      return;
    }
    this.feed?.remove(this.listener);
    this.feed = path === null ? null : feedOf(path, this.everyMillis, this.load);
    this.feed?.add(this.listener);
  }

  /** @returns {any} */
  get value() {
    return this.feed?.seen.value ?? null;
  }

  get error() {
    return this.feed?.seen.error ?? null;
  }

  ask() {
    return this.feed?.ask();
  }
}

/** @type {Worker | null} */
let worker = null;
/** @type {Map<string, (message: any) => void>} */
const tails = new Map();
let lastTail = 0;

function socketWorker() {
  if (!worker) {
    worker = new Worker(new URL('./socket-worker.js', import.meta.url), { type: 'module' });
    worker.onerror = (failure) =>
      tails.forEach((listener) => listener({ type: 'problem', problem: { detail: 'The tail broke: ' + failure.message } }));
    worker.onmessage = (event) => {
      const message = event.data;
      if (message.type === 'state') {
        streaming =
          message.state === 'idle'
            ? null
            : {
                state: message.state === 'open' ? 'online' : message.state,
                retryAt: message.retryAt ?? 0,
              };
        target.dispatchEvent(new Event('connection'));
      } else {
        tails.get(message.id)?.(message);
      }
    };
  }
  return worker;
}

/**
 * Follows topics as records arrive.
 * @param {string[]} topics
 * @param {string} from earliest, latest or an instant
 * @param {(message: {type: 'rows', rows: import('./records.js').Row[], received: number, notShown: number}
 *   | {type: 'subscribed'} | {type: 'problem', problem: any}) => void} listener
 */
export function tail(topics, from, listener) {
  const id = 'tail-' + ++lastTail;
  tails.set(id, listener);
  socketWorker().postMessage({ type: 'tail', id, topics, from });
  return {
    /** What arrives meanwhile is counted as not shown. @param {boolean} paused */
    pause: (paused) => socketWorker().postMessage({ type: 'pause', id, paused }),
    stop: () => {
      tails.delete(id);
      socketWorker().postMessage({ type: 'stop', id });
    },
  };
}
