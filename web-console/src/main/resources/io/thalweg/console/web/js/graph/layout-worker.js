// @ts-check
import { layout } from './layout.js';

addEventListener('message', (event) => {
  const { id, nodes, edges, gridWidth, rankGap } = event.data;
  postMessage({ id, layout: layout(nodes, edges, gridWidth, rankGap) });
});
