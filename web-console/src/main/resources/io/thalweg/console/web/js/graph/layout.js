// @ts-check
/**
 * A layered drawing of a directed graph, from left to right or from top to bottom (after Sugiyama): cycles are opened,
 * nodes ranked by their longest way from a source, long edges bent at every rank they pass, crossings reduced by
 * barycentres, and places found by pulling nodes towards their neighbours. Parts that nothing links stand side by side
 * where there is room. Nodes without edges stand in a grid below. Pure; a few milliseconds for 200 nodes.
 *
 * A part is drawn from left to right in any case; one that goes down has its nodes turned before, and all of it after.
 */

/** @typedef {{id: string, width: number, height: number}} LayoutNode */
/** @typedef {{from: string, to: string}} LayoutEdge */
/** @typedef {{x: number, y: number}} Point */
/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {Record<string, Point>} places of the nodes' upper left corners
 * @property {Point[][]} routes of the edges, in their order: from the right side of one node to the left side of another, or
 *   from the lower side to the upper one
 */

export const NODE_GAP = 18;
const BEND_GAP = 12;
const COMPONENT_GAP = 40;
const COLUMN_GAP = 56;
const ORDER_SWEEPS = 12;
const PLACE_SWEEPS = 16;

/** @typedef {{id: string, width: number, height: number, rank: number, order: number, y: number, bend: boolean, before: Cell[], after: Cell[]}} Cell */

/**
 * @param {LayoutNode[]} nodes @param {LayoutEdge[]} edges both ends are among the nodes
 * @param {number} [gridWidth] how wide the grid of nodes without edges may be
 * @param {number} [rankGap] between ranks, where the edges and what is written on them go
 * @param {boolean} [down] from top to bottom
 * @param {number} [most] nodes in a rank: for a drawing that is long rather than wide
 * @returns {Layout}
 */
export function layout(nodes, edges, gridWidth = 1200, rankGap = 132, down = false, most = Infinity) {
  /** @type {Map<string, Cell>} */
  const cells = new Map();
  for (const node of nodes) {
    const [width, height] = down ? [node.height, node.width] : [node.width, node.height];
    cells.set(node.id, { id: node.id, width, height, rank: 0, order: 0, y: 0, bend: false, before: [], after: [] });
  }
  const forward = openCycles(cells, edges);
  /** @type {Record<string, Point>} */
  const places = {};
  /** @type {Point[][]} */
  const routes = edges.map(() => []);
  const drawn = components(cells, forward).map((component) => {
    const ids = component.map((cell) => cell.id);
    return { ids, ...drawComponent(component, forward, { rankGap, down, most }, places, routes) };
  });
  const { width, height } = sideBySide(drawn, edges, gridWidth, places, routes);
  const top = drawn.length === 0 ? 0 : height + COMPONENT_GAP;
  const alone = nodes.filter((node) => !forward.some((edge) => edge && (edge.from === node.id || edge.to === node.id)));
  const grid = placeGrid(alone, top, Math.max(gridWidth, Math.min(width, gridWidth * 1.35)), places);
  return { width: Math.max(width, grid.width), height: Math.max(grid.bottom, top - COMPONENT_GAP, 0), places, routes };
}

/**
 * Moves parts into as many columns as there is room for, each to where it ends highest; the largest first.
 * @param {{ids: string[], width: number, bottom: number}[]} parts drawn at 0, 0 @param {LayoutEdge[]} edges @param {number} room
 * @param {Record<string, Point>} places @param {Point[][]} routes
 */
function sideBySide(parts, edges, room, places, routes) {
  const widest = Math.max(0, ...parts.map((part) => part.width));
  const columnCount = Math.max(1, Math.min(parts.length, Math.floor((room + COLUMN_GAP) / (widest + COLUMN_GAP))));
  const bottoms = Array.from({ length: columnCount }, () => 0);
  for (const part of parts) {
    const column = bottoms.indexOf(Math.min(...bottoms));
    const by = { x: column * (widest + COLUMN_GAP), y: bottoms[column] };
    const ids = new Set(part.ids);
    const moved = (/** @type {Point} */ point) => ({ x: point.x + by.x, y: point.y + by.y });
    ids.forEach((id) => (places[id] = moved(places[id])));
    edges.forEach((edge, i) => {
      if (ids.has(edge.from)) {
        routes[i] = routes[i].map(moved);
      }
    });
    bottoms[column] += part.bottom + COMPONENT_GAP;
  }
  return {
    width: parts.length === 0 ? 0 : columnCount * widest + (columnCount - 1) * COLUMN_GAP,
    height: Math.max(0, ...bottoms) - (parts.length === 0 ? 0 : COMPONENT_GAP),
  };
}

/**
 * Edges with those turned round that would close a cycle; null for one from a node to itself.
 * @param {Map<string, Cell>} cells @param {LayoutEdge[]} edges
 */
function openCycles(cells, edges) {
  /** @type {Map<string, string[]>} */
  const next = new Map();
  edges.forEach((edge) => next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]));
  /** @type {Map<string, 'open' | 'done'>} */
  const state = new Map();
  /** @type {Set<string>} */
  const back = new Set();
  for (const start of cells.keys()) {
    if (state.has(start)) {
      continue;
    }
    state.set(start, 'open');
    const path = [{ id: start, at: 0 }];
    while (path.length > 0) {
      const top = path[path.length - 1];
      const to = (next.get(top.id) ?? [])[top.at++];
      if (to === undefined) {
        state.set(top.id, 'done');
        path.pop();
      } else if (state.get(to) === 'open') {
        back.add(top.id + '\n' + to);
      } else if (!state.has(to)) {
        state.set(to, 'open');
        path.push({ id: to, at: 0 });
      }
    }
  }
  return edges.map((edge) => {
    if (edge.from === edge.to) {
      return null;
    }
    const turned = back.has(edge.from + '\n' + edge.to);
    return turned ? { from: edge.to, to: edge.from, turned } : { from: edge.from, to: edge.to, turned };
  });
}

/** @param {Map<string, Cell>} cells @param {({from: string, to: string} | null)[]} edges largest first */
function components(cells, edges) {
  /** @type {Map<string, string>} */
  const parent = new Map([...cells.keys()].map((id) => [id, id]));
  const root = (/** @type {string} */ id) => {
    let at = id;
    while (parent.get(at) !== at) {
      parent.set(at, /** @type {string} */ (parent.get(/** @type {string} */ (parent.get(at)))));
      at = /** @type {string} */ (parent.get(at));
    }
    return at;
  };
  edges.forEach((edge) => edge && parent.set(root(edge.from), root(edge.to)));
  /** @type {Map<string, Cell[]>} */
  const groups = new Map();
  cells.forEach((cell, id) => groups.set(root(id), [...(groups.get(root(id)) ?? []), cell]));
  return [...groups.values()].filter((group) => group.length > 1).sort((a, b) => b.length - a.length);
}

/**
 * @param {Cell[]} component @param {({from: string, to: string, turned: boolean} | null)[]} edges
 * @param {{rankGap: number, down: boolean, most: number}} form @param {Record<string, Point>} places @param {Point[][]} routes
 */
function drawComponent(component, edges, { rankGap, down, most }, places, routes) {
  const cells = new Map(component.map((cell) => [cell.id, cell]));
  const own = edges.map((edge) => (edge && cells.has(edge.from) ? edge : null));
  rank(component, own, cells);
  if (most < Infinity) {
    fill(component, most);
  }
  const chains = bend(own, cells, component, most < Infinity);
  const ranks = order(component);
  place(ranks, most < Infinity);
  const lefts = columns(ranks, rankGap);
  const least = Math.min(...component.map((cell) => cell.y - cell.height / 2));
  const at = (/** @type {Cell} */ cell) => ({ x: lefts[cell.rank], y: cell.y - least });
  const turned = (/** @type {Point} */ point) => (down ? { x: point.y, y: point.x } : point);
  for (const cell of component) {
    if (!cell.bend) {
      places[cell.id] = turned({ x: at(cell).x, y: at(cell).y - cell.height / 2 });
    }
  }
  chains.forEach((chain, i) => {
    if (!chain) {
      return;
    }
    const points = chain.map((cell, step) => {
      const { x, y } = at(cell);
      return turned(step === 0 ? { x: x + cell.width, y } : step === chain.length - 1 ? { x, y } : { x: x + widthOf(ranks[cell.rank]) / 2, y });
    });
    routes[i] = own[i]?.turned ? points.reverse() : points;
  });
  const ahead = lefts[ranks.length - 1] + widthOf(ranks[ranks.length - 1]);
  const across = Math.max(...component.map((cell) => cell.y + cell.height / 2)) - least;
  return down ? { width: across, bottom: ahead } : { width: ahead, bottom: across };
}

/** The longest way from a source; then sources move next to what they feed. @param {Cell[]} component @param {({from: string, to: string} | null)[]} edges @param {Map<string, Cell>} cells */
function rank(component, edges, cells) {
  for (const edge of edges) {
    if (edge) {
      const from = /** @type {Cell} */ (cells.get(edge.from));
      const to = /** @type {Cell} */ (cells.get(edge.to));
      from.after.push(to);
      to.before.push(from);
    }
  }
  const waiting = new Map(component.map((cell) => [cell, cell.before.length]));
  const ready = component.filter((cell) => cell.before.length === 0);
  for (let i = 0; i < ready.length; i++) {
    for (const next of ready[i].after) {
      next.rank = Math.max(next.rank, ready[i].rank + 1);
      const left = /** @type {number} */ (waiting.get(next)) - 1;
      waiting.set(next, left);
      if (left === 0) {
        ready.push(next);
      }
    }
  }
  for (const cell of component) {
    if (cell.before.length === 0 && cell.after.length > 0) {
      cell.rank = Math.min(...cell.after.map((next) => next.rank)) - 1;
    }
  }
}

/** Ranks of at most so many. Each takes first what has just become ready: what was begun is soon ended. @param {Cell[]} component @param {number} most */
function fill(component, most) {
  const waiting = new Map(component.map((cell) => [cell, cell.before.length]));
  let ready = component.filter((cell) => cell.before.length === 0);
  for (let rank = 0; ready.length > 0; rank++) {
    const taken = ready.splice(0, most);
    /** @type {Cell[]} */
    const next = [];
    for (const cell of taken) {
      cell.rank = rank;
      for (const after of cell.after) {
        const left = /** @type {number} */ (waiting.get(after)) - 1;
        waiting.set(after, left);
        if (left === 0) {
          next.push(after);
        }
      }
    }
    ready = [...next, ...ready];
  }
}

/**
 * Puts a cell at every rank that an edge passes.
 * @param {({from: string, to: string} | null)[]} edges @param {Map<string, Cell>} cells @param {Cell[]} component is extended
 * @param {boolean} together edges that leave one node do so as one, until they part
 */
function bend(edges, cells, component, together) {
  /** @type {Map<string, Cell>} */
  const bends = new Map();
  component.forEach((cell) => {
    cell.before = [];
    cell.after = [];
  });
  return edges.map((edge, i) => {
    if (!edge) {
      return null;
    }
    const to = /** @type {Cell} */ (cells.get(edge.to));
    const chain = [/** @type {Cell} */ (cells.get(edge.from))];
    for (let at = chain[0].rank + 1; at < to.rank; at++) {
      const id = (together ? edge.from : i) + '/' + at;
      const known = bends.get(id);
      /** @type {Cell} */
      const cell = known ?? { id, width: 0, height: 0, rank: at, order: 0, y: 0, bend: true, before: [], after: [] };
      if (!known) {
        bends.set(id, cell);
        component.push(cell);
      }
      chain.push(cell);
    }
    chain.push(to);
    for (let step = 1; step < chain.length; step++) {
      if (!chain[step].bend || !chain[step].before.includes(chain[step - 1])) {
        chain[step - 1].after.push(chain[step]);
        chain[step].before.push(chain[step - 1]);
      }
    }
    return chain;
  });
}

/** @param {Cell[]} component @returns {Cell[][]} cells by rank, ordered to cross little */
function order(component) {
  /** @type {Cell[][]} */
  const ranks = [];
  component.forEach((cell) => (ranks[cell.rank] ??= []).push(cell));
  ranks.forEach((cells) => cells.forEach((cell, i) => (cell.order = i)));
  let best = ranks.map((cells) => [...cells]);
  let fewest = crossings(best);
  for (let sweep = 0; sweep < ORDER_SWEEPS && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const sequence = down ? ranks : [...ranks].reverse();
    for (const cells of sequence) {
      const weight = new Map(
        cells.map((cell) => {
          const near = down ? cell.before : cell.after;
          return [cell, near.length === 0 ? cell.order : near.reduce((sum, one) => sum + one.order, 0) / near.length];
        }),
      );
      cells.sort((a, b) => /** @type {number} */ (weight.get(a)) - /** @type {number} */ (weight.get(b)) || a.order - b.order);
      cells.forEach((cell, i) => (cell.order = i));
    }
    const now = crossings(ranks);
    if (now < fewest) {
      fewest = now;
      best = ranks.map((cells) => [...cells]);
    }
  }
  best.forEach((cells) => cells.forEach((cell, i) => (cell.order = i)));
  return best;
}

/** @param {Cell[][]} ranks */
function crossings(ranks) {
  let count = 0;
  for (const cells of ranks) {
    const ends = [...cells]
      .sort((a, b) => a.order - b.order)
      .flatMap((cell) => cell.after.map((next) => next.order).sort((a, b) => a - b));
    for (let i = 0; i < ends.length; i++) {
      for (let j = i + 1; j < ends.length; j++) {
        count += ends[j] < ends[i] ? 1 : 0;
      }
    }
  }
  return count;
}

/** Pulls cells towards the middle of their neighbours, keeping order and gaps. @param {Cell[][]} ranks @param {boolean} within the widest rank's bounds */
function place(ranks, within) {
  let half = 0;
  for (const cells of ranks) {
    let y = 0;
    for (const cell of cells) {
      cell.y = y + cell.height / 2;
      y += cell.height + (cell.bend ? BEND_GAP : NODE_GAP);
    }
    const middle = y / 2;
    cells.forEach((cell) => (cell.y -= middle));
    half = Math.max(half, middle);
  }
  for (let sweep = 0; sweep < PLACE_SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const cells of down ? ranks : [...ranks].reverse()) {
      const wanted = cells.map((cell) => {
        const near = down ? cell.before : cell.after;
        const both = near.length > 0 ? near : down ? cell.after : cell.before;
        return both.length === 0 ? cell.y : both.reduce((sum, one) => sum + one.y, 0) / both.length;
      });
      settle(cells, wanted);
      if (within) {
        keepWithin(cells, half);
      }
    }
  }
}

/**
 * The places nearest to the wanted ones that keep the order: cells that would overlap move together as a block, to the
 * mean of what they want.
 * @param {Cell[]} cells @param {number[]} wanted
 */
function settle(cells, wanted) {
  /** @type {{first: number, count: number, sum: number, offsets: number[]}[]} */
  const blocks = [];
  cells.forEach((cell, i) => {
    let block = { first: i, count: 1, sum: wanted[i], offsets: [0] };
    for (;;) {
      const before = blocks[blocks.length - 1];
      if (!before) {
        break;
      }
      const last = cells[before.first + before.count - 1];
      const shift = before.offsets[before.count - 1] + apart(last, cells[block.first]);
      if (before.sum / before.count + shift <= block.sum / block.count) {
        break;
      }
      blocks.pop();
      block = {
        first: before.first,
        count: before.count + block.count,
        sum: before.sum + block.sum - shift * block.count,
        offsets: [...before.offsets, ...block.offsets.map((offset) => offset + shift)],
      };
    }
    blocks.push(block);
  });
  for (const block of blocks) {
    const base = block.sum / block.count;
    for (let i = 0; i < block.count; i++) {
      cells[block.first + i].y = base + block.offsets[i];
    }
  }
}

/** Between the middles of two that stand side by side. @param {Cell} one @param {Cell} other */
function apart(one, other) {
  return (one.height + other.height) / 2 + (one.bend || other.bend ? BEND_GAP : NODE_GAP);
}

/** Cells that would stand out on one side give way to the other; there is room for all. @param {Cell[]} cells @param {number} half */
function keepWithin(cells, half) {
  cells.forEach((cell, i) => {
    cell.y = Math.max(cell.y, i === 0 ? cell.height / 2 - half : cells[i - 1].y + apart(cells[i - 1], cell));
  });
  for (let i = cells.length - 1; i >= 0; i--) {
    const cell = cells[i];
    cell.y = Math.min(cell.y, i === cells.length - 1 ? half - cell.height / 2 : cells[i + 1].y - apart(cell, cells[i + 1]));
  }
}

/** @param {Cell[]} cells */
function widthOf(cells) {
  return Math.max(0, ...cells.map((cell) => cell.width));
}

/** @param {Cell[][]} ranks @param {number} rankGap @returns {number[]} the left side of each rank */
function columns(ranks, rankGap) {
  /** @type {number[]} */
  const lefts = [];
  let x = 0;
  for (const cells of ranks) {
    lefts.push(x);
    x += widthOf(cells) + rankGap;
  }
  return lefts;
}

/** @param {LayoutNode[]} nodes @param {number} top @param {number} widthMax @param {Record<string, Point>} places */
function placeGrid(nodes, top, widthMax, places) {
  let x = 0;
  let y = top;
  let bottom = top;
  let width = 0;
  for (const node of nodes) {
    if (x > 0 && x + node.width > widthMax) {
      x = 0;
      y = bottom + NODE_GAP;
    }
    places[node.id] = { x, y };
    bottom = Math.max(bottom, y + node.height);
    width = Math.max(width, x + node.width);
    x += node.width + NODE_GAP;
  }
  return { bottom, width };
}
