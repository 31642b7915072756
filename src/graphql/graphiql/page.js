// Starts GraphiQL against /graphql. The token goes into the headers editor: {"authorization": "Bearer …"}.
'use strict';

// Every operation is asked for as an event stream when it subscribes, and as one answer otherwise.
async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      buffer += value;
      for (let end; (end = buffer.indexOf('\n\n')) >= 0; buffer = buffer.slice(end + 2)) {
        const lines = buffer.slice(0, end).split('\n');
        const field = name => lines.filter(l => l.startsWith(name + ': ')).map(l => l.slice(name.length + 2)).join('\n');
        if (field('event') === 'complete') return;
        if (field('event') === 'next') yield JSON.parse(field('data'));
      }
    }
  } finally {
    reader.cancel();
  }
}

function subscribes(params, options) {
  const operations = (options?.documentAST?.definitions ?? []).filter(d => d.kind === 'OperationDefinition');
  const chosen = operations.find(d => d.name?.value === params.operationName) ?? operations[0];
  return chosen?.operation === 'subscription';
}

async function fetcher(params, options) {
  const stream = subscribes(params, options);
  const accept = stream ? 'text/event-stream' : 'application/graphql-response+json';
  const headers = { ...options?.headers, 'content-type': 'application/json', accept };
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(params) });
  return stream && response.ok ? events(response) : response.json();
}

// What is asked, and what is answered, is gone with the page: nothing of it is left in the browser.
const kept = new Map();
const storage = {
  getItem: key => kept.get(key) ?? null,
  setItem: (key, value) => void kept.set(key, value),
  removeItem: key => void kept.delete(key),
  clear: () => kept.clear(),
  get length() { return kept.size },
};

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher, storage, isHeadersEditorEnabled: true, shouldPersistHeaders: false }),
);
