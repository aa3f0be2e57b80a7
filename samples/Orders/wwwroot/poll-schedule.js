/*
 * Calculates when to poll a status document next, with as few polls as an average delay allows, given the operation's estimate. It is the
 * same schedule as PollSchedule of the .NET client, with the same test vectors. It has no dependencies. Copy it together with poll.js.
 *
 * The polls are the optimal inspections of a random lifetime (R. E. Barlow, L. C. Hunter and F. Proschan, Optimum checking procedures,
 * 1963), solved numerically. They are chosen among times whose distances are proportional to those of the polls of J. B. Keller (Optimum
 * checking schedules for systems subject to random failure, 1974): √(2c/hazard), where c is the price of a poll in seconds of delay.
 */

const minInterval = 0.01, maxInterval = 31_536_000;

// The maximum interval in seconds after growth, once the operation takes longer than the estimate covers.
const longestGrown = 30;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** The default average delay in seconds: 5 % of the median, from 0.5 to 10. */
export const defaultTargetDelay = estimate => estimate?.median > 0 ? clamp(estimate.median / 20, 0.5, 10) : 0.5;

/**
 * Creates the schedule of an estimate. This can take a few milliseconds, so reuse the schedule until the estimate changes.
 * @param estimate The document's estimate: median, upper (90 %) and quantiles, in seconds from its writing; undefined if unknown.
 * @param targetDelay The maximum average delay in seconds from the end of the operation to its detection. The average can be shorter.
 * @returns nextDelay(elapsed): the seconds to wait before the next poll, given the seconds since the document with the estimate was
 *   written; without an estimate, since the operation was accepted. A negative value counts as 0.
 */
export function pollSchedule(estimate, targetDelay = defaultTargetDelay(estimate)) {
  if (!(targetDelay > 0 && targetDelay < Infinity)) throw new RangeError(`targetDelay is ${targetDelay}; it must be a number over 0.`);
  const peaks = peaksOf(estimate ?? {});
  const grid = peaks && gridOf(peaks);
  const nextPoll = grid?.units.length > 1 ? solve(grid, targetDelay)
    : elapsed => elapsed + Math.min(2 * targetDelay + elapsed / 4, Math.max(longestGrown, 2 * targetDelay));
  return {
    nextDelay: elapsed => {
      const since = Math.max(elapsed, 0);
      return clamp(nextPoll(since) - since, minInterval, maxInterval);
    },
  };
}

// --- The distribution of an estimate ---

const quantileLevels = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

// The distance of the 99 % quantile from the median, in distances of the 90 % quantile.
const straight = normalQuantile(0.99) / normalQuantile(0.9);

// Up to ten years.
const minSeconds = 0.001, maxSeconds = 315_360_000;

// The minimum standard deviation (of the logarithm), because no work always takes exactly the same time.
const leastSlope = 0.05;

// The standard deviation of the tail beyond the 99 % quantile, so that operations that exceed the estimate are polled.
const tailSlope = 0.7;

// The maximum spread beyond the last quantile, the spread of a peak with one known quantile, and the farthest score that is needed.
const steepestTail = 1.5, slopeOfOne = 0.3, farthestScore = 3.7;

// A gap is this many times steeper than the curve on both sides of it.
const gapRatio = 3;

/**
 * The peaks of the distribution, from fastest to slowest: the share of all durations before each, the share up to its end, and the seconds
 * at a normal score within it. A mixture of fast and slow work has a gap between its quantiles. Each side of the gap is then a separate
 * peak, because a curve across the gap would place durations within it. Null if the estimate is not usable.
 */
function peaksOf({ median, upper = median, quantiles }) {
  const told = isWhole(quantiles) ? { levels: quantileLevels, seconds: quantiles }
    : median > 0 && upper >= median && upper < Infinity
      ? { levels: [0.5, 0.9, 0.99], seconds: [median, upper, median * (upper / median) ** straight] }
    : null;
  if (!told) return null;
  const { levels } = told;
  const scores = levels.map(normalQuantile), logs = told.seconds.map(seconds => Math.log(clamp(seconds, minSeconds, maxSeconds)));
  for (let i = 1; i < logs.length; i++) logs[i] = Math.max(logs[i], logs[i - 1] + leastSlope * (scores[i] - scores[i - 1]));

  const groups = groupsOf(scores, logs);
  // The share at which one peak ends: halfway between the known quantiles of both, or at the quantile within the gap.
  const boundary = (before, after) => after.first - before.last === 2 ? levels[before.last + 1]
    : (levels[before.last] + levels[after.first]) / 2;
  const middle = (before, after) => Math.exp((logs[before.last] + logs[after.first]) / 2);
  return groups.map((group, i) => {
    const [before, after] = [groups[i - 1], groups[i + 1]];
    const from = before ? boundary(before, group) : 0, to = after ? boundary(group, after) : 1;
    const shortest = before ? middle(before, group) : 0, longest = after ? middle(group, after) : maxSeconds;
    const within = levels.slice(group.first, group.last + 1).map(level => normalQuantile((level - from) / (to - from)));
    const known = logs.slice(group.first, group.last + 1);
    if (known.length === 1) {
      within.push(within[0] + 1);
      known.push(known[0] + slopeOfOne);
    }
    // Each peak stays on its side of the gap.
    const mostBelow = before ? (known[0] - Math.log(shortest)) / (within[0] + farthestScore) : Infinity;
    const mostBeyond = after ? (Math.log(longest) - known.at(-1)) / (farthestScore - within.at(-1)) : steepestTail;
    const curve = monotoneCurve(within, known, mostBelow, after ? 0 : tailSlope, mostBeyond);
    return { from, to, secondsAt: score => clamp(Math.exp(curve(score)), shortest, longest) };
  });
}

const isWhole = quantiles => Array.isArray(quantiles) && quantiles.length === quantileLevels.length
  && quantiles.every((each, i) => Number.isFinite(each) && (i === 0 || each >= quantiles[i - 1])) && quantiles.at(-1) > 0;

function groupsOf(scores, logs) {
  const steep = logs.slice(1).map((log, i) => (log - logs[i]) / (scores[i + 1] - scores[i]));
  const isSteeper = (i, near, next) => steep[near] === undefined || steep[i] > gapRatio * Math.min(steep[near], steep[next] ?? steep[near]);
  const isGap = i => isSteeper(i, i - 1, i - 2) && isSteeper(i, i + 1, i + 2);
  const groups = [];
  for (let i = 0, first = 0; i < logs.length; i++) {
    if (i < logs.length - 1 && !isGap(i)) continue;
    groups.push({ first, last: i });
    first = i + 1;
  }
  // A single quantile between two steep parts is within the gap. At either end it represents rare durations.
  return groups.filter((group, i) => group.last > group.first || i === 0 || i === groups.length - 1);
}

// A curve through ascending points. It ascends between them and is straight beyond them: F. N. Fritsch and J. Butland, A method for
// constructing local monotone piecewise cubic interpolants, 1984.
function monotoneCurve(x, y, mostBelow, leastBeyond, mostBeyond) {
  const last = x.length - 1;
  const width = i => x[i + 1] - x[i], secant = i => (y[i + 1] - y[i]) / width(i);
  const end = (at, next) => last === 1 ? secant(0)
    : clamp(
      ((2 * width(at) + width(next)) * secant(at) - width(at) * secant(next)) / (width(at) + width(next)),
      secant(at) / 3, 3 * secant(at));
  const slopes = x.map((_, i) => {
    if (i === 0) return end(0, 1);
    if (i === last) return end(last - 1, last - 2);
    const wide = 2 * width(i) + width(i - 1), wider = width(i) + 2 * width(i - 1);
    return (wide + wider) / (wide / secant(i - 1) + wider / secant(i));
  });
  // No steeper than between the last points, so that the extrapolation stays bounded.
  const slopeBelow = Math.min(slopes[0], secant(0), mostBelow);
  const slopeBeyond = Math.min(Math.max(Math.min(slopes[last], secant(last - 1)), leastBeyond), mostBeyond);
  return at => {
    if (at <= x[0]) return y[0] + slopeBelow * (at - x[0]);
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

// --- The times among which polls are chosen ---

const finePoints = 600;

// The range of normal scores: 7 in 10,000 durations are below the first, 2 in 10,000 above the last.
const firstScore = -3.2, lastScore = 3.6;

// No operation ends within a gap, but the gap still needs a length.
const leastShare = 1e-12;

/**
 * Times, the share that has ended by each, and their distance from the first in units of √hazard·S^⅓·dt. They are sparse in the tail that
 * few operations reach. The edges of gaps are in units; spread is ∫√(S·f)dt.
 */
function gridOf(peaks) {
  const seconds = [], ended = [], units = [], edges = [];
  let spread = 0;
  const add = (at, share) => {
    if (seconds.length > 0) {
      const time = at - seconds.at(-1), ending = Math.max(share - ended.at(-1), leastShare), lasting = 1 - (share + ended.at(-1)) / 2;
      // The same time occurs at the bounds of a peak.
      if (time <= 0) {
        ended[ended.length - 1] = Math.max(ended.at(-1), share);
        return;
      }
      share = Math.max(share, ended.at(-1));
      units.push(units.at(-1) + Math.sqrt(ending / lasting * time) * Math.cbrt(lasting));
      spread += Math.sqrt(ending * time * lasting);
    } else {
      units.push(0);
    }
    seconds.push(at);
    ended.push(share);
  };
  for (const { from, to, secondsAt } of peaks) {
    for (let i = 0; i < finePoints; i++) {
      const score = firstScore + (lastScore - firstScore) * i / (finePoints - 1);
      // No operation ends between two peaks: those beyond the scores of one end at its last score, those before the other at its first.
      const isFirst = i === 0 && from > 0, isLast = i === finePoints - 1 && to < 1;
      add(secondsAt(score), isFirst ? from : isLast ? to : from + (to - from) * normalCdf(score));
      if (isFirst || isLast) edges.push(units.at(-1));
    }
  }
  return { seconds, ended, units, edges, spread, length: units.at(-1) };
}

/** The start, a number of times at equal distances, and the edges of gaps. */
function pointsOf(grid, count) {
  const wanted = [...Array.from({ length: count }, (_, i) => grid.length * i / (count - 1)), ...grid.edges].sort((a, b) => a - b);
  const seconds = [0], ended = [0];
  let fine = 0;
  for (const units of wanted) {
    while (fine < grid.units.length - 2 && grid.units[fine + 1] < units) fine++;
    const part = (units - grid.units[fine]) / (grid.units[fine + 1] - grid.units[fine]);
    const at = grid.seconds[fine] + part * (grid.seconds[fine + 1] - grid.seconds[fine]);
    if (at <= seconds.at(-1)) continue;
    seconds.push(at);
    ended.push(grid.ended[fine] + part * (grid.ended[fine + 1] - grid.ended[fine]));
  }
  return { seconds, ended };
}

// Keller's interval after a point, √(2·price/hazard). For the last point, the previous one is used.
function kellerInterval({ seconds, ended }, point, price) {
  const at = Math.min(point, seconds.length - 2);
  const time = seconds[at + 1] - seconds[at], share = ended[at + 1] - ended[at];
  return share > 0 ? Math.sqrt(2 * price * time * (1 - ended[at]) / share) : Number.MAX_VALUE;
}

// --- The polls ---

// The number of points between two polls, and the limits of the total.
const pointsPerPoll = 8, minPoints = 192, maxPoints = 4096;

const maxTries = 24, tolerance = 0.003;

// On a plateau, where the same polls are best at very different prices, the search takes big steps.
const fewTries = 3, bigStep = 0.1;

function solve(grid, target) {
  // Start with the price of Keller's polls.
  const price = 2 * (target / grid.spread) ** 2;
  const points = pointsPerPoll * grid.length / Math.sqrt(2 * price);
  if (points > maxPoints) return kellersPolls(pointsOf(grid, maxPoints), price);
  // Where the distribution has a gap, this may be too few points for any price to reach the target.
  for (let count = Math.trunc(Math.max(points, minPoints)); ; count *= 2) {
    const { nextPoll, meanDelay } = findPrice(pointsOf(grid, count), target, price);
    if (meanDelay <= target * (1 + tolerance) || 2 * count > maxPoints) return nextPoll;
  }
}

/**
 * The polls at the price at which the mean delay equals the target. If the delay jumps past the target, because one poll more or less
 * covers a whole peak, the highest price whose delay is not longer.
 */
function findPrice(points, target, price) {
  let best = null, policy, tooLow = 0, tooHigh = Infinity, tries = 0;
  do {
    policy = optimalPolls(points, price);
    if (policy.meanDelay <= target * (1 + tolerance)) [best, tooLow] = [policy, price]; else tooHigh = price;

    // The delay grows roughly with the square root of the price.
    const guess = price * clamp((target / policy.meanDelay) ** 2, 0.1, 10);
    price = !best && tries >= fewTries ? price * bigStep
      : guess > tooLow * 1.005 && guess < tooHigh / 1.005 ? guess
      : Math.sqrt(tooLow * tooHigh);
  } while (++tries < maxTries && Math.abs(policy.meanDelay / target - 1) >= tolerance && tooHigh / tooLow >= 1.02);
  return best ?? policy;
}

// Runs backward over the points (Bellman), because the recurrence of Barlow, Hunter and Proschan from the first poll is unstable, and is
// valid only for one peak.
function optimalPolls(points, price) {
  const { seconds, ended } = points, last = seconds.length - 1, beyond = kellerInterval(points, last, price);
  const [passed, cost, delay, next] = Array.from({ length: 4 }, () => new Float64Array(last + 1));
  // ∫F dt up to each point.
  for (let i = 1; i <= last; i++) passed[i] = passed[i - 1] + (ended[i] + ended[i - 1]) / 2 * (seconds[i] - seconds[i - 1]);
  const delayOf = (from, to) => passed[to] - passed[from] - ended[from] * (seconds[to] - seconds[from]);
  const costOf = (from, to) => delayOf(from, to) + cost[to];

  cost[last] = (1 - ended[last]) * (price + beyond);
  delay[last] = (1 - ended[last]) * beyond / 2;
  next[last] = seconds[last] + beyond;
  // From a later time the next poll is never earlier, so the best poll there bounds the search here.
  for (let i = last - 1, furthest = last; i >= 0; i--) {
    let best = i + 1, least = Number.MAX_VALUE;
    for (let j = i + 1; j <= furthest; j++) {
      const costs = costOf(i, j);
      if (costs < least) { best = j; least = costs; }
    }
    const poll = best > i + 1 && best < furthest ? lowest(seconds, best, costOf(i, best - 1), least, costOf(i, best + 1)) : seconds[best];
    next[i] = Math.min(poll, next[i + 1]);
    cost[i] = price * (1 - ended[i]) + least;
    delay[i] = delayOf(i, best) + delay[best];
    furthest = best;
  }
  return { nextPoll: nextPollBy(seconds, next), meanDelay: delay[0] };
}

// Interpolates between the points: the minimum of the parabola through the best point and its neighbors.
function lowest(seconds, best, before, at, after) {
  const x0 = seconds[best - 1], x1 = seconds[best], x2 = seconds[best + 1];
  const fall = (at - before) / (x1 - x0), rise = (after - at) / (x2 - x1), bend = (rise - fall) / (x2 - x0);
  return bend > 0 ? clamp((x0 + x1) / 2 - fall / (2 * bend), x0, x2) : x1;
}

// Equally good if polls are close to each other.
function kellersPolls(points, price) {
  const { seconds } = points, last = seconds.length - 1, next = new Float64Array(last + 1);
  next[last] = seconds[last] + kellerInterval(points, last, price);
  for (let i = last - 1; i > 0; i--) next[i] = Math.min(seconds[i] + kellerInterval(points, i, price), next[i + 1]);
  next[0] = next[1];
  return nextPollBy(seconds, next);
}

const nextPollBy = (seconds, next) => elapsed => {
  const last = seconds.length - 1;
  if (elapsed >= seconds[last]) {
    // The operation takes longer than expected, so the interval grows in proportion.
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
