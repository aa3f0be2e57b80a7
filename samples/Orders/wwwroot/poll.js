/*
 * Follows operations to their end by looking at their status URLs: as seldom as their estimates allow, and never at the host that
 * accepted them. One file without dependencies, to be copied.
 *
 *   import { follow } from './poll.js';
 *   const response = await fetch('/order', { method: 'POST', … });
 *   if (!response.ok) throw new Error(`It was not accepted: ${response.status}`);
 *   const end = await follow(await response.json(), { onStatus: status => show(status.percentComplete) });
 *
 * It sends nothing that makes a browser ask first (no If-None-Match, no own headers), no cookies and no referrer to the status URL, which
 * is a credential. Call it once for each operation, for as many as you like at once.
 */

const states = ['NotStarted', 'Running', 'Succeeded', 'Failed', 'Canceled'];

const isTerminal = status => states.indexOf(status) >= 2;

// A connection that says nothing for so long is given up.
const patience = 30_000;

/** The operation is not to be followed any further: it is gone, or this caller may not see it. */
export class OperationLost extends Error {}

/**
 * @param accepted The body of a 202. To go on after a reload, `{ operationUrl }` is enough.
 * @param options.base What `operationUrl` is relative to: the API's address. The page's own unless given.
 * @param options.onStatus Called with each new status document, and the number of looks so far.
 * @param options.atLeastEvery Seconds: looks more often than the estimate asks for, where somebody watches the progress.
 * @param options.renew Asks the host for a new status URL, where that needs more than a plain GET: (url, signal) => Response.
 * @param options.signal An AbortSignal that ends it.
 * @returns The status document of the end: Succeeded, Failed or Canceled.
 * @throws OperationLost; the signal's reason; a TypeError for what is no accepted operation.
 */
export async function follow(accepted, { base = document.baseURI, onStatus, atLeastEvery = Infinity, renew = get, signal } = {}) {
  if (!accepted?.statusUrl && !accepted?.operationUrl) {
    throw new TypeError('follow() takes the body of a 202, which has a statusUrl. Look at response.ok before.');
  }
  let { statusUrl } = accepted;
  let last = null, lastSeen = accepted.statusUrl ? now() : -Infinity, age = 0;
  let looks = 0, failures = 0;
  let wait = statusUrl ? Math.min(accepted.retryAfter ?? 1, atLeastEvery) : 0;

  for (;;) {
    await pause(jittered(wait), signal);
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
      }
      wait = Math.min(nextDelay(last.status.estimate, age + now() - lastSeen), atLeastEvery);
    } else {
      // A page cannot always tell why it got no answer: perhaps the URL has expired. A new one costs a request to the host.
      const renewed = found.refused && await newUrl(accepted, base, renew, signal);
      if (renewed) statusUrl = renewed;
      wait = renewed && failures === 0 ? 0 : Math.random() * Math.min(30, 2 ** failures);
      failures++;
    }
  }
}

/**
 * How many seconds to wait before the next look.
 * @param estimate The document's: median and upper (90 %), in seconds from its writing; undefined if unknown.
 * @param elapsed Seconds since its writing.
 */
export function nextDelay(estimate, elapsed) {
  const { median, upper = median } = estimate ?? {};
  if (!(median > 0 && upper >= median)) return Math.min(1 + elapsed / 4, 10);

  // No look before one standard deviation (of the logarithm) ahead of the median; five of six operations are still under way then. From
  // there on twice the delay that goes unnoticed on average, 5 % of the median; past the upper bound ever slower.
  const early = median * (median / upper) ** (1 / 1.2816);
  const step = 2 * Math.min(Math.max(median / 20, 0.5), 10) * Math.max(1, elapsed / upper);
  return Math.max(early - elapsed, Math.min(step, 30));
}

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

// Never earlier: so that a thousand callers of one instant do not all look in another one.
const jittered = seconds => seconds * (1 + Math.random() / 10);

const pause = (seconds, signal) => new Promise((resolve, reject) => {
  signal?.throwIfAborted();
  const stop = () => { clearTimeout(timer); reject(signal.reason); };
  const timer = setTimeout(() => { signal?.removeEventListener('abort', stop); resolve(); }, seconds * 1000);
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
