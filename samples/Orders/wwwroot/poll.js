/*
 * Waits for operations by polling their status URLs, with as few polls as their estimates allow, and no polls at the host that accepted
 * them. It has no dependencies. Copy it together with poll-schedule.js.
 *
 *   import { follow } from './poll.js';
 *   const response = await fetch('/order', { method: 'POST', … });
 *   if (!response.ok) throw new Error(`Not accepted: ${response.status}`);
 *   const end = await follow(await response.json(), { onStatus: status => show(status.percentComplete) });
 *
 * Requests to the status URL, which is a credential, have no cookies and no referrer. They have no custom headers and no If-None-Match, so
 * the browser sends no preflight requests. Call it once for each operation; any number can run concurrently.
 */

import { pollSchedule } from './poll-schedule.js';

const states = ['NotStarted', 'Running', 'Succeeded', 'Failed', 'Canceled'];

const isTerminal = status => states.indexOf(status) >= 2;

// How many new status URLs in a row may be refused.
const mostRefusals = 5;

// The timeout of a request, in milliseconds.
const patience = 30_000;

// In seconds: the longest pause after a failure, and the longest pause that a server can request.
const longestBackOff = 30, longestWait = 86_400;

// A timer with a longer delay fires immediately.
const longestTimer = 2 ** 31 - 1;

/**
 * The operation's status can no longer be read: it does not exist, this caller has no access, or the store refused five new status URLs in
 * a row.
 */
export class OperationLost extends Error {}

/**
 * @param accepted The body of a 202. To resume after a reload, `{ operationUrl }` is enough.
 * @param options.base The base URL of `operationUrl`: the API's address. The default is the page's address.
 * @param options.onStatus Called with each new status document, and the number of polls so far.
 * @param options.onConnection Called with false when a poll fails and is retried, and with true when polls succeed again.
 * @param options.targetDelay The average delay in seconds from the end of the operation to its detection. A longer delay needs fewer
 *   polls. The default is 5 % of the estimate's median, from 0.5 to 10.
 * @param options.atLeastEvery The maximum interval between two polls in seconds, for pages that show progress.
 * @param options.renew Requests a new status URL, if a plain GET is not enough: (url, signal) => Response.
 * @param options.signal An AbortSignal that ends the wait.
 * @returns The terminal status document: Succeeded, Failed or Canceled.
 * @throws OperationLost; the signal's reason; TypeError if `accepted` is not an accepted operation; RangeError if `targetDelay` is invalid.
 */
export async function follow(accepted, options = {}) {
  const { base = document.baseURI, onStatus, onConnection, targetDelay, atLeastEvery = Infinity, renew = get, signal } = options;
  if (!accepted?.statusUrl && !accepted?.operationUrl) {
    throw new TypeError('follow() requires the body of a 202, which has a statusUrl. Check response.ok first.');
  }
  let { id, statusUrl, estimate } = accepted;
  let schedule = pollSchedule(estimate, targetDelay);
  const began = now();
  // The last response, when it was received and how old it was then, and when the last poll with a response began.
  let last = null, seenAt = began, age = 0, polledAt = isNew(accepted) ? began : -Infinity;
  // A URL is fresh from its renewal to its first response, and doubtful when a poll got no response that the page can read.
  let polls = 0, failures = 0, isFresh = false, isDoubtful = false, refusals = 0, isConnected = true;
  let wait = statusUrl ? firstWait(accepted, schedule, atLeastEvery) : 0;

  const tellConnection = isUp => {
    if (isUp !== isConnected) onConnection?.(isUp);
    isConnected = isUp;
  };
  const backOff = (retryAfter = 0) => {
    tellConnection(false);
    return Math.max(Math.random() * Math.min(longestBackOff, 2 ** failures++), retryAfter);
  };

  for (;;) {
    await pause(wait, signal);
    await visible(signal);

    if (!statusUrl || (isDoubtful && accepted.operationUrl)) {
      const renewed = await newUrl({ ...accepted, id }, base, renew, signal);
      if (renewed.statusUrl) {
        [statusUrl, id, isFresh] = [renewed.statusUrl, id ?? renewed.id, true];
      } else if (!statusUrl) {
        wait = backOff(renewed.retryAfter);
        continue;
      }
      isDoubtful = false;
    }

    const polling = now();
    const found = await poll(statusUrl, id, signal);
    polls++;
    if (found.status) {
      [failures, isFresh, refusals] = [0, false, 0];
      tellConnection(true);
      if (!isOlder(found.status, last?.status)) {
        if (found.text !== last?.text) {
          age = clamp(found.age, 0, now() - polledAt);
          [last, seenAt] = [found, now()];
          onStatus?.(last.status, polls);
          if (isTerminal(last.status.status)) return last.status;
          if (!isSame(last.status.estimate, estimate)) {
            ({ estimate } = last.status);
            schedule = pollSchedule(estimate, targetDelay);
          }
        }
        polledAt = polling;
      }
      const documentAge = age + now() - seenAt;
      // Without an estimate, the interval grows with the age of the operation. The document's age stays short if progress is written.
      wait = jittered(schedule, estimate ? documentAge : Math.max(now() - began, lasted(last.status) + documentAge), 0, atLeastEvery);
    } else if (found.isRefused) {
      if (isFresh && ++refusals === mostRefusals) {
        throw new OperationLost(`The store refused ${refusals} new status URLs of the host in a row.`);
      }
      statusUrl = null;
      wait = isFresh ? backOff() : 0;
    } else if (found.isUnseen && accepted.operationUrl && !isFresh && failures === 0) {
      // A page cannot always see why it got no response. The URL may have expired, so it requests a new one from the host.
      [isDoubtful, failures, wait] = [true, 1, 0];
    } else {
      isDoubtful = found.isUnseen;
      wait = backOff(found.retryAfter);
    }
  }
}

/** The URL of an operation's endpoint, such as `cancel`. The operation URL may end with a slash. */
export function operationAddress(operationUrl, name, base = document.baseURI) {
  const url = new URL(operationUrl, base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}`;
  return url;
}

// Whether the operation was just accepted. Its document is then new, and the accept counts as a poll.
const isNew = ({ statusUrl, status = states[0], repeated = false }) => Boolean(statusUrl) && status === states[0] && !repeated;

// The document of an operation that was accepted earlier may have any age, so the host decides when to poll first. Without an estimate, no
// poll comes earlier than that.
function firstWait(accepted, schedule, atLeastEvery) {
  const least = Math.min(accepted.retryAfter ?? 0, atLeastEvery);
  return isNew(accepted) ? jittered(schedule, 0, accepted.estimate ? 0 : least, atLeastEvery) : spread(least, least, least, atLeastEvery);
}

function jittered(schedule, elapsed, least, most) {
  const delay = clamp(schedule.nextDelay(elapsed), least, most);
  return spread(delay, schedule.nextDelay(elapsed + delay), least, most);
}

// Jitter prevents callers that started together from polling together. It is up to a quarter of the interval before or after the poll,
// whichever is shorter, in both directions. It is mirrored at the bounds, so that polls do not pile up there.
function spread(delay, following, least, most) {
  let wait = delay + (2 * Math.random() - 1) * 0.25 * Math.min(delay, following);
  if (wait < least) wait = 2 * least - wait;
  if (wait > most) wait = 2 * most - wait;
  return Math.max(wait, least);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// From a cache or another replica. Two documents may have the same millisecond. A state never changes to an earlier one.
const isOlder = (status, last) => last && (Date.parse(status.lastUpdatedAt) - Date.parse(last.lastUpdatedAt)
  || states.indexOf(status.status) - states.indexOf(last.status)) < 0;

// The seconds from the accept to the writing of the document, by the servers' clocks.
const lasted = ({ createdAt, lastUpdatedAt }) => (Date.parse(lastUpdatedAt) - Date.parse(createdAt)) / 1000 || 0;

async function poll(url, id, signal) {
  try {
    const response = await fetch(url, {
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error', signal: within(signal),
    });
    // S3 returns 403 or 404, and 400 if the credentials that signed the URL have expired.
    if (!response.ok) return { isRefused: isFinal(response), retryAfter: retryAfterOf(response) };
    const text = await response.text();
    const status = parsed(text);
    if (!states.includes(status?.status) || Number.isNaN(Date.parse(status.lastUpdatedAt))) return {};
    // The document of another operation counts as a refusal.
    if (id && status.id !== id) return { isRefused: true };
    // Uses only the server's clock, because the caller's may be wrong. Readable if the server exposes Date.
    const age = (Date.parse(response.headers.get('Date') ?? status.lastUpdatedAt) - Date.parse(status.lastUpdatedAt)) / 1000 || 0;
    return { status, text, age };
  } catch {
    signal?.throwIfAborted();
    return { isUnseen: true };
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// 408 and 429 are temporary.
const isFinal = ({ status }) => status >= 400 && status < 500 && status !== 408 && status !== 429;

// The wait in seconds that a busy server requests: a number, or a time by its own clock. Readable if the server exposes the headers.
function retryAfterOf({ status, headers }) {
  const told = status === 429 || status === 503 ? headers.get('Retry-After') : null;
  const seconds = /^\d+$/.test(told ?? '') ? Number(told) : (Date.parse(told) - Date.parse(headers.get('Date'))) / 1000;
  return clamp(seconds || 0, 0, longestWait);
}

// The host's response, or when to retry.
async function newUrl({ id, operationUrl }, base, renew, signal) {
  if (!operationUrl) throw new OperationLost('The status URL has expired or was refused, and the host returned no operation URL.');
  let response, accepted;
  try {
    response = await renew(operationAddress(operationUrl, 'url', base), within(signal));
    accepted = response.ok ? await response.json() : null;
  } catch {
    signal?.throwIfAborted();
    return {};
  }
  if (response.status === 404 || response.status === 410) throw new OperationLost('The host does not know the operation.');
  if (response.status === 401 || response.status === 403) {
    throw new OperationLost('The host does not allow this caller to read the operation.');
  }
  if (isFinal(response)) throw new OperationLost(`The host issued no status URL: it returned ${response.status}.`);
  if (!accepted?.statusUrl) return { retryAfter: retryAfterOf(response) };
  if (id && accepted.id !== id) throw new OperationLost('The host returned the status URL of another operation.');
  return accepted;
}

const get = (url, signal) => fetch(url, { cache: 'no-store', signal });

const within = signal => AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]);

const now = () => performance.now() / 1000;

async function pause(seconds, signal) {
  let left = seconds * 1000;
  do {
    await timer(Math.min(left, longestTimer), signal);
    left -= longestTimer;
  } while (left > 0);
}

const timer = (milliseconds, signal) => new Promise((resolve, reject) => {
  signal?.throwIfAborted();
  const stop = () => { clearTimeout(id); reject(signal.reason); };
  const id = setTimeout(() => { signal?.removeEventListener('abort', stop); resolve(); }, milliseconds);
  signal?.addEventListener('abort', stop, { once: true });
});

// A hidden page does not poll.
const visible = signal => document.visibilityState !== 'hidden' ? undefined : new Promise((resolve, reject) => {
  const done = () => {
    if (!signal?.aborted && document.visibilityState === 'hidden') return;
    document.removeEventListener('visibilitychange', done);
    signal?.removeEventListener('abort', done);
    if (signal?.aborted) reject(signal.reason); else resolve();
  };
  document.addEventListener('visibilitychange', done);
  signal?.addEventListener('abort', done);
});
