// Server-sent events: the real client of npm graphql-sse, distinct-connections mode.
//
// usage: TOKEN=… QUERY='query{…}' node sse-client.mjs URL
// Passes when the client got at least one result and a clean completion.
import { createClient } from 'graphql-sse';

const { TOKEN, QUERY = '{__typename}' } = process.env;
const client = createClient({
  url: process.argv[2],
  headers: TOKEN ? { authorization: `Bearer ${TOKEN}` } : {},
  retryAttempts: 0,
});

const fail = reason => {
  console.log('sse: FAIL', reason);
  process.exit(1);
};
const timer = setTimeout(() => fail('timeout'), 8000);

let results = 0;
try {
  await new Promise((complete, error) => {
    client.subscribe({ query: QUERY }, { next: () => { results += 1; }, error, complete });
  });
} catch (error) {
  fail(error.message || JSON.stringify(error));
}
clearTimeout(timer);

console.log(`sse: ${results} results, completed`);
process.exit(results > 0 ? 0 : 1);
