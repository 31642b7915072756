// graphql-transport-ws: black-box checks from the protocol's own text (PROTOCOL.md of npm graphql-ws).
// The reference server of that package passes all but those marked [hardening]. Works on any schema.
//
// usage: INIT='{"authorization":"Bearer …"}' IDLE='subscription{…}' node ws-protocol.mjs ws://HOST/PATH
//   INIT       connection_init payload of a signed-in caller (JSON; default none)
//   IDLE       a subscription that such a caller may hold and that stays silent (default: those checks are skipped)
//   FINITE     a subscription that emits FINITE_N results (default 5) and completes (optional)
//   ORIGIN     an Origin that is allowed (optional)
//   INIT_WAIT  milliseconds within which 4408 is expected (default 6000)
//   SLOW       set: also wait up to 35 s for a ping from the server
import WebSocket from 'ws';

const url = process.argv[2];
const { INIT, IDLE, FINITE, FINITE_N = '5', ORIGIN, INIT_WAIT = '6000', SLOW } = process.env;
const finiteCount = Number(FINITE_N);
const init = INIT ? { type: 'connection_init', payload: JSON.parse(INIT) } : { type: 'connection_init' };
const headers = ORIGIN ? { origin: ORIGIN } : {};
const QUERY = '{__typename}';

const text = JSON.stringify;
const sleep = ms => new Promise(done => setTimeout(done, ms));

// A socket with an inbox: `next` gives the first message that matches, or undefined after a while or a close.
function open(protocol = 'graphql-transport-ws', options = headers) {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, protocol, options);
    const inbox = [];
    const waiters = [];
    let closed;

    const pump = () => {
      for (const waiter of [...waiters]) {
        const at = inbox.findIndex(waiter.match);
        if (at < 0 && !closed) continue;
        waiters.splice(waiters.indexOf(waiter), 1);
        waiter.give(at < 0 ? undefined : inbox.splice(at, 1)[0]);
      }
    };
    const next = (match = () => true, ms = 2000) => new Promise(give => {
      const waiter = { match, give };
      waiters.push(waiter);
      setTimeout(() => {
        const at = waiters.indexOf(waiter);
        if (at < 0) return;
        waiters.splice(at, 1);
        give(undefined);
      }, ms);
      pump();
    });
    const closing = async (ms = 2000) => {
      for (let waited = 0; waited < ms && !closed; waited += 20) await sleep(20);
      return closed;
    };

    ws.on('message', message => { inbox.push(JSON.parse(message)); pump(); });
    ws.on('close', (code, reason) => { closed = { code, reason: String(reason) }; pump(); });
    ws.on('error', reject);
    ws.on('unexpected-response', (_, response) => reject(new Error(`HTTP ${response.statusCode}`)));
    ws.on('open', () => resolve({
      ws,
      next,
      closing,
      send: message => ws.send(typeof message === 'string' ? message : text(message)),
      end: () => ws.terminate(),
    }));
  });
}

async function ready() {
  const socket = await open();
  socket.send(init);
  if (!await socket.next(m => m.type === 'connection_ack')) throw new Error('no connection_ack');
  return socket;
}

const subscribe = (id, query, extra = {}) => ({ id, type: 'subscribe', payload: { query, ...extra } });

function equal(got, want) {
  if (got !== want) throw new Error(`want ${text(want)} got ${text(got)}`);
}

async function nextIs(socket, type) {
  const message = await socket.next();
  equal(message?.type, type);
  return message;
}

async function closesWith(socket, code, ms) {
  equal((await socket.closing(ms))?.code, code);
}

async function alive(socket) {
  socket.send({ type: 'ping' });
  equal((await socket.next(m => m.type === 'pong'))?.type, 'pong');
}

const checks = [];
const check = (name, run, needs = true) => checks.push({ name, run, needs });
// Most checks begin on a socket that has been acknowledged.
const onReady = (name, run, needs) => check(name, async () => {
  const socket = await ready();
  try { await run(socket); } finally { socket.end(); }
}, needs);

check('subprotocol echoed', async () => {
  const socket = await open();
  equal(socket.ws.protocol, 'graphql-transport-ws');
  socket.end();
});

onReady('init -> connection_ack', async () => {});

check('4408 when no init arrives', async () => closesWith(await open(), 4408, Number(INIT_WAIT)));

onReady('4429 second init', async socket => {
  socket.send(init);
  await closesWith(socket, 4429);
});

check('4401 subscribe before ack', async () => {
  const socket = await open();
  socket.send(subscribe('1', QUERY));
  await closesWith(socket, 4401);
});

onReady('4409 duplicate active id', async socket => {
  socket.send(subscribe('1', IDLE));
  socket.send(subscribe('1', IDLE));
  await closesWith(socket, 4409);
}, Boolean(IDLE));

onReady('id reusable after complete', async socket => {
  for (let round = 0; round < 2; round += 1) {
    socket.send(subscribe('1', QUERY));
    await nextIs(socket, 'next');
    await nextIs(socket, 'complete');
  }
});

const malformed = {
  'not JSON': 'nope',
  'JSON that is no object': '"x"',
  'unknown type': '{"type":"wat"}',
  'subscribe without id': text({ type: 'subscribe', payload: { query: QUERY } }),
  'empty id': text(subscribe('', QUERY)),
  'subscribe without query': text({ id: '1', type: 'subscribe', payload: {} }),
  'legacy start type': text({ id: '1', type: 'start', payload: { query: QUERY } }),
  'variables not an object': text(subscribe('1', QUERY, { variables: 'x' })),
  'ping payload not an object': text({ type: 'ping', payload: 'x' }),
};
for (const [name, message] of Object.entries(malformed)) {
  onReady(`4400 on ${name}`, async socket => {
    socket.send(message);
    await closesWith(socket, 4400);
  });
}

onReady('ping answered', alive);

check('ping before init answered', async () => {
  const socket = await open();
  await alive(socket);
  socket.end();
});

onReady('unsolicited pong ignored', async socket => {
  socket.send({ type: 'pong' });
  await sleep(100);
  await alive(socket);
});

onReady('query: next then complete', async socket => {
  socket.send(subscribe('1', QUERY));
  const result = await nextIs(socket, 'next');
  equal(typeof result.payload?.data?.__typename, 'string');
  await nextIs(socket, 'complete');
});

onReady('null variables, operationName, extensions', async socket => {
  socket.send(subscribe('1', QUERY, { variables: null, operationName: null, extensions: null }));
  await nextIs(socket, 'next');
});

onReady('finite subscription: all results, then complete', async socket => {
  socket.send(subscribe('1', FINITE));
  for (let i = 0; i < finiteCount; i += 1) await nextIs(socket, 'next');
  await nextIs(socket, 'complete');
}, Boolean(FINITE));

onReady('two ids interleave', async socket => {
  const count = { a: 0, b: 0 };
  for (const id of Object.keys(count)) socket.send(subscribe(id, FINITE));
  for (let done = 0; done < 2;) {
    const message = await socket.next();
    if (!message) throw new Error('stalled');
    if (message.type === 'complete') done += 1;
    else count[message.id] += 1;
  }
  equal(count.a, finiteCount);
  equal(count.b, finiteCount);
}, Boolean(FINITE));

onReady('validation failure -> error with an array, no complete', async socket => {
  socket.send(subscribe('1', 'subscription{noSuchField}'));
  const message = await nextIs(socket, 'error');
  equal(Array.isArray(message.payload), true);
  equal(await socket.next(() => true, 300), undefined);
});

onReady('parse failure -> error, or the socket closes with 4400 or 4500', async socket => {
  socket.send(subscribe('1', 'subscription{'));
  const message = await socket.next();
  if (message) equal(message.type, 'error');
  else equal([4400, 4500].includes((await socket.closing())?.code), true);
});

onReady('variable coercion failure -> error, or next with errors', async socket => {
  socket.send(subscribe('1', 'query($b:Boolean!){__typename @include(if:$b)}', { variables: { b: 'x' } }));
  const message = await socket.next();
  equal(message?.type === 'error' || (message?.type === 'next' && Boolean(message.payload.errors)), true);
});

onReady('client complete: nothing more for that id', async socket => {
  socket.send(subscribe('1', IDLE));
  await sleep(100);
  socket.send({ id: '1', type: 'complete' });
  equal((await socket.next(() => true, 400))?.type, undefined);
  await alive(socket);
}, Boolean(IDLE));

onReady('complete for an unknown id ignored', async socket => {
  socket.send({ id: 'zz', type: 'complete' });
  await alive(socket);
});

for (const [name, protocol] of [['unknown', 'bogus'], ['no', []]]) {
  check(`refused: ${name} subprotocol (HTTP 4xx or 4406)`, async () => {
    let socket;
    try {
      socket = await open(protocol);
    } catch (error) {
      if (!/HTTP 4|4406|subprotocol/.test(error.message)) throw error;
      return;
    }
    await closesWith(socket, 4406);
  });
}

check('[hardening] foreign Origin refused', async () => {
  const opened = await open('graphql-transport-ws', { origin: 'https://elsewhere.example' }).catch(() => undefined);
  opened?.end();
  equal(opened === undefined, true);
});

onReady('[hardening] over 1000 ids on one socket refused', async socket => {
  for (let i = 0; i < 1001; i += 1) socket.send(subscribe(`x${i}`, IDLE));
  socket.send({ type: 'ping' });
  const answer = await socket.next(m => m.type === 'pong' || m.type === 'error', 3000);
  if (answer?.type === 'pong') throw new Error('accepted all');
}, Boolean(IDLE));

onReady('[hardening] server pings within 35 s', async socket => {
  let seen = false;
  socket.ws.on('ping', () => { seen = true; });
  for (let waited = 0; waited < 35_000 && !seen; waited += 100) {
    if (await socket.next(m => m.type === 'ping', 100)) seen = true;
  }
  equal(seen, true);
}, Boolean(SLOW));

let passed = 0;
let failed = 0;
let skipped = 0;
for (const { name, run, needs } of checks) {
  if (!needs) {
    skipped += 1;
    console.log('skip', name);
    continue;
  }
  try {
    await run();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log('FAIL', name, '--', error.message);
  }
}
console.log(`ws: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);
