import { follow, operationAddress } from './poll.js';

const api = new URL(document.querySelector('meta[name=orders-api]').content.replace(/([^/])$/, '$1/') || '.', document.baseURI);

const products = [
  { sku: 'book', name: 'Book', quantity: 1 },
  { sku: 'teapot', name: 'Teapot', quantity: 0 },
  { sku: 'lamp', name: 'Reading lamp', quantity: 0 },
  { sku: 'out-of-stock', name: 'Falling star', quantity: 0 },
];

const states = { NotStarted: 'Waiting', Running: 'In progress', Succeeded: 'Done', Failed: 'Failed', Canceled: 'Canceled', Lost: 'Lost' };

// The page shows a progress bar, and progress is written at most every two seconds.
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

// The last order that the shop has not answered, and its idempotency key: the shop places an order that is sent again only once.
let unanswered = null;

// Unlike crypto.randomUUID, this also works on pages without HTTPS.
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join('-').padStart(16, '0');

async function place(event) {
  event.preventDefault();
  const order = {
    customer: event.target.customer.value,
    items: products.filter(({ quantity }) => quantity > 0).map(({ sku, quantity }) => ({ sku, quantity })),
  };
  const button = event.target.querySelector('[type=submit]');
  button.disabled = true;
  const body = JSON.stringify(order);
  if (unanswered?.body !== body) unanswered = { body, key: newKey() };
  try {
    const response = await fetch(new URL('order', api), {
      method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': unanswered.key }, body,
    });
    const accepted = response.ok ? await response.json() : null;
    refuse(accepted ? '' : await reasonOf(response));
    if (response.status < 500) unanswered = null;
    if (accepted) watch(accepted, order.items);
  } catch {
    refuse('The shop cannot be reached. Please try again.');
  } finally {
    button.disabled = false;
  }
}

async function reasonOf(response) {
  const problem = await response.json().catch(() => ({}));
  return Object.values(problem.errors ?? {}).flat().join(' ') || problem.detail || problem.title || `The shop returned ${response.status}.`;
}

function refuse(reason) {
  byId('refusal').textContent = reason;
  byId('refusal').hidden = !reason;
}

// --- Watching ---

async function watch(accepted, items) {
  const { operationUrl } = accepted;
  const card = newCard(items, operationUrl);
  keep({ operationUrl, items });
  countPolls();
  try {
    const end = await follow(accepted, { ...watched, onStatus: card.show, onConnection: card.showConnection });
    card.end(end);
    keep({ operationUrl, items, end: shownOf(end) });
  } catch (lost) {
    card.end({ status: 'Lost', error: { title: 'We can no longer follow this order', detail: lost.message } });
  }
  countPolls();
}

const shownOf = ({ status, percentComplete, message, error, result }) => ({
  status, percentComplete, message,
  error: error && { title: error.title, detail: error.detail },
  result: result && { customer: result.customer },
});

const nameOf = sku => products.find(product => product.sku === sku)?.name ?? sku;

// Replaces the shop's product codes with names.
const named = text => products.reduce((words, { sku, name }) => words.replaceAll(`'${sku}'`, name), text);

function newCard(items, operationUrl) {
  byId('none').hidden = true;
  const card = byId('order-card').content.firstElementChild.cloneNode(true);
  const part = name => card.querySelector(`.${name}`);
  part('what').textContent = items.map(({ sku, quantity }) => `${quantity} × ${nameOf(sku)}`).join(', ');
  byId('orders').prepend(card);

  let status = { status: 'NotStarted' }, since = performance.now();
  const draw = () => {
    const elapsed = (performance.now() - since) / 1000;
    const { percent, left } = progressOf(status, elapsed);
    part('bar').setAttribute('aria-valuenow', Math.round(percent));
    part('bar').firstElementChild.style.width = `${percent}%`;
    part('left').textContent = left > 0 ? `about ${Math.ceil(left)} s left` : '';
  };
  const show = (newer, polls) => {
    [status, since] = [newer, performance.now()];
    card.dataset.state = status.status;
    part('state').textContent = states[status.status];
    part('message').textContent = status.message ?? '';
    if (polls) part('polls').textContent = polls === 1 ? 'Polled once' : `Polled ${polls} times`;
    draw();
  };
  show(status);
  const drawing = setInterval(draw, 250);
  part('cancel').hidden = !operationUrl;
  part('cancel').addEventListener('click', async () => {
    part('cancel').disabled = true;
    const refusal = await cancel(operationUrl);
    part('canceling').textContent = refusal || 'Canceling…';
    part('cancel').disabled = !refusal;
  });
  return {
    show,
    showConnection: isUp => { part('connection').hidden = isUp; },
    end: last => {
      clearInterval(drawing);
      show(last);
      for (const name of ['connection', 'canceling', 'cancel']) part(name).hidden = true;
      part('outcome').textContent = outcomeOf(last);
      part('outcome').hidden = false;
    },
  };
}

function outcomeOf({ status, error, result }) {
  if (error) return named(`${error.title}. ${error.detail ?? ''}`);
  if (status === 'Failed') return 'This order failed.';
  return status === 'Canceled' ? 'This order was canceled.' : `Ready for ${result?.customer ?? 'you'}. Thank you!`;
}

// Returns why the order cannot be canceled, or an empty string. An order that has already ended shows that at the next poll.
async function cancel(operationUrl) {
  try {
    const response = await fetch(operationAddress(operationUrl, 'cancel', api), { method: 'POST' });
    return response.ok || response.status === 409 ? '' : await reasonOf(response);
  } catch {
    return 'The shop cannot be reached. Please try again.';
  }
}

// Starts at the progress of the last poll, and advances at the speed of the document's estimate.
function progressOf({ status, percentComplete = 0, estimate }, elapsed) {
  if (status !== 'Running' && status !== 'NotStarted') return { percent: status === 'Succeeded' ? 100 : percentComplete, left: 0 };
  if (!estimate?.median) return { percent: percentComplete, left: 0 };
  const part = Math.min(elapsed / estimate.median, 1);
  return { percent: percentComplete + (95 - Math.min(percentComplete, 95)) * part, left: estimate.median - elapsed };
}

// The host's count of requests for status documents. It is requested only when the page loads, and when an order begins or ends.
async function countPolls() {
  try {
    const { answeredByHost, hostStandsInForS3 } = await (await fetch(new URL('polls', api), { cache: 'no-store' })).json();
    byId('polls').textContent = answeredByHost;
    byId('polls-why').textContent = hostStandsInForS3 ? '(without a cloud, the host replaces S3)' : '(S3 answers them)';
  } catch {
    byId('polls').textContent = '–';
  }
}

// --- Reloading: operation URLs are kept, never status URLs, which are credentials ---

const key = 'orders', mostKept = 50;

let kept = read();

// The browser may block storage.
function read() {
  try {
    const orders = JSON.parse(sessionStorage.getItem(key));
    return Array.isArray(orders) ? orders : [];
  } catch {
    return [];
  }
}

// Orders in progress, and ended orders as they are shown.
function keep(order) {
  if (!order.operationUrl) return;
  const at = kept.findIndex(({ operationUrl }) => operationUrl === order.operationUrl);
  kept = (at < 0 ? [...kept, order] : kept.with(at, order)).slice(-mostKept);
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Blocked or full: the order is still followed until the user leaves the page.
  }
}

fillShelf();
byId('order').addEventListener('submit', place);
countPolls();
for (const { operationUrl, items, end } of kept) {
  if (end) newCard(items, operationUrl).end(end); else watch({ operationUrl }, items);
}
