// @ts-check
/** The node's metrics, in the text form of Prometheus. */

/** @typedef {Map<string, {labels: Record<string, string>, value: number}[]>} Metrics */

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** @param {string} text @returns {Metrics} */
export function parseMetrics(text) {
  /** @type {Metrics} */
  const metrics = new Map();
  for (const line of text.split('\n')) {
    const found = line.startsWith('#') ? null : LINE.exec(line);
    if (found) {
      const labels = Object.fromEntries([...(found[2] ?? '').matchAll(LABEL)].map((one) => [one[1], one[2]]));
      const samples = metrics.get(found[1]) ?? [];
      samples.push({ labels, value: Number(found[3]) });
      metrics.set(found[1], samples);
    }
  }
  return metrics;
}

/** Over all samples that have these labels; null if there is none. @param {Metrics} metrics @param {string} name @param {Record<string, string>} [labels] */
export function sum(metrics, name, labels = {}) {
  const samples = (metrics.get(name) ?? []).filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value));
  return samples.length === 0 ? null : samples.reduce((total, one) => total + one.value, 0);
}
