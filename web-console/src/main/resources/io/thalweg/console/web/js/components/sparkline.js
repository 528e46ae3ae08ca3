// @ts-check
import { html, svg } from 'lit';

/** A small line over the last values; the scale is the greatest of them. @param {number[]} values @param {string} label */
export function sparkline(values, label) {
  const width = 96;
  const height = 24;
  if (values.length < 2) {
    return html`<svg class="sparkline" viewBox="0 0 96 24" preserveAspectRatio="none" role="img" aria-label=${label + ': nothing yet'}>
      <line x1="0" y1="23" x2="96" y2="23"></line>
    </svg>`;
  }
  const most = Math.max(...values, 1e-9);
  const points = values.map(
    (value, i) => [(i / (values.length - 1)) * width, height - 2 - (Math.max(0, value) / most) * (height - 4)],
  );
  const line = 'M' + points.map(([x, y]) => x.toFixed(1) + ' ' + y.toFixed(1)).join('L');
  return html`<svg class="sparkline" viewBox="0 0 96 24" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${svg`<path class="area" d=${line + `L${width} ${height}L0 ${height}Z`}></path><path d=${line}></path>`}
  </svg>`;
}

/** Keeps the last values of named series, for sparklines. */
export class Trend {
  /** @param {number} [most] */
  constructor(most = 60) {
    this.most = most;
    /** @type {Map<string, number[]>} */
    this.series = new Map();
  }

  /** @param {string} name @param {number | null | undefined} value */
  add(name, value) {
    if (typeof value !== 'number') {
      return;
    }
    const values = this.series.get(name) ?? [];
    values.push(value);
    if (values.length > this.most) {
      values.shift();
    }
    this.series.set(name, values);
  }

  /** @param {string} name */
  of(name) {
    return this.series.get(name) ?? [];
  }
}
