// @ts-check
/**
 * A live graph: nodes are links, edges carry rates. It is laid out anew, in a worker, only when nodes or edges come or go;
 * figures change in place.
 */
import { html, nothing, svg } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { View } from '../components/view.js';
import { icon } from '../components/icons.js';
import { READABLE } from './arrangement.js';
import { NODE_GAP } from './layout.js';

/**
 * @typedef {object} GraphNode
 * @property {string} id
 * @property {string} title
 * @property {string} [href]
 * @property {import('../components/icons.js').IconName} icon
 * @property {string} kind for the style sheet
 * @property {string} caption what it is, for readers of the page aloud
 * @property {string} figures one line
 * @property {string} tone ok, warn, error or empty
 * @property {string} [hint]
 */
/**
 * @typedef {object} GraphEdge
 * @property {string} from
 * @property {string} to
 * @property {string} label
 * @property {string} tone
 * @property {number} rate records per second; moves if there are any
 */

const NODE_HEIGHT = 54;
const MARGIN = 20;
/** What the buttons at the lower edge take: the last of a graph that is scrolled is not left below them. */
const BUTTONS = 52;
/** What a scroll bar takes. */
const BAR = 16;
const SIDEWAYS = { nodeHeight: NODE_HEIGHT, down: false, most: Infinity, labels: true, brief: false, bare: false };
/** Across ranks an edge's text has room above and below. */
const DOWN = { ...SIDEWAYS, rankGap: 40, down: true };
/** In a narrower window nodes are narrower and closer, and at last go down, and carry one figure. */
const WIDE = { ...SIDEWAYS, nodeWidth: 208, rankGap: 132 };
const MEDIUM = { ...SIDEWAYS, nodeWidth: 176, rankGap: 84 };
/** For a chain of many operators, where no edge carries text. */
const CLOSE = { ...SIDEWAYS, nodeWidth: 176, rankGap: 44 };
const NARROW = { ...SIDEWAYS, nodeWidth: 150, rankGap: 44, labels: false, brief: true };
/** Three ranks beside each other on a telephone. */
const TIGHT = { ...NARROW, nodeWidth: 112, rankGap: 24, bare: true };
/** Of figures in a line, between which the first is the one to be kept. */
const BETWEEN = ' · ';
const MEDIUM_PIXELS = 1200;
const NARROW_PIXELS = 620;
const SCALES = [0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.6];
/** The graph is laid out anew when the window has become so much wider or narrower. */
const ROOM_STEP = 240;
/** About what a label takes. */
const LABEL_PIXELS = 12;
const LABEL_CHAR_PIXELS = 6;
/** What edges take in a rank whose nodes they pass. */
const PASSING = 48;
/** What lies across counts so much more than what lies ahead when an arrow key looks for the next node. */
const ACROSS = 2.5;

/** @typedef {import('./arrangement.js').Form} Form */
/** @typedef {import('./arrangement.js').Room} Room */
/** @typedef {import('./arrangement.js').Arrangement} Arrangement */

/** @type {Worker | null} */
let worker = null;
/** @type {Map<number, (arrangement: Arrangement | null) => void>} */
const waiting = new Map();
let lastRequest = 0;

/** Null if it cannot be laid out. @param {GraphNode[]} nodes @param {GraphEdge[]} edges @param {Room} room @returns {Promise<Arrangement | null>} */
function arranged(nodes, edges, room) {
  if (!worker) {
    worker = new Worker(new URL('./layout-worker.js', import.meta.url), { type: 'module' });
    worker.onmessage = (event) => {
      waiting.get(event.data.id)?.(event.data.arrangement);
      waiting.delete(event.data.id);
    };
    worker.onerror = () => {
      waiting.forEach((answer) => answer(null));
      waiting.clear();
    };
  }
  const id = ++lastRequest;
  worker.postMessage({
    id,
    nodes: nodes.map((node) => node.id),
    edges: edges.map(({ from, to }) => ({ from, to })),
    room,
    forms: formsOf(room.width, edges),
  });
  return new Promise((resolve) => waiting.set(id, resolve));
}

/** The one that suits best first. @param {number} width @param {GraphEdge[]} edges @returns {Form[]} */
function formsOf(width, edges) {
  if (width < NARROW_PIXELS) {
    const down = { ...DOWN, nodeWidth: NARROW.nodeWidth, brief: true };
    return [down, NARROW, long(down, width), TIGHT];
  }
  const form = width < MEDIUM_PIXELS ? MEDIUM : WIDE;
  const close = edges.some((edge) => edge.label !== '') ? [] : [CLOSE];
  const down = { ...DOWN, nodeWidth: MEDIUM.nodeWidth };
  return [form, ...close, down, long(down, width)];
}

/** As many nodes in a rank as there is room for beside edges that pass them. @param {Form} form @param {number} width @returns {Form} */
function long(form, width) {
  return { ...form, most: Math.max(1, Math.floor((width / READABLE - PASSING + NODE_GAP) / (form.nodeWidth + NODE_GAP))) };
}

export class GraphView extends View {
  static properties = {
    nodes: { attribute: false },
    edges: { attribute: false },
    chosen: {},
    layout: { state: true },
    scale: { state: true },
    near: { state: true },
    width: { state: true },
    broken: { state: true },
  };

  constructor() {
    super();
    /** @type {GraphNode[]} */
    this.nodes = [];
    /** @type {GraphEdge[]} */
    this.edges = [];
    this.chosen = '';
    /** @type {import('./layout.js').Layout | null} */
    this.layout = null;
    this.shape = '';
    this.scale = 0;
    /** the node under the pointer or in focus */
    this.near = '';
    /** @type {GraphEdge[]} the edges that were laid out */
    this.drawn = [];
    /** @type {Form} */
    this.form = WIDE;
    /** whether the scale was chosen by hand */
    this.zoomed = false;
    this.broken = false;
    /** of the element; 0 while it is not shown */
    this.width = 0;
    this.sizes = new ResizeObserver(([entry]) => (this.width = Math.round(entry.contentRect.width)));
  }

  connectedCallback() {
    super.connectedCallback();
    this.sizes.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (this.width === 0 || this.nodes.length === 0) {
      return;
    }
    const room = this.room();
    const shape = [
      Math.round(room.width / ROOM_STEP) + ' ' + formsOf(room.width, [])[0].nodeWidth,
      ...this.nodes.map((node) => node.id),
      '',
      ...this.edges.map((edge) => edge.from + '\n' + edge.to),
    ].join('\n');
    if (shape !== this.shape) {
      this.shape = shape;
      const edges = this.edges;
      arranged(this.nodes, edges, room).then((arrangement) => {
        if (this.shape === shape) {
          this.broken = arrangement === null;
          this.drawn = edges;
          this.form = arrangement?.form ?? WIDE;
          this.layout = arrangement?.layout ?? null;
          if (!this.zoomed) {
            this.fit();
          }
        }
      });
    } else if (changed.has('width') && !this.zoomed) {
      this.fit();
    }
  }

  /** @param {Map<string, any>} changed */
  updated(changed) {
    const frame = this.querySelector('.graph-scroll');
    if (frame && changed.get('scale') > 0 && !changed.has('layout')) {
      // What was in the middle stays there.
      const by = this.scale / changed.get('scale');
      frame.scrollLeft = (frame.scrollLeft + frame.clientWidth / 2) * by - frame.clientWidth / 2;
      frame.scrollTop = (frame.scrollTop + frame.clientHeight / 2) * by - frame.clientHeight / 2;
    } else if (changed.has('layout')) {
      this.querySelector('.node.chosen')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  /** @returns {Room} */
  room() {
    return {
      width: Math.max(200, this.width - 2 * MARGIN - BAR),
      height: Math.max(200, this.clientHeight - 2 * MARGIN - BAR),
    };
  }

  /** All of it where it can be read then, else its width; what is beyond that is scrolled to. */
  fit() {
    if (this.layout) {
      const room = this.room();
      const wide = room.width / Math.max(1, this.layout.width);
      const whole = Math.min(wide, room.height / Math.max(1, this.layout.height));
      this.scale = Math.min(1, Math.max(READABLE, whole < READABLE ? wide : whole));
    }
  }

  /** @param {number} step */
  zoom(step) {
    const at = step > 0 ? SCALES.find((scale) => scale > this.scale + 0.01) : SCALES.findLast((scale) => scale < this.scale - 0.01);
    this.scale = at ?? this.scale;
    this.zoomed = true;
  }

  /** Between nodes, the mouse takes hold of the graph; fingers scroll it anyway. @param {PointerEvent} event */
  onGrab(event) {
    const frame = /** @type {Element} */ (event.currentTarget);
    const { left, top } = frame.getBoundingClientRect();
    const onBar = event.clientX >= left + frame.clientWidth || event.clientY >= top + frame.clientHeight;
    const onNode = /** @type {Element} */ (event.target).closest('.node') !== null;
    if (event.pointerType === 'mouse' && event.button === 0 && !onBar && !onNode) {
      frame.setPointerCapture(event.pointerId);
    }
  }

  /** @param {PointerEvent} event */
  onDrag(event) {
    const frame = /** @type {Element} */ (event.currentTarget);
    if (frame.hasPointerCapture(event.pointerId)) {
      frame.scrollBy({ left: -event.movementX, top: -event.movementY, behavior: 'instant' });
    }
  }

  /** Arrow keys go from a node to the nearest one in their direction. @param {KeyboardEvent} event */
  onKey(event) {
    const way = /** @type {Record<string, [number, number]>} */ ({
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
      ArrowDown: [0, 1],
      ArrowUp: [0, -1],
    })[event.key];
    const places = this.layout?.places;
    const here = places?.[this.near];
    if (!way || !places || !here || event.metaKey || event.ctrlKey || event.altKey) {
      return;
    }
    event.preventDefault();
    let best = Infinity;
    let target = '';
    for (const [id, place] of Object.entries(places)) {
      const ahead = (place.x - here.x) * way[0] + (place.y - here.y) * way[1];
      const across = Math.abs((place.x - here.x) * way[1]) + Math.abs((place.y - here.y) * way[0]);
      if (id !== this.near && ahead > 0 && ahead + ACROSS * across < best) {
        best = ahead + ACROSS * across;
        target = id;
      }
    }
    /** @type {HTMLElement | undefined} */ ([...this.querySelectorAll('.node')].find((node) => /** @type {HTMLElement} */ (node).dataset.id === target))?.focus();
  }

  render() {
    const layout = this.layout;
    if (!layout) {
      return this.broken ? html`<p class="loading" role="alert">The graph could not be drawn. Load the page again.</p>` : nothing;
    }
    const byId = new Map(this.nodes.map((node) => [node.id, node]));
    const figures = new Map(this.edges.map((edge) => [edge.from + '\n' + edge.to, edge]));
    const near = this.neighbours();
    const width = layout.width + 2 * MARGIN;
    const height = layout.height + 2 * MARGIN;
    const below = height * this.scale > this.clientHeight ? BUTTONS : 0;
    return html`
      <div class="graph-tools">
        <button class="button icon" aria-label="Enlarge" @click=${() => this.zoom(1)}>${icon('plus')}</button>
        <button class="button icon" aria-label="Reduce" @click=${() => this.zoom(-1)}>${icon('minus')}</button>
        <button class="button icon" aria-label="Fit to the window" title="Fit to the window, as far as it can be read" @click=${() => {
          this.zoomed = false;
          this.fit();
        }}>${icon('fit')}</button>
      </div>
      <div class="graph-scroll" tabindex="0" role="group" aria-label="Graph; arrow keys go from node to node"
        @keydown=${this.onKey} @pointerdown=${this.onGrab} @pointermove=${this.onDrag}>
        <div class="graph-size" .style=${`width:${width * this.scale}px;height:${height * this.scale + below}px`}>
          <div class="graph-stage" .style=${`width:${width}px;height:${height}px;transform:scale(${this.scale})`}>
            <svg class="graph-edges" width=${width} height=${height} aria-hidden="true">
              ${this.drawn.map((edge, i) => this.edge(figures.get(edge.from + '\n' + edge.to) ?? edge, layout.routes[i], near))}
              ${this.labels(figures, layout.routes, near)}
            </svg>
            ${repeat(
              Object.entries(layout.places),
              ([id]) => id,
              ([id, place]) => this.node(byId.get(id), place, near),
            )}
          </div>
        </div>
      </div>`;
  }

  /** What is to be lit while the pointer is on a node, or one is chosen. */
  neighbours() {
    const at = this.near || this.chosen;
    if (!at) {
      return null;
    }
    const found = new Set([at]);
    for (const edge of this.edges) {
      if (edge.from === at || edge.to === at) {
        found.add(edge.from).add(edge.to);
      }
    }
    return found;
  }

  /** @param {GraphEdge} edge @param {import('./layout.js').Point[]} route @param {Set<string> | null} near */
  edge(edge, route, near) {
    if (!route || route.length < 2) {
      return nothing;
    }
    const at = this.near || this.chosen;
    const lit = near !== null && (edge.from === at || edge.to === at);
    const classes = `edge ${edge.tone} ${edge.rate > 0 ? 'moving' : ''} ${near && !lit ? 'dim' : ''}`;
    const weight = 1.4 + Math.min(3.2, Math.log10(1 + edge.rate) * 0.75);
    return svg`<path class=${classes} d=${pathOf(route, this.form.down)} stroke-width=${weight.toFixed(2)}></path>`;
  }

  /**
   * As many as stand clear of each other and of the nodes; what is left out is seen when its node is looked at.
   * @param {Map<string, GraphEdge>} figures @param {import('./layout.js').Point[][]} routes @param {Set<string> | null} near
   */
  labels(figures, routes, near) {
    /** @type {{x: number, y: number, width: number, height: number}[]} */
    const taken = Object.values(this.layout?.places ?? {}).map((place) => ({
      x: place.x + this.form.nodeWidth / 2,
      y: place.y + NODE_HEIGHT / 2,
      width: this.form.nodeWidth,
      height: NODE_HEIGHT,
    }));
    return this.drawn.map((drawn, i) => {
      const edge = figures.get(drawn.from + '\n' + drawn.to) ?? drawn;
      const route = routes[i];
      if (!edge.label || !route || route.length < 2) {
        return nothing;
      }
      const { x, y } = middleOf(route, this.form.down);
      const width = edge.label.length * LABEL_CHAR_PIXELS;
      const free = taken.every((one) => Math.abs(one.x - x) > (one.width + width) / 2 || Math.abs(one.y - y) > (one.height + LABEL_PIXELS) / 2);
      if (!free && near === null) {
        return nothing;
      }
      taken.push({ x, y, width, height: LABEL_PIXELS });
      return this.label(edge, route, near);
    });
  }

  /** Above all edges. Next to where the edge arrives, since edges part there. @param {GraphEdge} edge @param {import('./layout.js').Point[]} route @param {Set<string> | null} near */
  label(edge, route, near) {
    const at = this.near || this.chosen;
    if (!this.form.labels || !edge.label || !route || route.length < 2 || (near !== null && edge.from !== at && edge.to !== at)) {
      return nothing;
    }
    const middle = middleOf(route, this.form.down);
    return svg`<text class="edge-label ${edge.tone}" x=${middle.x + MARGIN} y=${middle.y + MARGIN - 4}>${edge.label}</text>`;
  }

  /** @param {GraphNode | undefined} node @param {import('./layout.js').Point} place @param {Set<string> | null} near */
  node(node, place, near) {
    if (!node) {
      return nothing;
    }
    const dim = near && !near.has(node.id);
    const enter = () => (this.near = node.id);
    const leave = () => (this.near = '');
    const body = html`<span class="node-icon">${icon(node.icon)}</span>
      <span class="node-title">${node.title}</span>
      <span class="node-figures">${this.form.brief ? node.figures.split(BETWEEN)[0] : node.figures}</span>`;
    const classes = `node ${node.kind} ${node.tone} ${dim ? 'dim' : ''} ${node.id === this.chosen ? 'chosen' : ''} ${this.form.bare ? 'bare' : ''}`;
    const style = `transform:translate(${place.x + MARGIN}px,${place.y + MARGIN}px);width:${this.form.nodeWidth}px;height:${NODE_HEIGHT}px`;
    const label = `${node.caption} ${node.title}, ${node.figures}${node.hint ? ', ' + node.hint : ''}`;
    return node.href
      ? html`<a class=${classes} data-id=${node.id} href=${node.href} .style=${style} aria-label=${label} title=${node.hint ?? node.title}
          @mouseenter=${enter} @mouseleave=${leave} @focus=${enter} @blur=${leave}>${body}</a>`
      : html`<button class=${classes} data-id=${node.id} .style=${style} aria-label=${label} title=${node.hint ?? node.title}
          @mouseenter=${enter} @mouseleave=${leave} @focus=${enter} @blur=${leave}
          @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: node.id }))}>${body}</button>`;
  }
}
customElements.define('tw-graph', GraphView);

/** Leaves and arrives along the way that ranks follow each other. @param {import('./layout.js').Point[]} route @param {boolean} down */
function pathOf(route, down) {
  const [first, ...rest] = route.map(({ x, y }) => ({ x: x + MARGIN, y: y + MARGIN }));
  let path = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  let from = first;
  for (const to of rest) {
    const half = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const [leaving, arriving] = down ? [{ x: from.x, y: half.y }, { x: to.x, y: half.y }] : [{ x: half.x, y: from.y }, { x: half.x, y: to.y }];
    path += `C${[leaving, arriving, to].map((point) => point.x.toFixed(1) + ' ' + point.y.toFixed(1)).join(' ')}`;
    from = to;
  }
  return path;
}

/** @param {import('./layout.js').Point[]} route @param {boolean} down */
function middleOf(route, down) {
  const from = route[route.length - 2];
  const to = route[route.length - 1];
  const [across, ahead] = [0.7, 0.6];
  return { x: from.x + (to.x - from.x) * (down ? across : ahead), y: from.y + (to.y - from.y) * (down ? ahead : across) };
}
