// @ts-check
/**
 * Records out of the node's JSON without parsing what they carry: numbers keep their digits and objects their order, so
 * that what is edited and replayed is what was read. Runs in the page and in the worker.
 */

/**
 * @typedef {'json' | 'string' | 'base64' | 'null'} ValueType
 * @typedef {object} Payload
 * @property {ValueType} type
 * @property {string} text JSON text as it was stored; the string; base64; empty for null
 */
/**
 * @typedef {object} Header
 * @property {string} name
 * @property {Payload} value
 */
/**
 * @typedef {object} Row one record
 * @property {string} topic empty if the answer did not say
 * @property {number} partition
 * @property {number} offset
 * @property {number} timestamp milliseconds since 1970
 * @property {Payload} key
 * @property {Payload} value
 * @property {Header[]} headers
 */

const QUOTE = 34;
const BACKSLASH = 92;

/** @param {string} text @param {number} at of the opening quote @returns {number} after the closing one */
function endOfString(text, at) {
  let end = at;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) {
      throw new SyntaxError('string without end');
    }
    let before = end - 1;
    while (text.charCodeAt(before) === BACKSLASH) {
      before--;
    }
    if ((end - before) % 2 === 1) {
      return end + 1;
    }
  }
}

/** @param {string} text @param {number} at */
function space(text, at) {
  let i = at;
  while (text.charCodeAt(i) <= 32) {
    i++;
  }
  return i;
}

/** @param {string} text @param {number} at of the first character of a value @returns {number} after it */
function endOfValue(text, at) {
  const first = text.charCodeAt(at);
  if (first === QUOTE) {
    return endOfString(text, at);
  }
  if (first !== 123 && first !== 91) {
    let i = at;
    // A number or a word ends at a comma, a closing bracket or white space.
    for (let c = text.charCodeAt(i); c > 32 && c !== 44 && c !== 93 && c !== 125; c = text.charCodeAt(++i));
    return i;
  }
  let depth = 0;
  let i = at;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) {
      i = endOfString(text, i);
      continue;
    }
    if (c === 123 || c === 91) {
      depth++;
    } else if (c === 125 || c === 93) {
      depth--;
      if (depth === 0) {
        return i + 1;
      }
    } else if (Number.isNaN(c)) {
      throw new SyntaxError('value without end');
    }
    i++;
  }
}

/**
 * @param {string} text @param {number} at of the opening brace
 * @param {(name: string, from: number, to: number) => void} each
 * @returns {number} after the closing brace
 */
function members(text, at, each) {
  let i = space(text, at + 1);
  while (text.charCodeAt(i) === QUOTE) {
    const nameEnd = endOfString(text, i);
    const name = text.slice(i + 1, nameEnd - 1);
    i = space(text, nameEnd);
    const from = space(text, i + 1);
    const to = endOfValue(text, from);
    each(name, from, to);
    i = space(text, to);
    if (text.charCodeAt(i) === 44) {
      i = space(text, i + 1);
    }
  }
  return i + 1;
}

/** @param {string} raw JSON of the member @param {string} type @returns {Payload} */
function payload(raw, type) {
  switch (type) {
    case 'json':
      return { type: 'json', text: raw };
    case 'string':
      return { type: 'string', text: JSON.parse(raw) };
    case 'base64':
      return { type: 'base64', text: JSON.parse(raw) };
    default:
      return { type: 'null', text: '' };
  }
}

/** @param {string} text @param {number} from of an array's bracket @returns {Header[]} */
function headers(text, from) {
  /** @type {Header[]} */
  const found = [];
  let i = space(text, from + 1);
  while (text.charCodeAt(i) === 123) {
    const header = { key: '""', value: 'null', valueType: '"null"' };
    i = members(text, i, (name, start, end) => {
      header[/** @type {keyof typeof header} */ (name)] = text.slice(start, end);
    });
    found.push({ name: JSON.parse(header.key), value: payload(header.value, JSON.parse(header.valueType)) });
    i = space(text, i);
    if (text.charCodeAt(i) === 44) {
      i = space(text, i + 1);
    }
  }
  return found;
}

/** @param {string} text @param {number} from @returns {{row: Row, end: number}} */
function record(text, from) {
  const row = { topic: '', partition: 0, offset: 0, timestamp: -1 };
  const raw = { key: 'null', keyType: 'null', value: 'null', valueType: 'null' };
  /** @type {Header[]} */
  let found = [];
  const end = members(text, from, (name, start, to) => {
    switch (name) {
      case 'partition':
      case 'offset':
      case 'timestamp':
        row[name] = Number(text.slice(start, to));
        break;
      case 'topic':
        row.topic = JSON.parse(text.slice(start, to));
        break;
      case 'key':
      case 'value':
        raw[name] = text.slice(start, to);
        break;
      case 'keyType':
      case 'valueType':
        raw[name] = text.slice(start + 1, to - 1);
        break;
      case 'headers':
        found = to - start > 2 ? headers(text, start) : [];
        break;
    }
  });
  return {
    row: { ...row, key: payload(raw.key, raw.keyType), value: payload(raw.value, raw.valueType), headers: found },
    end,
  };
}

/**
 * Reads an answer or a frame that has an array "records".
 * @param {string} text
 * @param {(row: Row) => void} each
 * @returns {Record<string, any>} the other members
 */
export function readRecords(text, each) {
  /** @type {Record<string, any>} */
  const others = {};
  members(text, space(text, 0), (name, from, to) => {
    if (name !== 'records') {
      others[name] = JSON.parse(text.slice(from, to));
      return;
    }
    let i = space(text, from + 1);
    while (text.charCodeAt(i) === 123) {
      const found = record(text, i);
      each(found.row);
      i = space(text, found.end);
      if (text.charCodeAt(i) === 44) {
        i = space(text, i + 1);
      }
    }
  });
  return others;
}

/** @param {Payload} value as a member of a record to be published @returns {string} JSON text */
export function payloadJson(value) {
  switch (value.type) {
    case 'json':
      return value.text.trim() === '' ? 'null' : value.text;
    case 'null':
      return 'null';
    default:
      return JSON.stringify(value.text);
  }
}

/**
 * A record as the publish route takes it.
 * @param {{key: Payload, value: Payload, headers: Header[], partition?: number | null, timestamp?: number | null}} row
 */
export function publishJson(row) {
  const parts = [
    `"key":${payloadJson(row.key)},"keyType":"${row.key.type}"`,
    `"value":${payloadJson(row.value)},"valueType":"${row.value.type}"`,
  ];
  if (row.headers.length > 0) {
    const list = row.headers.map(
      (header) =>
        `{"key":${JSON.stringify(header.name)},"value":${payloadJson(header.value)},"valueType":"${header.value.type}"}`,
    );
    parts.push(`"headers":[${list.join(',')}]`);
  }
  if (row.partition !== null && row.partition !== undefined) {
    parts.push(`"partition":${row.partition}`);
  }
  if (row.timestamp !== null && row.timestamp !== undefined) {
    parts.push(`"timestamp":${row.timestamp}`);
  }
  return '{' + parts.join(',') + '}';
}

/** The line of an NDJSON export; what is exported can be published again. @param {Row} row */
export function exportLine(row) {
  const text = publishJson(row);
  return `{"offset":${row.offset},` + text.slice(1);
}
