// @ts-check
/** Which way a graph is drawn, and how close, so that it is seen with as little scrolling as can be. Pure. */
import { layout } from './layout.js';

/** Below this, text is too small: then the graph is scrolled rather than shrunk. */
export const READABLE = 0.72;

/**
 * @typedef {object} Form
 * @property {number} nodeWidth
 * @property {number} nodeHeight
 * @property {number} rankGap
 * @property {boolean} down from top to bottom
 * @property {number} most nodes in a rank
 * @property {boolean} labels whether edges carry text
 * @property {boolean} brief whether nodes carry one figure only
 * @property {boolean} bare whether nodes go without their icons
 */
/** @typedef {{width: number, height: number}} Room */
/** @typedef {{layout: import('./layout.js').Layout, form: Form}} Arrangement */

/**
 * In the first form in which all of it is seen, in its own size or shrunk; else the first that need not be scrolled sideways;
 * else the one that need be least.
 * @param {string[]} nodes @param {import('./layout.js').LayoutEdge[]} edges @param {Room} room @param {Form[]} forms
 * @returns {Arrangement}
 */
export function arrange(nodes, edges, room, forms) {
  /** @type {Arrangement[]} */
  const shrunk = [];
  for (const form of forms) {
    const drawn = drawnIn(nodes, edges, room.width / READABLE, form);
    if (seenWhole(drawn, room, READABLE)) {
      const full = seenWhole(drawn, room, 1) ? drawn : drawnIn(nodes, edges, room.width, form);
      return { form, layout: seenWhole(full, room, 1) ? full : drawn };
    }
    shrunk.push({ form, layout: drawn });
  }
  const least = shrunk.reduce((best, one) => (one.layout.width < best.layout.width ? one : best));
  return shrunk.find((one) => one.layout.width * READABLE <= room.width) ?? least;
}

/** @param {import('./layout.js').Layout} drawn @param {Room} room @param {number} scale */
function seenWhole(drawn, room, scale) {
  return drawn.width * scale <= room.width && drawn.height * scale <= room.height;
}

/** @param {string[]} nodes @param {import('./layout.js').LayoutEdge[]} edges @param {number} width @param {Form} form */
function drawnIn(nodes, edges, width, form) {
  const sized = nodes.map((id) => ({ id, width: form.nodeWidth, height: form.nodeHeight }));
  return layout(sized, edges, width, form.rankGap, form.down, form.most);
}
