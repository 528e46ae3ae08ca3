// @ts-check
/** The home page: everything that records pass, as one live graph. */
import { html } from 'lit';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { empty, tone, watched } from '../components/states.js';
import { flowWatch, isInternal, SECTIONS } from '../flow-model.js';
import { href, navigate } from '../router.js';
import { compact, count, duration, plural, rate, size } from '../format.js';
import '../graph/graph-view.js';

/** @typedef {import('../flow-model.js').FlowNode} FlowNode */

/** A reader that is further behind than this, in seconds, is marked. */
const LATE_SECONDS = 30;

class FlowMap extends View {
  static properties = { at: { attribute: false }, query: { state: true }, idle: { state: true }, internal: { state: true } };

  constructor() {
    super();
    /** @type {import('../router.js').Place} */
    this.at = { path: [], query: new URLSearchParams() };
    this.query = '';
    /** whether what nothing flows through is shown */
    this.idle = true;
    this.internal = false;
    this.flow = flowWatch(this, () => this.internal);
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (changed.has('at')) {
      this.query = this.at.query.get('q') ?? '';
      this.idle = this.at.query.get('idle') !== 'false';
      this.internal = this.at.query.get('internal') === 'true';
    }
  }

  keep() {
    navigate(href([], { q: this.query, idle: this.idle ? '' : 'false', internal: this.internal ? 'true' : '' }), { replace: true });
  }

  render() {
    return html`<h1 class="visually-hidden">Flow</h1>${watched(this.flow, 'The flow map', (flow) => this.map(flow))}`;
  }

  /** @param {import('../flow-model.js').Flow & {problems: string[]}} flow */
  map(flow) {
    if (flow.nodes.length === 0) {
      return html`<div class="card">${empty({
        icon: 'flow',
        title: 'Nothing flows yet',
        text: 'Topics appear here with what writes and reads them. Publish a first record from a shell:',
        action: html`<pre class="mono">curl -d 'Hello' -H 'Content-Type: text/plain' ${location.origin}/v1/topics/greetings/records</pre>`,
      })}</div>`;
    }
    const shown = this.shown(flow);
    const figures = totals(flow);
    return html`
      <dl class="stats">
        <div class="stat"><dt>Records in</dt><dd>${rate(figures.perSecond)}</dd></div>
        <div class="stat"><dt>Topics</dt><dd>${count(figures.topics)} <small>${size(figures.bytes)}</small></dd></div>
        <div class="stat"><dt>Connectors, streams</dt><dd>${count(figures.movers)}</dd></div>
        <div class="stat"><dt>Furthest behind</dt><dd>${figures.late ? html`${duration(figures.lateSeconds)} <small>${figures.late}</small>` : 'nobody'}</dd></div>
      </dl>
      <div class="toolbar">
        <input class="search" type="search" placeholder="Filter by name" aria-label="Filter by name" .value=${this.query}
          @input=${(/** @type {InputEvent} */ event) => {
            this.query = /** @type {HTMLInputElement} */ (event.target).value;
            this.keep();
          }}>
        <label class="check"><input type="checkbox" .checked=${this.idle} @change=${() => {
          this.idle = !this.idle;
          this.keep();
        }}>Idle topics</label>
        <label class="check"><input type="checkbox" .checked=${this.internal} @change=${() => {
          this.internal = !this.internal;
          this.keep();
        }}>Internal topics</label>
        <div class="legend push p3">${Object.entries(SECTIONS).map(([kind, name]) => html`<span>${icon(name)}${kind}</span>`)}</div>
      </div>
      ${flow.problems.map((problem) => html`<p class="notice warn">${problem}</p>`)}
      <div class="card graph-card">
        ${
          shown.nodes.length === 0
            ? empty({ icon: 'search', title: 'Nothing has this in its name', text: 'Change the filter above.' })
            : html`<tw-graph .nodes=${shown.nodes} .edges=${shown.edges}></tw-graph>`
        }
      </div>`;
  }

  /** @param {import('../flow-model.js').Flow} flow */
  shown(flow) {
    const linked = new Set(flow.edges.flatMap((edge) => [edge.from, edge.to]));
    const words = this.query.toLowerCase();
    const byName = new Set(flow.nodes.filter((node) => node.name.toLowerCase().includes(words)).map((node) => node.id));
    const near = new Set(byName);
    if (words !== '') {
      for (const edge of flow.edges) {
        if (byName.has(edge.from) || byName.has(edge.to)) {
          near.add(edge.from).add(edge.to);
        }
      }
    }
    const owned = this.internal ? new Set() : streamTopics(flow);
    const nodes = flow.nodes.filter(
      (node) =>
        near.has(node.id) &&
        !owned.has(node.id) &&
        (this.internal || node.kind !== 'topic' || !isInternal(node)) &&
        (this.idle || node.kind !== 'topic' || linked.has(node.id) || (node.figures.recordsPerSecond ?? 0) > 0),
    );
    const ids = new Set(nodes.map((node) => node.id));
    return {
      nodes: nodes.map(graphNode),
      edges: flow.edges
        .filter((edge) => ids.has(edge.from) && ids.has(edge.to))
        .map((edge) => ({
          from: edge.from,
          to: edge.to,
          rate: edge.figures.recordsPerSecond ?? 0,
          label: [
            (edge.figures.recordsPerSecond ?? 0) > 0 ? rate(edge.figures.recordsPerSecond) : '',
            (edge.figures.lag ?? 0) > 0 ? 'lag ' + compact(edge.figures.lag) : '',
          ]
            .filter(Boolean)
            .join(' · '),
          tone: '',
        })),
    };
  }
}
customElements.define('tw-flow', FlowMap);

/** Topics that a stream keeps for itself: it both writes and reads them, or they are its changelogs. @param {import('../flow-model.js').Flow} flow */
function streamTopics(flow) {
  const streams = new Set(flow.nodes.filter((node) => node.kind === 'stream').map((node) => node.name));
  return new Set(
    flow.nodes
      .filter(
        (node) =>
          node.kind === 'topic' &&
          /-(changelog|repartition)$/.test(node.name) &&
          [...streams].some((name) => node.name.startsWith(name + '-')),
      )
      .map((node) => node.id),
  );
}

/** @param {FlowNode} node @returns {import('../graph/graph-view.js').GraphNode} */
function graphNode(node) {
  const late = (node.figures.lagSeconds ?? 0) > LATE_SECONDS;
  return {
    id: node.id,
    title: node.name,
    // Verticles, and streams that did not start, have no page of their own.
    href: node.kind === 'verticle' || (node.kind === 'stream' && node.figures.tasks === 0) ? href([SECTIONS[node.kind]]) : href([SECTIONS[node.kind], node.name]),
    icon: SECTIONS[node.kind],
    kind: node.kind,
    caption: node.kind,
    figures: figuresOf(node),
    tone:
      node.problem !== null || tone(node.state) === 'error'
        ? 'error'
        : late || node.figures.exceptions > 0 || tone(node.state) === 'warn'
          ? 'warn'
          : '',
    hint: node.problem ?? undefined,
  };
}

/** @param {FlowNode} node */
function figuresOf(node) {
  const figures = node.figures;
  if (node.kind === 'topic') {
    const [flows, holds] = [rate(figures.recordsPerSecond), size(figures.sizeBytes)];
    if (figures.recordsPerSecond === undefined) {
      return holds;
    }
    return figures.recordsPerSecond > 0 ? `${flows} · ${holds}` : `${holds} · ${flows}`;
  }
  const parts = [];
  const usual = ['STABLE', 'RUNNING'].includes(String(node.state).toUpperCase());
  // The end is cut off first where there is little room.
  if (tone(node.state) === 'error') {
    return String(node.state).toLowerCase();
  }
  if (figures.failedTasks > 0) {
    return figures.failedTasks + ' of ' + figures.tasks + ' failed';
  }
  if (figures.lag !== undefined) {
    parts.push(figures.lag === 0 ? 'no lag' : 'lag ' + compact(figures.lag));
  }
  if (node.state && !usual) {
    parts.push(node.state.toLowerCase());
  }
  if (usual && figures.recordsPerSecond !== undefined) {
    parts.push(rate(figures.recordsPerSecond));
  }
  if (figures.exceptions > 0) {
    parts.push(plural(figures.exceptions, 'exception'));
  }
  if (parts.length === 0) {
    parts.push(String(node.state ?? node.kind).toLowerCase());
  }
  return parts.join(' · ');
}

/** What flows is not known, rather than nothing, until the node was looked at twice. @param {import('../flow-model.js').Flow} flow */
function totals(flow) {
  /** @type {{perSecond: number | undefined, topics: number, bytes: number, movers: number, late: string, lateSeconds: number}} */
  const sums = { perSecond: undefined, topics: 0, bytes: 0, movers: 0, late: '', lateSeconds: 0 };
  for (const node of flow.nodes) {
    if (node.kind === 'topic') {
      sums.topics++;
      if (node.figures.recordsPerSecond !== undefined) {
        sums.perSecond = (sums.perSecond ?? 0) + node.figures.recordsPerSecond;
      }
      sums.bytes += node.figures.sizeBytes ?? 0;
    } else if (node.kind === 'connector' || node.kind === 'stream') {
      sums.movers++;
    }
    if ((node.figures.lagSeconds ?? 0) > sums.lateSeconds) {
      sums.late = node.name;
      sums.lateSeconds = node.figures.lagSeconds ?? 0;
    }
  }
  return sums;
}
