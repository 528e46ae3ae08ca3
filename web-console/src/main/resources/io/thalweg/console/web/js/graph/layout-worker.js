// @ts-check
import { arrange } from './arrangement.js';

addEventListener('message', (event) => {
  const { id, nodes, edges, room, forms } = event.data;
  postMessage({ id, arrangement: arrange(nodes, edges, room, forms) });
});
