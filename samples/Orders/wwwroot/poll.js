/*
 * Follows operations to their end by polling their status URLs: as seldom as their estimates allow, and never at the host that
 * accepted them. Without dependencies, to be copied along with poll-schedule.js.
 *
 *   import { follow } from './poll.js';
 *   const response = await fetch('/order', { method: 'POST', … });
 *   if (!response.ok) throw new Error(`It was not accepted: ${response.status}`);
 *   const end = await follow(await response.json(), { onStatus: status => show(status.percentComplete) });
 *
 * It sends nothing that makes a browser ask first (no If-None-Match, no own headers), no cookies and no referrer to the status URL, which
 * is a credential. Call it once for each operation, for as many as you like at once.
 */

import { pollSchedule } from './poll-schedule.js';

const states = ['NotStarted', 'Running', 'Succeeded', 'Failed', 'Canceled'];

const isTerminal = status => states.indexOf(status) >= 2;

// How many fresh status URLs in a row may be refused.
const mostRefusals = 5;

// A connection that says nothing for so long is given up.
const patience = 30_000;

// In seconds: the longest pause after a failure, unless the server asks for a longer one; and the longest that it gets.
const longestBackOff = 30, longestWait = 86_400;

// A timer that is set for longer fires at once.
const longestTimer = 2 ** 31 - 1;

/** The operation is not to be followed any further: it is gone, or this caller may not see it. */
export class OperationLost extends Error {}

/**
 * @param accepted The body of a 202. To go on after a reload, `{ operationUrl }` is enough.
 * @param options.base What `operationUrl` is relative to: the API's address. The page's own unless given.
 * @param options.onStatus Called with each new status document, and the number of polls so far.
 * @param options.onConnection Called with false when a poll fails and is retried, and with true when polls work again.
 * @param options.targetDelay For how many seconds the end may go unnoticed, on average. The longer, the fewer polls; 5 % of the
 *   estimate's median, within 0.5 and 10, unless given.
 * @param options.atLeastEvery The longest wait between two polls in seconds, where somebody watches the progress.
 * @param options.renew Asks the host for a new status URL, where that needs more than a plain GET: (url, signal) => Response.
 * @param options.signal An AbortSignal that ends it.
 * @returns The status document of the end: Succeeded, Failed or Canceled.
 * @throws OperationLost; the signal's reason; a TypeError for what is no accepted operation; a RangeError for a targetDelay that is none.
 */
export async function follow(accepted, options = {}) {
  const { base = document.baseURI, onStatus, onConnection, targetDelay, atLeastEvery = Infinity, renew = get, signal } = options;
  if (!accepted?.statusUrl && !accepted?.operationUrl) {
    throw new TypeError('follow() takes the body of a 202, which has a statusUrl. Look at response.ok before.');
  }
  let { id, statusUrl, estimate } = accepted;
  let schedule = pollSchedule(estimate, targetDelay);
  const began = now();
  // What an answer showed last, when it was first seen and how old it was then, and when the last answered poll began.
  let last = null, seenAt = began, age = 0, polledAt = isNew(accepted) ? began : -Infinity;
  // A URL is fresh from its renewal to its first answer, and doubtful when a poll got no answer that the page may see.
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
      // Without an estimate the polls become rarer with the age of the operation: that of a document is short where progress is written.
      wait = jittered(schedule, estimate ? documentAge : Math.max(now() - began, lasted(last.status) + documentAge), 0, atLeastEvery);
    } else if (found.isRefused) {
      if (isFresh && ++refusals === mostRefusals) {
        throw new OperationLost(`The store refuses the status URLs that the host issues: ${refusals} in a row.`);
      }
      statusUrl = null;
      wait = isFresh ? backOff() : 0;
    } else if (found.isUnseen && accepted.operationUrl && !isFresh && failures === 0) {
      // A page cannot always tell why it got no answer: perhaps the URL has expired. A new one costs a request to the host.
      [isDoubtful, failures, wait] = [true, 1, 0];
    } else {
      isDoubtful = found.isUnseen;
      wait = backOff(found.retryAfter);
    }
  }
}

/** The address of what belongs to an operation, such as `cancel`: the operation URL, whether it ends with a slash or not, and a name. */
export function operationAddress(operationUrl, name, base = document.baseURI) {
  const url = new URL(operationUrl, base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${name}`;
  return url;
}

// Whether the operation was accepted just now, so that its document is new: then the accept counts as a poll.
const isNew = ({ statusUrl, status = states[0], repeated = false }) => Boolean(statusUrl) && status === states[0] && !repeated;

// The document of an operation that was accepted before may be of any age: then the host says when to poll first. Where nothing is known of
// the duration, no poll comes earlier than it said.
function firstWait(accepted, schedule, atLeastEvery) {
  const least = Math.min(accepted.retryAfter ?? 0, atLeastEvery);
  return isNew(accepted) ? jittered(schedule, 0, accepted.estimate ? 0 : least, atLeastEvery) : spread(least, least, least, atLeastEvery);
}

function jittered(schedule, elapsed, least, most) {
  const delay = clamp(schedule.nextDelay(elapsed), least, most);
  return spread(delay, schedule.nextDelay(elapsed + delay), least, most);
}

// So that a thousand callers of one instant do not all poll in another one: up to a quarter of the interval before the poll or of the one
// after it, whichever is shorter, sooner or later. Mirrored at the bounds, so that the polls do not pile up there.
function spread(delay, following, least, most) {
  let wait = delay + (2 * Math.random() - 1) * 0.25 * Math.min(delay, following);
  if (wait < least) wait = 2 * least - wait;
  if (wait > most) wait = 2 * most - wait;
  return Math.max(wait, least);
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// From a cache or another replica. Two documents may be of the same millisecond; a state is never left for an earlier one.
const isOlder = (status, last) => last && (Date.parse(status.lastUpdatedAt) - Date.parse(last.lastUpdatedAt)
  || states.indexOf(status.status) - states.indexOf(last.status)) < 0;

// How many seconds the operation had been under way when its document was written, by the servers' clocks.
const lasted = ({ createdAt, lastUpdatedAt }) => (Date.parse(lastUpdatedAt) - Date.parse(createdAt)) / 1000 || 0;

async function poll(url, id, signal) {
  try {
    const response = await fetch(url, {
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error', signal: within(signal),
    });
    // S3 says 403 or 404, and 400 where the keys behind the URL have expired.
    if (!response.ok) return { isRefused: isFinal(response), retryAfter: retryAfterOf(response) };
    const text = await response.text();
    const status = parsed(text);
    if (!states.includes(status?.status) || Number.isNaN(Date.parse(status.lastUpdatedAt))) return {};
    // Another operation's document is not what was signed for.
    if (id && status.id !== id) return { isRefused: true };
    // By the server's clock alone: the caller's may be wrong. It is seen where the server exposes Date.
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

// Of the refusals, 408 and 429 ask for patience.
const isFinal = ({ status }) => status >= 400 && status < 500 && status !== 408 && status !== 429;

// What a busy server asks for, in seconds: a number, or an instant by its own clock. Seen where the server exposes the headers.
function retryAfterOf({ status, headers }) {
  const told = status === 429 || status === 503 ? headers.get('Retry-After') : null;
  const seconds = /^\d+$/.test(told ?? '') ? Number(told) : (Date.parse(told) - Date.parse(headers.get('Date'))) / 1000;
  return clamp(seconds || 0, 0, longestWait);
}

// The host's answer, or when to ask again.
async function newUrl({ id, operationUrl }, base, renew, signal) {
  if (!operationUrl) throw new OperationLost('The status URL does not work any more, and the host has told no operation URL.');
  let response, accepted;
  try {
    response = await renew(operationAddress(operationUrl, 'url', base), within(signal));
    accepted = response.ok ? await response.json() : null;
  } catch {
    signal?.throwIfAborted();
    return {};
  }
  if (response.status === 404 || response.status === 410) throw new OperationLost('The host knows no such operation any more.');
  if (response.status === 401 || response.status === 403) throw new OperationLost('The host does not let this caller see the operation.');
  if (isFinal(response)) throw new OperationLost(`The host gives out no status URL: it answers ${response.status}.`);
  if (!accepted?.statusUrl) return { retryAfter: retryAfterOf(response) };
  if (id && accepted.id !== id) throw new OperationLost('The host answers with the status URL of another operation.');
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

// Nobody watches a hidden page, so it does not poll.
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
