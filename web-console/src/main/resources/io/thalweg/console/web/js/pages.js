// @ts-check
/** The sections of the console and the view of each address. Views are loaded when they are first shown. */
import { html } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { loading } from './components/states.js';
import { href } from './router.js';

/**
 * @typedef {object} Page
 * @property {string} path first segment
 * @property {string} title
 * @property {import('./components/icons.js').IconName} icon
 */

/** @type {Page[]} */
export const pages = [
  { path: '', title: 'Flow', icon: 'flow' },
  { path: 'topics', title: 'Topics', icon: 'topics' },
  { path: 'groups', title: 'Groups', icon: 'groups' },
  { path: 'connectors', title: 'Connectors', icon: 'connectors' },
  { path: 'streams', title: 'Streams', icon: 'streams' },
  { path: 'verticles', title: 'Verticles', icon: 'verticles' },
  { path: 'cluster', title: 'Cluster', icon: 'cluster' },
];

/** @type {Map<string, 'loading' | 'loaded' | 'failed'>} */
const modules = new Map();
const target = new EventTarget();

/** @param {() => void} listener called when a view can be shown that could not before */
export function onLoaded(listener) {
  target.addEventListener('loaded', listener);
  return () => target.removeEventListener('loaded', listener);
}

/** @param {string} name @param {() => Promise<any>} load @param {unknown} view */
function lazy(name, load, view) {
  switch (modules.get(name)) {
    case 'loaded':
      return view;
    case 'failed':
      return html`<div class="view"><div class="empty"><h2>This page could not be loaded</h2>
        <p>The node does not answer, or it was replaced by another version. Load the console again.</p>
        <button class="button" @click=${() => location.reload()}>Load again</button></div></div>`;
    case 'loading':
      return loading;
    default: {
      modules.set(name, 'loading');
      const settle = (/** @type {'loaded' | 'failed'} */ state) => () => {
        modules.set(name, state);
        target.dispatchEvent(new Event('loaded'));
      };
      load().then(settle('loaded'), settle('failed'));
      return loading;
    }
  }
}

/**
 * A view belongs to one name: what was typed, opened or measured for one topic is not taken over to the next.
 * @param {import('./router.js').Place} at
 */
export function viewOf(at) {
  const [section, name] = at.path;
  return keyed(name ?? '', sectionOf(section, name, at));
}

/** @param {string | undefined} section @param {string | undefined} name @param {import('./router.js').Place} at */
function sectionOf(section, name, at) {
  switch (section) {
    case undefined:
      return lazy('flow', () => import('./views/flow.js'), html`<tw-flow class="view fill" .at=${at}></tw-flow>`);
    case 'topics':
      return name === undefined
        ? lazy('topics', () => import('./views/topics.js'), html`<tw-topics class="view" .at=${at}></tw-topics>`)
        : lazy('topic', () => import('./views/topic.js'), html`<tw-topic .at=${at}></tw-topic>`);
    case 'groups':
      return name === undefined
        ? lazy('groups', () => import('./views/groups.js'), html`<tw-groups class="view" .at=${at}></tw-groups>`)
        : lazy('group', () => import('./views/group.js'), html`<tw-group class="view" .at=${at}></tw-group>`);
    case 'connectors':
      return name === undefined
        ? lazy('connectors', () => import('./views/connectors.js'), html`<tw-connectors class="view" .at=${at}></tw-connectors>`)
        : lazy('connector', () => import('./views/connector.js'), html`<tw-connector class="view" .at=${at}></tw-connector>`);
    case 'streams':
      return name === undefined
        ? lazy('streams', () => import('./views/streams.js'), html`<tw-streams class="view"></tw-streams>`)
        : lazy('stream', () => import('./views/stream.js'), html`<tw-stream class="view fill" .at=${at}></tw-stream>`);
    case 'verticles':
      return lazy('verticles', () => import('./views/verticles.js'), html`<tw-verticles class="view"></tw-verticles>`);
    case 'cluster':
      return lazy('cluster', () => import('./views/cluster.js'), html`<tw-cluster class="view"></tw-cluster>`);
    default:
      return html`<div class="view"><div class="empty"><h2>There is no such page</h2>
        <p>The address may be mistyped. <a href=${href([])}>Go to the flow map</a>, or press Ctrl K and search.</p></div></div>`;
  }
}
