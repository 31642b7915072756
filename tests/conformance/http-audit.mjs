// GraphQL over HTTP: runs the public audits of npm graphql-http against an endpoint.
//
// usage: node http-audit.mjs URL
// Exits 1 if an audit marked MUST or SHOULD fails. MAY is told, but does not fail.
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
const count = { ok: 0, notice: 0, warn: 0, error: 0 };

for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn();
  count[result.status] += 1;
  if (result.status === 'ok') continue;

  const answer = result.response;
  const where = answer ? ` [${answer.status} ${answer.headers.get('content-type')}]` : '';
  console.log(`${result.status.toUpperCase().padEnd(6)} ${audit.id} ${audit.name} -- ${result.reason}${where}`);
}

console.log(`http: ${count.ok} ok, ${count.notice} MAY, ${count.warn} SHOULD, ${count.error} MUST`);
process.exit(count.error + count.warn > 0 ? 1 : 0);
