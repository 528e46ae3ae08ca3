// @ts-check
/** Calls of the node's public HTTP interface. */

/** A node that takes a request and does not answer is as good as away. Long enough for what starts or stops something. */
const ANSWER_MILLIS_MAX = 45_000;

/** What the node refused, as RFC 9457 says it, or that it could not be reached (status 0). */
export class ApiError extends Error {
  /** @param {number} status @param {string} code @param {string} detail @param {boolean} retriable @param {any} [body] */
  constructor(status, code, detail, retriable, body) {
    super(detail);
    this.status = status;
    this.code = code;
    this.retriable = retriable;
    this.body = body;
  }
}

/**
 * @param {string} path
 * @param {{method?: string, body?: any, text?: boolean, raw?: string, signal?: AbortSignal}} [options]
 *   body is sent as JSON, raw as it is; text answers the body as text
 * @returns {Promise<any>} the parsed answer; null for one without a body
 */
export async function call(path, { method = 'GET', body, text = false, raw, signal } = {}) {
  const late = AbortSignal.timeout(ANSWER_MILLIS_MAX);
  /** @type {Response} */
  let response;
  let answer = '';
  try {
    response = await fetch(path, {
      method,
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers: body !== undefined || raw !== undefined ? { 'Content-Type': 'application/json' } : {},
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
      cache: 'no-store',
    });
    answer = await response.text();
  } catch (failure) {
    if (signal?.aborted) {
      throw failure;
    }
    throw late.aborted
      ? new ApiError(0, 'TIMED_OUT', `The node did not answer within ${ANSWER_MILLIS_MAX / 1000} s.`, true)
      : new ApiError(0, 'UNREACHABLE', 'The node does not answer.', true);
  }
  if (!response.ok) {
    throw problem(response.status, answer);
  }
  if (text) {
    return answer;
  }
  return answer === '' ? null : JSON.parse(answer);
}

/** @param {number} status @param {string} answer */
function problem(status, answer) {
  try {
    const found = JSON.parse(answer);
    return new ApiError(
      status,
      String(found.errorCode ?? found.error_code ?? status),
      String(found.detail ?? found.message ?? 'The node answered ' + status + '.'),
      found.retriable === true,
      found,
    );
  } catch {
    return new ApiError(status, String(status), 'The node answered ' + status + '.', status >= 500);
  }
}

/** @param {TemplateStringsArray} strings @param {...string | number} values each encoded as one segment */
export function url(strings, ...values) {
  return strings.reduce((text, part, i) => text + part + (i < values.length ? encodeURIComponent(values[i]) : ''), '');
}
