/*
 * Runs one scenario of polling.json with poll.js in a browser page, with simulated time and without jitter.
 */

const start = Date.UTC(2026, 10, 23, 10);

const realTimeout = globalThis.setTimeout;

const expired = '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>';

/** @returns The times of polls and renewals in seconds, the states seen, and the end: a state or "lost". */
export async function run(scenario, follow) {
  const time = takeTime(scenario.callerClockAhead ?? 0);
  const seen = { polls: [], renewals: [], states: [], end: null };
  globalThis.fetch = async url => new URL(url).host === 'host.test' ? renew(scenario, time, seen) : answer(scenario, time, seen, url);
  const accepted = { id: 'one', operationUrl: 'http://host.test/operations/one' };
  if (scenario.accepted) Object.assign(accepted, scenario.accepted, { statusUrl: urlFrom(0) });
  follow(accepted, { base: 'http://host.test/', ...scenario.options, onStatus: status => seen.states.push(status.status) })
    .then(last => { seen.end = last.status; }, error => { seen.end = error.constructor.name === 'OperationLost' ? 'lost' : `${error}`; });
  await time.runUntil(() => seen.end);
  return seen;
}

// Requests take no time, so only timers advance the clock.
function takeTime(clockAhead) {
  const timers = new Map();
  let now = 0, lastId = 0;
  globalThis.setTimeout = (fire, milliseconds = 0) => {
    timers.set(++lastId, { fire, due: now + milliseconds / 1000 });
    return lastId;
  };
  globalThis.clearTimeout = id => timers.delete(id);
  performance.now = () => now * 1000;
  Date.now = () => start + (now + clockAhead) * 1000;
  Math.random = () => 0.5;
  AbortSignal.timeout = milliseconds => {
    const controller = new AbortController();
    globalThis.setTimeout(() => controller.abort(), milliseconds);
    return controller.signal;
  };
  return {
    now: () => now,
    runUntil: async done => {
      for (let steps = 0; steps < 5000; steps++) {
        await new Promise(resolve => realTimeout(resolve, 0));
        if (done()) return;
        const [id, next] = [...timers].reduce((first, timer) => timer[1].due < first[1].due ? timer : first);
        timers.delete(id);
        now = next.due;
        next.fire();
      }
      throw new Error(`The scenario has not ended after ${now} s.`);
    },
  };
}

const urlFrom = issued => `http://store.test/one?issued=${issued}`;

const latest = (entries, now) => entries?.findLast(entry => entry.from <= now);

function renew(scenario, time, seen) {
  seen.renewals.push(time.now());
  const { code = 200, retryAfter } = latest(scenario.host, time.now()) ?? {};
  return response(code, code === 200 ? JSON.stringify({ id: 'one', statusUrl: urlFrom(time.now()) }) : '', time, retryAfter);
}

function answer(scenario, time, seen, url) {
  seen.polls.push(time.now());
  const issued = Number(new URL(url).searchParams.get('issued'));
  if (time.now() - issued >= (scenario.urlLifetime ?? Infinity)) return response(403, expired, time);
  const { code = 200, retryAfter, document } = latest(scenario.store, time.now());
  return response(code, document ? JSON.stringify(written(document)) : '', time, retryAfter);
}

const written = ({ lastUpdatedAt, createdAt = Math.min(lastUpdatedAt, 0), ...rest }) =>
  ({ id: 'one', kind: 'orders', createdAt: instant(createdAt), lastUpdatedAt: instant(lastUpdatedAt), ...rest });

const instant = seconds => new Date(start + seconds * 1000).toISOString();

function response(status, body, time, retryAfter) {
  const headers = new Headers({ Date: new Date(start + Math.floor(time.now()) * 1000).toUTCString() });
  if (retryAfter) headers.set('Retry-After', retryAfter);
  return { ok: status >= 200 && status < 300, status, headers, text: async () => body, json: async () => JSON.parse(body) };
}
