// What both scripts about the identity provider need: asking the service, a browser without a window, and counting.

export const SECRET = 'a secret of the conformance run';

export const settings = port => ({
  issuer: `http://127.0.0.1:${port}`,
  client: 'kinward',
});

const BEGIN = 'mutation { beginProviderSignIn { begun { address secret } userErrors { code } } }';
const SESSION = 'session { accessToken signInName acting { role } }';
const FINISH = `mutation($input: FinishProviderSignInInput!) { finishProviderSignIn(input: $input) {
  ${SESSION} challenge { token } userErrors { code } } }`;
const ACCEPT = `mutation($input: AcceptInvitationWithProviderInput!) { acceptInvitationWithProvider(input: $input) {
  ${SESSION} userErrors { code } } }`;

export class Service {
  constructor(url) { this.url = url; }

  async ask(query, variables = {}, token) {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(this.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return answer.json();
  }

  // The payload of a mutation; a fault is an error of the script.
  async payload(query, input, token) {
    const { data, errors } = await this.ask(query, input && { input }, token);
    if (errors) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0];
  }

  async begin() {
    const { begun, userErrors } = await this.payload(BEGIN);
    if (!begun) throw new Error(JSON.stringify(userErrors));
    return begun;
  }

  finish(begun, back) { return this.payload(FINISH, answerOf(begun, back)); }

  accept(code, begun, back) { return this.payload(ACCEPT, { code, ...answerOf(begun, back) }); }
}

// What the provider sent somebody back with, beside the secret of who began.
function answerOf(begun, back) {
  const query = new URL(back).searchParams;
  return { state: query.get('state'), providerCode: query.get('code') ?? '', issuer: query.get('iss'), secret: begun.secret };
}

// A browser without a window: follows redirects, keeps cookies, and stops at the service's page.
export class Browser {
  constructor() { this.cookies = new Map(); }

  async open(address, form) {
    for (let steps = 0; steps < 20; steps += 1) {
      const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(address, {
        method: form ? 'POST' : 'GET',
        body: form && new URLSearchParams(form),
        headers: cookie ? { cookie } : {},
        redirect: 'manual',
      });
      for (const line of answer.headers.getSetCookie()) {
        const [name, value] = line.split(';')[0].split(/=(.*)/s);
        if (value) this.cookies.set(name, value); else this.cookies.delete(name);
      }
      const location = answer.headers.get('location');
      if (!location) return { address, body: await answer.text(), status: answer.status };
      address = new URL(location, address).href;
      form = undefined;
      if (new URL(address).pathname === '/signed-in') return { back: address };
    }
    throw new Error('no end of redirects');
  }
}

export class Tally {
  failed = 0;
  passed = 0;

  check(what, holds, seen) {
    if (holds) this.passed += 1; else this.failed += 1;
    if (!holds) console.log(`FAIL ${what}: ${JSON.stringify(seen)}`);
  }

  end(name) {
    console.log(`${name}: ${this.passed} passed, ${this.failed} failed`);
    process.exit(this.failed || !this.passed ? 1 : 0);
  }
}

export const problem = payload => payload?.userErrors?.[0]?.code;
