// graphql-transport-ws: the real client of npm graphql-ws, as an application would use it.
//
// usage: TOKEN=… IDLE='subscription{…}' node ws-client.mjs ws://HOST/PATH
//   TOKEN   an access token
//   IDLE    a subscription that its owner may hold and that stays silent
// Checks: connect with a token, run a query, hold and complete a subscription, use the same socket again,
// and the close code 4403 when the token is wrong.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const url = process.argv[2];
const { TOKEN, IDLE } = process.env;
const sleep = ms => new Promise(done => setTimeout(done, ms));

function connect(token) {
  const closed = [];
  let opened = 0;
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    lazyCloseTimeout: 1000,
    connectionParams: token ? { authorization: `Bearer ${token}` } : undefined,
    // Without this, the client throws a close code that nobody waits for as an unhandled rejection.
    onNonLazyError: () => {},
    on: { connected: () => { opened += 1; }, closed: event => closed.push(event.code) },
  });
  return { client, closed, opened: () => opened };
}

const query = ({ client }) => new Promise((resolve, reject) => {
  const results = [];
  client.subscribe({ query: '{__typename}' }, {
    next: result => results.push(result),
    error: reject,
    complete: () => resolve(results),
  });
});

function equal(got, want) {
  if (got !== want) throw new Error(`want ${JSON.stringify(want)} got ${JSON.stringify(got)}`);
}

const good = connect(TOKEN);
const checks = [
  ['a query gives one result and completes', async () => {
    const results = await query(good);
    equal(results.length, 1);
    equal(typeof results[0].data?.__typename, 'string');
  }],
  ['a subscription is held, then completed by the client', async () => {
    const seen = { next: 0, error: undefined, complete: 0 };
    const stop = good.client.subscribe({ query: IDLE }, {
      next: () => { seen.next += 1; },
      error: error => { seen.error = error; },
      complete: () => { seen.complete += 1; },
    });
    await sleep(500);
    equal(JSON.stringify(seen), JSON.stringify({ next: 0, error: undefined, complete: 0 }));
    stop();
    await sleep(200);
    equal(seen.complete, 1);
    equal(seen.next, 0);
  }],
  ['the same socket serves the next query', async () => {
    equal((await query(good)).length, 1);
    equal(good.opened(), 1);
    equal(good.closed.length, 0);
  }],
  ['a wrong token closes the socket with 4403', async () => {
    const bad = connect('not.a.token');
    const error = await query(bad).then(() => undefined, reason => reason);
    equal(error?.code, 4403);
    equal(bad.opened(), 0);
  }],
];

let passed = 0;
let failed = 0;
for (const [name, run] of checks) {
  try {
    const late = sleep(8000).then(() => { throw new Error('timeout'); });
    await Promise.race([run(), late]);
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log('FAIL', name, '--', error.message ?? JSON.stringify(error));
  }
}
console.log(`ws-client: ${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
