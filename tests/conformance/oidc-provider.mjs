// Staff sign-in against the real npm oidc-provider: a person at a plain page there, with PKCE, state, nonce and a client secret.
//
// usage: INVITATION=… PORT=… node oidc-provider.mjs URL
// INVITATION is the code that `kinward bootstrap` printed; the service's issuer must be http://127.0.0.1:PORT.
import { Provider } from 'oidc-provider';

import { Browser, SECRET, Service, Tally, problem, settings } from './oidc-kit.mjs';

const { INVITATION, PORT, REDIRECT = 'http://127.0.0.1:8080/signed-in' } = process.env;
const { issuer, client } = settings(PORT);
const service = new Service(process.argv[2]);
const tally = new Tally();

const provider = new Provider(issuer, {
  clients: [{ client_id: client, client_secret: SECRET, redirect_uris: [REDIRECT], grant_types: ['authorization_code'], response_types: ['code'] }],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  claims: { openid: ['sub', 'amr', 'auth_time'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['only for this run'] },
});
// Its pages ask for a passphrase only and say nothing of it. Whoever's name begins with "mfa" shows a second factor too, for
// which it has no page: what such a page would do at its end.
provider.use(async (ctx, next) => {
  const { mfa } = ctx.query;
  if (ctx.method !== 'POST' || !mfa) return next();
  ctx.respond = false;
  return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: mfa, amr: ['pwd', 'otp'] } });
});
let tokens = 0;
const refused = [];
provider.on('grant.success', () => { tokens += 1; });
provider.on('grant.error', (_, error) => refused.push(error.error));
const server = provider.listen(Number(PORT), '127.0.0.1');
await new Promise(ready => server.once('listening', ready));

// Signs in at the provider's own pages, and comes back.
async function visit(address, login) {
  const browser = new Browser();
  let page = await browser.open(address);
  for (let pages = 0; page.body && pages < 3; pages += 1) {
    const action = /<form[^>]*action="([^"]+)"/.exec(page.body)?.[1];
    const prompt = /name="prompt" value="(\w+)"/.exec(page.body)?.[1];
    if (!action) throw new Error(`no form at the provider: ${page.status} ${page.body.slice(0, 400)}`);
    const form = prompt === 'login' ? { prompt, login, password: 'any' } : { prompt };
    const to = new URL(action, page.address);
    if (prompt === 'login' && login.startsWith('mfa')) to.searchParams.set('mfa', login);
    page = await browser.open(to.href, form);
  }
  if (!page.back) throw new Error('the provider did not send anybody back');
  return page.back;
}

async function begun(login) {
  const start = await service.begin();
  return [start, await visit(start.address, login)];
}

// The first administrator comes in with two factors, and is let at what needs them.
const [start, back] = await begun('mfa-ada');
tally.check('the provider names itself in its answer (RFC 9207)', new URL(back).searchParams.get('iss') === issuer, back);
const mistyped = await service.accept('0000-0000-0000-0000', start, back);
tally.check('a wrong invitation code', problem(mistyped) === 'CODE_NOT_GOOD', mistyped);
tally.check('… asks the provider nothing', tokens === 0, tokens);
const accepted = await service.accept(INVITATION, start, back);
tally.check('an invitation is accepted', accepted.session?.acting.role === 'ADMINISTRATOR', accepted);
const administrator = accepted.session?.accessToken;
const accounts = await service.ask('{ accounts(first: 1) { nodes { id } } }', {}, administrator);
tally.check('two factors there are two factors here', accounts.data?.accounts.nodes.length === 1, accounts);

// The same answer again, and the same code in a new sign-in.
const again = await service.finish(start, back);
tally.check('an answer is good once', problem(again) === 'PROVIDER_ANSWER_NOT_GOOD', again);
const fresh = await service.begin();
const replay = new URL(back);
replay.searchParams.set('state', new URL(fresh.address).searchParams.get('state'));
const replayed = await service.finish(fresh, replay.href);
tally.check('a used code', problem(replayed) === 'PROVIDER_ANSWER_NOT_GOOD', replayed);
tally.check('… is refused by the provider', refused.includes('invalid_grant'), refused);

// Signing in again; with another browser's secret it does not.
const [one, oneBack] = await begun('mfa-ada');
const [two, twoBack] = await begun('mfa-ada');
const crossed = await service.finish({ secret: two.secret }, oneBack);
tally.check('the secret of another browser', problem(crossed) === 'PROVIDER_ANSWER_NOT_GOOD', crossed);
const injected = new URL(oneBack);
injected.searchParams.set('code', new URL(twoBack).searchParams.get('code'));
const mixed = await service.finish(one, injected.href);
tally.check('the code of another sign-in (PKCE)', problem(mixed) === 'PROVIDER_ANSWER_NOT_GOOD', mixed);
const other = new URL(twoBack);
other.searchParams.set('iss', 'https://login.example');
const [three, threeBack] = await begun('mfa-ada');
const signedIn = await service.finish(three, threeBack);
tally.check('a sign-in', signedIn.session?.signInName === accepted.session?.signInName, signedIn);
const misled = await service.finish(two, other.href);
tally.check('the answer of another provider', problem(misled) === 'PROVIDER_ANSWER_NOT_GOOD', misled);

// Somebody whom the provider knows and the service does not.
const [strange, strangeBack] = await begun('mfa-stranger');
const stranger = await service.finish(strange, strangeBack);
tally.check('nobody is let in for being known there', problem(stranger) === 'PROVIDER_ANSWER_NOT_GOOD', stranger);

// A coordinator with one factor there has to add one here.
const made = await service.payload('mutation($input: CreateProgrammeInput!) { createProgramme(input: $input) { programme { id } userErrors { code } } }', { name: 'Northern Lights', zone: 'UTC' }, administrator);
const invited = await service.payload('mutation($input: InviteStaffInput!) { inviteStaff(input: $input) { invitation { code } userErrors { code } } }', { programmeId: made.programme.id, role: 'COORDINATOR', firstName: 'Cora' }, administrator);
const weak = await service.accept(invited.invitation.code, ...(await begun('cora')));
tally.check('a coordinator with one factor comes in', weak.session?.acting.role === 'COORDINATOR', weak);
const families = await service.ask('{ families(first: 1) { nodes { id } } }', {}, weak.session?.accessToken);
tally.check('… and can do nothing yet', families.errors?.[0].extensions.code === 'SECOND_FACTOR_NEEDED', families);

server.close();
server.closeAllConnections();
const cora = await service.ask('mutation { beginProviderSignIn { begun { address } userErrors { code } } }');
tally.check('the address is known for an hour', !!cora.data?.beginProviderSignIn.begun, cora);
const [down, downBack] = [await service.begin(), threeBack];
const late = new URL(downBack);
late.searchParams.set('state', new URL(down.address).searchParams.get('state'));
const away = await service.finish(down, late.href);
tally.check('a provider that is down', problem(away) === 'PROVIDER_UNAVAILABLE', away);
tally.end('oidc-provider');
