import { follow } from './poll.js';

const api = new URL(document.querySelector('meta[name=orders-api]').content.replace(/([^/])$/, '$1/') || '.', document.baseURI);

const products = [
  { sku: 'book', name: 'Book', quantity: 1 },
  { sku: 'teapot', name: 'Teapot', quantity: 0 },
  { sku: 'lamp', name: 'Reading lamp', quantity: 0 },
  { sku: 'out-of-stock', name: 'Falling star', quantity: 0 },
];

const states = { NotStarted: 'Waiting', Running: 'In progress', Succeeded: 'Done', Failed: 'Failed', Canceled: 'Canceled', Lost: 'Lost' };

// Somebody watches the bar, and progress is written every two seconds at most.
const watched = { base: api, atLeastEvery: 2 };

const byId = id => document.getElementById(id);

// --- Ordering ---

function fillShelf() {
  for (const product of products) {
    const item = byId('shelf-item').content.cloneNode(true);
    item.querySelector('use').setAttribute('href', `shelf.svg#${product.sku}`);
    item.querySelector('.name').textContent = product.name;
    const output = item.querySelector('output');
    const change = by => () => { output.textContent = product.quantity = Math.min(Math.max(product.quantity + by, 0), 99); };
    for (const [selector, by, word] of [['.less', -1, 'Fewer'], ['.more', 1, 'More']]) {
      const button = item.querySelector(selector);
      button.setAttribute('aria-label', `${word}: ${product.name}`);
      button.addEventListener('click', change(by));
    }
    change(0)();
    byId('shelf').append(item);
  }
}

async function place(event) {
  event.preventDefault();
  const order = {
    customer: event.target.customer.value,
    items: products.filter(({ quantity }) => quantity > 0).map(({ sku, quantity }) => ({ sku, quantity })),
  };
  const button = event.target.querySelector('[type=submit]');
  button.disabled = true;
  let response;
  try {
    response = await fetch(new URL('order', api), {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(order),
    });
    refuse(response.ok ? '' : await reasonOf(response));
    if (response.ok) watch(await response.json(), order.items);
  } catch {
    refuse(response?.ok ? 'The order was placed, but the shop\'s answer got lost.' : 'The shop cannot be reached. Please try again.');
  } finally {
    button.disabled = false;
  }
}

async function reasonOf(response) {
  const problem = await response.json().catch(() => ({}));
  return Object.values(problem.errors ?? {}).flat().join(' ') || problem.detail || problem.title || `The shop answered ${response.status}.`;
}

function refuse(reason) {
  byId('refusal').textContent = reason;
  byId('refusal').hidden = !reason;
}

// --- Watching ---

async function watch(accepted, items) {
  const card = newCard(items);
  remember(accepted, items);
  countPolls();
  try {
    card.end(await follow(accepted, { ...watched, onStatus: (status, looks) => card.show(status, looks) }));
  } catch (lost) {
    card.end({ status: 'Lost', error: { title: 'We lost sight of this order', detail: lost.message } });
  }
  forget(accepted);
  countPolls();
}

function newCard(items) {
  byId('none').hidden = true;
  const card = byId('order-card').content.firstElementChild.cloneNode(true);
  const part = name => card.querySelector(`.${name}`);
  part('what').textContent = items.map(({ sku, quantity }) => `${quantity} × ${products.find(product => product.sku === sku)?.name ?? sku}`).join(', ');
  byId('orders').prepend(card);

  let status = { status: 'NotStarted' }, since = performance.now();
  const draw = () => {
    const elapsed = (performance.now() - since) / 1000;
    const { percent, left } = progressOf(status, elapsed);
    part('bar').setAttribute('aria-valuenow', Math.round(percent));
    part('bar').firstElementChild.style.width = `${percent}%`;
    part('left').textContent = left > 0 ? `about ${Math.ceil(left)} s left` : '';
  };
  const show = (newer, looks) => {
    [status, since] = [newer, performance.now()];
    card.dataset.state = status.status;
    part('state').textContent = states[status.status];
    part('message').textContent = status.message ?? '';
    if (looks) part('looks').textContent = `Looked ${looks === 1 ? 'once' : `${looks} times`}`;
    draw();
  };
  show(status);
  const drawing = setInterval(draw, 250);
  return {
    show,
    end: last => {
      clearInterval(drawing);
      show(last);
      part('outcome').textContent = last.error ? `${last.error.title}. ${last.error.detail ?? ''}` : `Ready for ${last.result?.customer ?? 'you'}. Thank you!`;
      part('outcome').hidden = false;
    },
  };
}

// What the last look told; from there on towards the end, as fast as the document's estimate says.
function progressOf({ status, percentComplete = 0, estimate }, elapsed) {
  if (status !== 'Running' && status !== 'NotStarted') return { percent: status === 'Succeeded' ? 100 : percentComplete, left: 0 };
  if (!estimate?.median) return { percent: percentComplete, left: 0 };
  const part = Math.min(elapsed / estimate.median, 1);
  return { percent: percentComplete + (95 - Math.min(percentComplete, 95)) * part, left: estimate.median - elapsed };
}

// The host's own count of requests for status documents. Asked for when an order begins and ends: this is no poll for polls.
async function countPolls() {
  try {
    const { answeredByHost, hostStandsInForS3 } = await (await fetch(new URL('polls', api), { cache: 'no-store' })).json();
    byId('polls').textContent = answeredByHost;
    byId('polls-why').textContent = hostStandsInForS3 ? '(without a cloud, the host itself stands in for S3)' : '(S3 answers them)';
  } catch {
    byId('polls').textContent = '–';
  }
}

// --- Reloading: operation URLs are kept, never status URLs, which are credentials ---

const key = 'orders-under-way';

const underWay = () => JSON.parse(sessionStorage.getItem(key) ?? '[]');

function keep(orders) { sessionStorage.setItem(key, JSON.stringify(orders)); }

function remember({ operationUrl }, items) {
  keep([...underWay().filter(order => order.operationUrl !== operationUrl), { operationUrl, items }]);
}

function forget({ operationUrl }) { keep(underWay().filter(order => order.operationUrl !== operationUrl)); }

fillShelf();
byId('order').addEventListener('submit', place);
countPolls();
underWay().forEach(({ operationUrl, items }) => watch({ operationUrl }, items));
