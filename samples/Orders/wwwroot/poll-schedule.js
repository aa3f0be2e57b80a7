/*
 * When to look at a status document next: as seldom as a mean delay allows, given when the operation is likely done. The schedule of the
 * .NET client's PollSchedule, held to the same test vectors. Without dependencies, to be copied along with poll.js.
 *
 * The looks are the optimal inspections of a random lifetime (R. E. Barlow, L. C. Hunter and F. Proschan, Optimum checking procedures,
 * 1963), solved numerically. They are chosen among instants that lie as far apart, in proportion, as the looks of J. B. Keller (Optimum
 * checking schedules for systems subject to random failure, 1974): by √(1/hazard). In units of √hazard·dt his intervals are √(2c)
 * everywhere, c being the price of a look in seconds of delay.
 */

const minInterval = 0.01;

// To how many seconds an interval grows of itself, where nothing is known any more.
const longestGrown = 30;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** The mean delay in seconds that a caller may be expected to accept who does not say: 5 % of the median, within 0.5 and 10. */
export const defaultTargetDelay = estimate => estimate?.median > 0 ? clamp(estimate.median / 20, 0.5, 10) : 0.5;

/**
 * The schedule of one estimate. Making it takes milliseconds, asking it nothing: keep it for as long as the estimate stands.
 * @param estimate The document's: median, upper (90 %) and quantiles, in seconds from its writing; undefined if unknown.
 * @param targetDelay For how many seconds the end may go unnoticed, on average. Where fewer looks cannot come closer, it is less.
 * @returns nextDelay(elapsed): how many seconds to wait before the next look, so many seconds after the document was written.
 */
export function pollSchedule(estimate, targetDelay = defaultTargetDelay(estimate)) {
  if (!(targetDelay > 0 && targetDelay < Infinity)) throw new RangeError(`A targetDelay is a number of seconds over 0: ${targetDelay}.`);
  const peaks = peaksOf(estimate ?? {});
  const nextLook = peaks ? solve(gridOf(peaks), targetDelay)
    : elapsed => elapsed + Math.min(2 * targetDelay + elapsed / 4, Math.max(longestGrown, 2 * targetDelay));
  return {
    nextDelay: elapsed => {
      const since = Math.max(elapsed, 0);
      return Math.max(nextLook(since) - since, minInterval);
    },
  };
}

// --- The distribution that an estimate tells ---

const quantileLevels = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

// How far the 99 % quantile lies beyond the median, by how far the 90 % quantile does.
const straight = normalQuantile(0.99) / normalQuantile(0.9);

const minSeconds = 0.001;

// The least standard deviation (of the logarithm): nothing takes as long every time as its estimate may say.
const leastSlope = 0.05;

// That of the tail beyond the 99 % quantile, so that whoever outlives the estimate is looked after all the same.
const tailSlope = 0.7;

// A leap is this many times steeper than the curve on both sides of it.
const gapRatio = 3;

/**
 * Its peaks, the fast ones first: the share of all durations before each, that up to its end, and the seconds at a normal score within it.
 * Where the quantiles leap, as those of a mixture of fast and slow work do, each side of the gap is a peak of its own: a curve across the
 * gap would place durations where there are none. Null if nothing is told.
 */
function peaksOf({ median, upper = median, quantiles }) {
  const told = isWhole(quantiles) ? { levels: quantileLevels, seconds: quantiles }
    : median > 0 && upper >= median && upper < Infinity ? { levels: [0.5, 0.9, 0.99], seconds: [median, upper, median * (upper / median) ** straight] }
    : null;
  if (!told) return null;
  const { levels } = told;
  const scores = levels.map(normalQuantile), logs = told.seconds.map(seconds => Math.log(Math.max(seconds, minSeconds)));
  for (let i = 1; i < logs.length; i++) logs[i] = Math.max(logs[i], logs[i - 1] + leastSlope * (scores[i] - scores[i - 1]));

  const groups = groupsOf(scores, logs);
  // Where one peak ends: halfway between what is known of both, or at the quantile that lies in the gap.
  const boundary = (before, after) => after.first - before.last === 2 ? levels[before.last + 1]
    : (levels[before.last] + levels[after.first]) / 2;
  const middle = (before, after) => Math.exp((logs[before.last] + logs[after.first]) / 2);
  return groups.map((group, i) => {
    const [before, after] = [groups[i - 1], groups[i + 1]];
    const from = before ? boundary(before, group) : 0, to = after ? boundary(group, after) : 1;
    const shortest = before ? middle(before, group) : 0, longest = after ? middle(group, after) : Number.MAX_VALUE;
    const within = levels.slice(group.first, group.last + 1).map(level => normalQuantile((level - from) / (to - from)));
    const curve = monotoneCurve(within, logs.slice(group.first, group.last + 1), after ? 0 : tailSlope);
    return { from, to, secondsAt: score => clamp(Math.exp(curve(score)), shortest, longest) };
  });
}

const isWhole = quantiles => Array.isArray(quantiles) && quantiles.length === quantileLevels.length
  && quantiles.every((each, i) => Number.isFinite(each) && (i === 0 || each >= quantiles[i - 1])) && quantiles.at(-1) > 0;

function groupsOf(scores, logs) {
  const steep = logs.slice(1).map((log, i) => (log - logs[i]) / (scores[i + 1] - scores[i])), last = steep.length - 1;
  const isGap = i => i > 0 && i < last
    && steep[i] > gapRatio * Math.min(steep[i - 1], steep[Math.max(i - 2, 0)])
    && steep[i] > gapRatio * Math.min(steep[i + 1], steep[Math.min(i + 2, last)]);
  const groups = [];
  for (let i = 0, first = 0; i < logs.length; i++) {
    if (i < logs.length - 1 && !isGap(i)) continue;
    groups.push({ first, last: i });
    first = i + 1;
  }
  // A quantile that stands alone between two leaps is within the gap.
  return groups.filter((group, i) => group.last > group.first || i === 0 || i === groups.length - 1);
}

// Through ascending points, ascending between them too, and straight beyond them: F. N. Fritsch and J. Butland, A method for constructing
// local monotone piecewise cubic interpolants, 1984.
function monotoneCurve(x, y, leastSlopeBeyond) {
  const last = x.length - 1;
  const width = i => x[i + 1] - x[i], secant = i => (y[i + 1] - y[i]) / width(i);
  const end = (at, next) => last === 1 ? secant(0)
    : clamp(((2 * width(at) + width(next)) * secant(at) - width(at) * secant(next)) / (width(at) + width(next)), 0, 3 * secant(at));
  const slopes = x.map((_, i) => {
    if (i === 0) return end(0, 1);
    if (i === last) return end(last - 1, last - 2);
    const wide = 2 * width(i) + width(i - 1), wider = width(i) + 2 * width(i - 1);
    return (wide + wider) / (wide / secant(i - 1) + wider / secant(i));
  });
  const slopeBeyond = Math.max(slopes[last], leastSlopeBeyond);
  return at => {
    if (at <= x[0]) return y[0] + slopes[0] * (at - x[0]);
    if (at >= x[last]) return y[last] + slopeBeyond * (at - x[last]);
    let i = 0;
    while (at > x[i + 1]) i++;
    const part = (at - x[i]) / width(i), rest = (x[i + 1] - at) / width(i);
    return y[i] * (1 + 2 * part) * rest * rest + y[i + 1] * part * part * (3 - 2 * part)
      + width(i) * part * rest * (slopes[i] * rest - slopes[i + 1] * part);
  };
}

// M. Abramowitz and I. A. Stegun, Handbook of Mathematical Functions, 26.2.17 (to 1e-7) and 26.2.23 (to 5e-4).
function normalCdf(z) {
  const k = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI)
    * k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
}

function normalQuantile(p) {
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -z : z;
}

// --- The instants among which looks are chosen ---

const finePoints = 600;

// Of the normal scores that count: 7 in 10,000 durations are below the first, 2 in 10,000 above the last.
const firstScore = -3.2, lastScore = 3.6;

/** Instants, the share that has ended by each, and their distance from the first in units of √hazard·dt; spread is ∫√(S·f)dt. */
function gridOf(peaks) {
  const seconds = [], ended = [], units = [];
  let spread = 0;
  for (const { from, to, secondsAt } of peaks) {
    for (let i = 0; i < finePoints; i++) {
      const score = firstScore + (lastScore - firstScore) * i / (finePoints - 1);
      const at = secondsAt(score), share = from + (to - from) * normalCdf(score);
      if (seconds.length > 0) {
        const time = at - seconds.at(-1), ending = share - ended.at(-1), lasting = 1 - (share + ended.at(-1)) / 2;
        if (time <= 0 || ending <= 0) continue;
        units.push(units.at(-1) + Math.sqrt(ending / lasting * time));
        spread += Math.sqrt(ending * time * lasting);
      } else {
        units.push(0);
      }
      seconds.push(at);
      ended.push(share);
    }
  }
  return { seconds, ended, units, spread, length: units.at(-1) };
}

/** A number of instants at equal distances, with the start before them. */
function pointsOf(grid, count) {
  const seconds = new Float64Array(count + 1), ended = new Float64Array(count + 1);
  for (let i = 0, fine = 0; i < count; i++) {
    const units = grid.length * i / (count - 1);
    while (fine < grid.units.length - 2 && grid.units[fine + 1] < units) fine++;
    const part = (units - grid.units[fine]) / (grid.units[fine + 1] - grid.units[fine]);
    seconds[i + 1] = grid.seconds[fine] + part * (grid.seconds[fine + 1] - grid.seconds[fine]);
    ended[i + 1] = grid.ended[fine] + part * (grid.ended[fine + 1] - grid.ended[fine]);
  }
  const distance = grid.length / (count - 1);
  return { seconds, ended, perLook: price => Math.sqrt(2 * price) / distance };
}

// --- The looks ---

// How many points stand between two looks, and how many there are.
const pointsPerLook = 8, minPoints = 192, maxPoints = 4096;

const maxTries = 14, tolerance = 0.003;

function solve(grid, target) {
  // What Keller's looks would cost, to begin with.
  const price = 2 * (target / grid.spread) ** 2;
  const points = pointsPerLook * grid.length / Math.sqrt(2 * price);
  if (points > maxPoints) return kellersLooks(pointsOf(grid, maxPoints), price);
  return findPrice(pointsOf(grid, Math.trunc(Math.max(points, minPoints))), target, price);
}

/**
 * The looks at the price at which the mean delay is the target. It may leap over it, where one look more or less catches a whole peak: the
 * highest price then whose delay is not longer.
 */
function findPrice(points, target, price) {
  let best = null, policy, tooLow = 0, tooHigh = Infinity, tries = 0;
  do {
    policy = optimalLooks(points, price);
    if (policy.meanDelay <= target * (1 + tolerance)) [best, tooLow] = [policy, price]; else tooHigh = price;

    // The delay grows about as the root of the price.
    const guess = price * clamp((target / policy.meanDelay) ** 2, 0.1, 10);
    price = guess > tooLow * 1.005 && guess < tooHigh / 1.005 ? guess : Math.sqrt(tooLow * tooHigh);
  } while (++tries < maxTries && Math.abs(policy.meanDelay / target - 1) >= tolerance && tooHigh / tooLow >= 1.02);
  return (best ?? policy).nextLook;
}

// Backwards over the points (Bellman), since the recurrence of Barlow, Hunter and Proschan, from the first look on, is unstable and holds
// for one peak alone.
function optimalLooks({ seconds, ended, perLook }, price) {
  const last = seconds.length - 1, beyond = perLook(price) * (seconds[last] - seconds[last - 1]);
  const [passed, cost, delay, next] = Array.from({ length: 4 }, () => new Float64Array(last + 1));
  // ∫F dt up to each point.
  for (let i = 1; i <= last; i++) passed[i] = passed[i - 1] + (ended[i] + ended[i - 1]) / 2 * (seconds[i] - seconds[i - 1]);
  const delayOf = (from, to) => passed[to] - passed[from] - ended[from] * (seconds[to] - seconds[from]);
  const costOf = (from, to) => delayOf(from, to) + cost[to];

  cost[last] = (1 - ended[last]) * (price + beyond);
  delay[last] = (1 - ended[last]) * beyond / 2;
  next[last] = seconds[last] + beyond;
  // From a later time the next look is never earlier, so what was best there bounds the search here.
  for (let i = last - 1, furthest = last; i >= 0; i--) {
    let best = i + 1, least = Number.MAX_VALUE;
    for (let j = i + 1; j <= furthest; j++) {
      const costs = costOf(i, j);
      if (costs < least) { best = j; least = costs; }
    }
    const look = best > i + 1 && best < furthest ? lowest(seconds, best, costOf(i, best - 1), least, costOf(i, best + 1)) : seconds[best];
    next[i] = Math.min(look, next[i + 1]);
    cost[i] = price * (1 - ended[i]) + least;
    delay[i] = delayOf(i, best) + delay[best];
    furthest = best;
  }
  return { nextLook: nextLookBy(seconds, next), meanDelay: delay[0] };
}

// Between the points: the lowest point of the parabola through the best and its neighbours.
function lowest(seconds, best, before, at, after) {
  const x0 = seconds[best - 1], x1 = seconds[best], x2 = seconds[best + 1];
  const fall = (at - before) / (x1 - x0), rise = (after - at) / (x2 - x1), bend = (rise - fall) / (x2 - x0);
  return bend > 0 ? clamp((x0 + x1) / 2 - fall / (2 * bend), x0, x2) : x1;
}

// As good, when looks are close to each other.
function kellersLooks({ seconds, perLook }, price) {
  const last = seconds.length - 1, points = perLook(price), next = new Float64Array(last + 1);
  next[last] = seconds[last] + points * (seconds[last] - seconds[last - 1]);
  for (let i = last - 1; i > 0; i--) next[i] = Math.min(seconds[i] + points * (seconds[i + 1] - seconds[i]), next[i + 1]);
  next[0] = next[1];
  return nextLookBy(seconds, next);
}

const nextLookBy = (seconds, next) => elapsed => {
  const last = seconds.length - 1;
  if (elapsed >= seconds[last]) {
    // It has outlived all expectations: ever slower, in proportion.
    const interval = next[last] - seconds[last];
    return elapsed + Math.min(interval * elapsed / seconds[last], Math.max(interval, longestGrown));
  }
  let below = 0, above = last;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (seconds[middle] <= elapsed) below = middle; else above = middle;
  }
  return next[below] + (elapsed - seconds[below]) / (seconds[above] - seconds[below]) * (next[above] - next[below]);
};
