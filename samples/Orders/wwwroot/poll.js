/*
 * Follows operations to their end by looking at their status URLs: as seldom as their estimates allow, and never at the host that
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

// A connection that says nothing for so long is given up.
const patience = 30_000;

// A timer that is set for longer fires at once.
const longestTimer = 2 ** 31 - 1;

/** The operation is not to be followed any further: it is gone, or this caller may not see it. */
export class OperationLost extends Error {}

/**
 * @param accepted The body of a 202. To go on after a reload, `{ operationUrl }` is enough.
 * @param options.base What `operationUrl` is relative to: the API's address. The page's own unless given.
 * @param options.onStatus Called with each new status document, and the number of looks so far.
 * @param options.targetDelay For how many seconds the end may go unnoticed, on average. The longer, the fewer looks; 5 % of the
 *   estimate's median, within 0.5 and 10, unless given.
 * @param options.atLeastEvery Seconds: looks more often than the estimate asks for, where somebody watches the progress.
 * @param options.renew Asks the host for a new status URL, where that needs more than a plain GET: (url, signal) => Response.
 * @param options.signal An AbortSignal that ends it.
 * @returns The status document of the end: Succeeded, Failed or Canceled.
 * @throws OperationLost; the signal's reason; a TypeError for what is no accepted operation; a RangeError for a targetDelay that is none.
 */
export async function follow(accepted, options = {}) {
  const { base = document.baseURI, onStatus, targetDelay, atLeastEvery = Infinity, renew = get, signal } = options;
  if (!accepted?.statusUrl && !accepted?.operationUrl) {
    throw new TypeError('follow() takes the body of a 202, which has a statusUrl. Look at response.ok before.');
  }
  let { statusUrl } = accepted;
  let last = null, lastSeen = accepted.statusUrl ? now() : -Infinity, age = 0;
  let looks = 0, failures = 0;
  let { estimate } = accepted;
  let schedule = pollSchedule(estimate, targetDelay);
  let wait = statusUrl ? firstWait(accepted, schedule, atLeastEvery) : 0;

  for (;;) {
    await pause(wait, signal);
    await visible(signal);

    const looked = now();
    const found = statusUrl ? await look(statusUrl, signal) : { refused: true };
    if (statusUrl) looks++;
    if (found.status) {
      failures = 0;
      if (isNews(found, last)) {
        age = Math.min(Math.max(found.age, 0), looked - lastSeen);
        [last, lastSeen] = [found, now()];
        onStatus?.(last.status, looks);
        if (isTerminal(last.status.status)) return last.status;
        if (!isSame(last.status.estimate, estimate)) {
          ({ estimate } = last.status);
          schedule = pollSchedule(estimate, targetDelay);
        }
      }
      const elapsed = age + now() - lastSeen;
      const delay = Math.min(schedule.nextDelay(elapsed), atLeastEvery);
      wait = delay + jitter(schedule, elapsed, delay);
    } else {
      // A page cannot always tell why it got no answer: perhaps the URL has expired. A new one costs a request to the host.
      const renewed = found.refused && await newUrl(accepted, base, renew, signal);
      if (renewed) statusUrl = renewed;
      wait = renewed && failures === 0 ? 0 : Math.random() * Math.min(30, 2 ** failures);
      failures++;
    }
  }
}

// Without an estimate the host's word counts: no earlier than it said.
function firstWait({ estimate, retryAfter = 0 }, schedule, atLeastEvery) {
  const delay = Math.min(estimate ? schedule.nextDelay(0) : Math.max(retryAfter, schedule.nextDelay(0)), atLeastEvery);
  const by = jitter(schedule, 0, delay);
  return delay + (estimate ? by : Math.abs(by));
}

// So that a thousand callers of one instant do not all look in another one: up to a quarter of the interval before the look or of the one
// after it, whichever is shorter, sooner or later.
const jitter = (schedule, elapsed, delay) => (2 * Math.random() - 1) * 0.25 * Math.min(delay, schedule.nextDelay(elapsed + delay));

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// The same again, or from a cache and older than the one before, is none. Two documents may be of the same millisecond.
const isNews = (found, last) => !last
  || (found.text !== last.text && Date.parse(found.status.lastUpdatedAt) >= Date.parse(last.status.lastUpdatedAt));

async function look(url, signal) {
  try {
    const response = await fetch(url, {
      cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error', signal: within(signal),
    });
    // S3 says 403 or 404, and 400 where the keys behind the URL have expired. Of the others, 408 and 429 ask for patience.
    if (!response.ok) return { refused: response.status < 500 && response.status !== 408 && response.status !== 429 };
    const text = await response.text();
    const status = JSON.parse(text);
    if (!states.includes(status.status) || Number.isNaN(Date.parse(status.lastUpdatedAt))) return {};
    // By the server's clock alone: the caller's may be wrong. It is seen where the server exposes Date.
    const age = (Date.parse(response.headers.get('Date') ?? status.lastUpdatedAt) - Date.parse(status.lastUpdatedAt)) / 1000;
    return { status, text, age };
  } catch {
    signal?.throwIfAborted();
    return { refused: true };
  }
}

async function newUrl({ operationUrl }, base, renew, signal) {
  if (!operationUrl) throw new OperationLost('The status URL does not work any more, and the host has told no operation URL.');
  let response, accepted;
  try {
    response = await renew(new URL(`${operationUrl}/url`, base), within(signal));
    accepted = response.ok ? await response.json() : null;
  } catch {
    signal?.throwIfAborted();
    return null;
  }
  if (response.status === 404) throw new OperationLost('The host knows no such operation any more.');
  if (response.status === 401 || response.status === 403) throw new OperationLost('The host does not let this caller see the operation.');
  return accepted?.statusUrl;
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

// Nobody looks at a hidden page, so it does not look either.
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
