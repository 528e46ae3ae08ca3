// @ts-check
/** Payloads as a person reads them: indented JSON with coloured tokens, text, or hex. Text nodes only. */
import { html } from 'lit';

/** @typedef {import('./records.js').Payload} Payload */

/** Beyond this, JSON is shown as it is: indenting and colouring would hold the page up. */
const PRETTY_CHARS_MAX = 200_000;
const COLOURED_TOKENS_MAX = 20_000;
const SHOWN_CHARS_MAX = 1_000_000;
const HEX_BYTES_MAX = 16_384;
/** As many as the narrowest window has room for. */
const HEX_ROW_BYTES = 8;

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/** One line for a list. @param {Payload} value */
export function preview(value) {
  switch (value.type) {
    case 'null':
      return null;
    case 'base64':
      return '0x' + hexOf(bytesOf(value).subarray(0, 48));
    default:
      return value.text.length > 300 ? value.text.slice(0, 300) : value.text;
  }
}

/** @param {Payload} value @returns {Uint8Array} */
export function bytesOf(value) {
  if (value.type === 'base64') {
    const raw = atob(value.text);
    return Uint8Array.from(raw, (c) => c.charCodeAt(0));
  }
  return new TextEncoder().encode(value.text);
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

/** Whether text is a JSON value, so that a view of it as JSON makes sense. @param {Payload} value */
export function isJson(value) {
  if (value.type === 'json') {
    return true;
  }
  if (value.type !== 'string' || value.text.length > PRETTY_CHARS_MAX) {
    return false;
  }
  try {
    JSON.parse(value.text);
    return true;
  } catch {
    return false;
  }
}

/** @param {Payload} value @param {'json' | 'text' | 'hex'} view */
export function shown(value, view) {
  if (value.type === 'null') {
    return html`<pre class="code"><span class="w">null</span></pre>`;
  }
  if (view === 'hex') {
    return html`<pre class="code hex">${hexDump(bytesOf(value))}</pre>`;
  }
  const text = value.type === 'base64' ? new TextDecoder().decode(bytesOf(value)) : value.text;
  if (view === 'json' && text.length <= PRETTY_CHARS_MAX && isJson({ type: 'string', text })) {
    return html`<pre class="code">${pretty(text)}</pre>`;
  }
  return html`<pre class="code">${text.length > SHOWN_CHARS_MAX ? text.slice(0, SHOWN_CHARS_MAX) + '\n… ' + (text.length - SHOWN_CHARS_MAX) + ' more characters; export the record to see them' : text}</pre>`;
}

/** Indents by tokens, so that no number loses digits. @param {string} text */
export function prettyText(text) {
  return tokens(text)
    .map((token) => token.text)
    .join('');
}

/** @param {string} text */
function pretty(text) {
  const all = tokens(text);
  return all.length > COLOURED_TOKENS_MAX
    ? all.map((token) => token.text).join('')
    : all.map((token) => (token.kind ? html`<span class=${token.kind}>${token.text}</span>` : token.text));
}

/** @param {string} text @returns {{text: string, kind: string}[]} */
function tokens(text) {
  const all = text.match(TOKEN) ?? [];
  /** @type {{text: string, kind: string}[]} */
  const out = [];
  let depth = 0;
  const line = () => '\n' + '  '.repeat(Math.min(depth, 60));
  for (let i = 0; i < all.length; i++) {
    const token = all[i];
    if (token === '{' || token === '[') {
      const closing = all[i + 1];
      if (closing === '}' || closing === ']') {
        out.push({ text: token + closing, kind: '' });
        i++;
      } else {
        depth++;
        out.push({ text: token + line(), kind: '' });
      }
    } else if (token === '}' || token === ']') {
      depth--;
      out.push({ text: line() + token, kind: '' });
    } else if (token === ',') {
      out.push({ text: ',' + line(), kind: '' });
    } else if (token === ':') {
      out.push({ text: ': ', kind: '' });
    } else if (token.startsWith('"')) {
      out.push({ text: token, kind: all[i + 1] === ':' ? 'n' : 's' });
    } else {
      out.push({ text: token, kind: /^[-\d]/.test(token) ? 'd' : 'w' });
    }
  }
  return out;
}

/** @param {Uint8Array} bytes */
function hexDump(bytes) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_BYTES_MAX); at += HEX_ROW_BYTES) {
    const part = bytes.subarray(at, at + HEX_ROW_BYTES);
    const hex = Array.from(part, (b) => b.toString(16).padStart(2, '0')).join(' ');
    const text = Array.from(part, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
    lines.push(at.toString(16).padStart(4, '0') + '  ' + hex.padEnd(3 * HEX_ROW_BYTES - 1) + '  ' + text);
  }
  if (bytes.length > HEX_BYTES_MAX) {
    lines.push('… ' + (bytes.length - HEX_BYTES_MAX) + ' more bytes');
  }
  return lines.join('\n');
}
