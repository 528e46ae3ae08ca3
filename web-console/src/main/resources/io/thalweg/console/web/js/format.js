// @ts-check
/** Numbers, sizes and times as text. */

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const ONE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** @typedef {number | null | undefined} Maybe */

/** @param {Maybe} value */
const absent = (value) => value === null || value === undefined || !Number.isFinite(value);

/** @param {Maybe} value */
export function count(value) {
  return absent(value) ? '–' : WHOLE.format(/** @type {number} */ (value));
}

/** @param {Maybe} value */
export function compact(value) {
  return absent(value) ? '–' : COMPACT.format(/** @type {number} */ (value));
}

/** @param {Maybe} bytes */
export function size(bytes) {
  if (absent(bytes)) {
    return '–';
  }
  let left = /** @type {number} */ (bytes);
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB']) {
    if (Math.abs(left) < 1024 || unit === 'TiB') {
      return ONE.format(left) + ' ' + unit;
    }
    left /= 1024;
  }
  return '';
}

/** @param {Maybe} perSecond */
export function rate(perSecond) {
  if (absent(perSecond)) {
    return '–';
  }
  const value = /** @type {number} */ (perSecond);
  return (value >= 1000 ? COMPACT : value >= 10 || value === 0 ? WHOLE : ONE).format(value) + '/s';
}

/** @param {Maybe} bytesPerSecond */
export function byteRate(bytesPerSecond) {
  return absent(bytesPerSecond) ? '–' : size(bytesPerSecond) + '/s';
}

/** @param {Maybe} seconds */
export function duration(seconds) {
  if (absent(seconds)) {
    return '–';
  }
  const value = /** @type {number} */ (seconds);
  if (value < 1) {
    return value === 0 ? '0 s' : Math.max(1, Math.round(value * 1000)) + ' ms';
  }
  if (value < 60) {
    return ONE.format(value) + ' s';
  }
  const minutes = Math.floor(value / 60);
  if (minutes < 10) {
    return minutes + ' min ' + Math.floor(value % 60) + ' s';
  }
  if (minutes < 120) {
    return minutes + ' min';
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 48) {
    return hours + ' h ' + (minutes % 60) + ' min';
  }
  const days = Math.floor(hours / 24);
  return days < 730 ? days + ' days' : ONE.format(days / 365.25) + ' years';
}

/** @param {Maybe} millis local time with milliseconds, as 2026-01-31 12:00:00.000 */
export function time(millis) {
  if (absent(millis) || /** @type {number} */ (millis) < 0) {
    return '–';
  }
  const date = new Date(/** @type {number} */ (millis));
  if (Number.isNaN(date.getTime())) {
    return String(millis);
  }
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.` +
    String(date.getMilliseconds()).padStart(3, '0')
  );
}

/** @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many = one + 's') {
  return count(n) + ' ' + (n === 1 ? one : many);
}
