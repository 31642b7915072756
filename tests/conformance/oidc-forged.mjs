// Forged answers: npm oauth2-mock-server as the provider, whose tokens are replaced by what jose makes.
//
// usage: INVITATION=… PORT=… node oidc-forged.mjs URL
// INVITATION is the code that `kinward bootstrap` printed; the service's issuer must be http://127.0.0.1:PORT.
import { createHash } from 'node:crypto';

import { SignJWT, UnsecuredJWT, base64url, exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import { OAuth2Server } from 'oauth2-mock-server';

import { Browser, Service, Tally, problem, settings } from './oidc-kit.mjs';

const { INVITATION, PORT } = process.env;
const { issuer, client } = settings(PORT);
const service = new Service(process.argv[2]);
const tally = new Tally();

const provider = new OAuth2Server();
const key = await provider.issuer.keys.generate('RS256');
await provider.start(Number(PORT), '127.0.0.1');
provider.issuer.url = issuer;
const own = await importJWK(provider.issuer.keys.get(key.kid), 'RS256');
const publicJwk = provider.issuer.keys.toJSON()[0];
const publicPem = await exportSPKI(await importJWK(publicJwk, 'RS256', { extractable: true }));
const strange = await generateKeyPair('RS256');
const strangeJwk = await exportJWK(strange.publicKey);

// Goes to the provider and back; `forge` makes the token that it will give.
let nonce;
provider.service.on('beforeAuthorizeRedirect', (_, request) => { nonce = request.query.nonce; });
async function visit(forge) {
  const begun = await service.begin();
  const { back } = await new Browser().open(begun.address);
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, aud: client, sub: 'mfa-ada', nonce, iat: now, exp: now + 300, auth_time: now, amr: ['mfa'] };
  provider.service.once('beforeResponse', answer => { answer.body.id_token = token; });
  const token = await forge(claims, { alg: 'RS256', kid: key.kid }, back);
  return [begun, back];
}

const sign = (claims, header, by = own) => new SignJWT(claims).setProtectedHeader(header).sign(by);
const good = (claims, header) => sign(claims, header);
const secret = text => new TextEncoder().encode(text);
const halfHash = text => base64url.encode(createHash('sha256').update(text).digest().subarray(0, 16));

const accepted = await service.accept(INVITATION, ...(await visit(good)));
tally.check('a good answer is taken', accepted.session?.acting.role === 'ADMINISTRATOR', accepted);

const forgeries = {
  'another nonce': (c, h) => sign({ ...c, nonce: 'another' }, h),
  'no nonce': ({ nonce: _, ...c }, h) => sign(c, h),
  'another issuer': (c, h) => sign({ ...c, iss: 'https://login.example' }, h),
  'an issuer with a slash': (c, h) => sign({ ...c, iss: `${issuer}/` }, h),
  'another audience': (c, h) => sign({ ...c, aud: 'another' }, h),
  'two audiences': (c, h) => sign({ ...c, aud: [client, 'another'] }, h),
  'another party': (c, h) => sign({ ...c, azp: 'another' }, h),
  'expired': (c, h) => sign({ ...c, exp: c.iat - 120 }, h),
  'no end': ({ exp: _, ...c }, h) => sign(c, h),
  'made in an hour': (c, h) => sign({ ...c, iat: c.iat + 3600 }, h),
  'made an hour ago': (c, h) => sign({ ...c, iat: c.iat - 3600 }, h),
  'not good yet': (c, h) => sign({ ...c, nbf: c.iat + 3600 }, h),
  'an old proof': (c, h) => sign({ ...c, auth_time: c.iat - 3600 }, h),
  'no time of proof': ({ auth_time: _, ...c }, h) => sign(c, h),
  'somebody else': (c, h) => sign({ ...c, sub: 'mallory' }, h),
  'nobody': ({ sub: _, ...c }, h) => sign(c, h),
  'another access token': (c, h) => sign({ ...c, at_hash: halfHash('another') }, h),
  'unsecured': c => new UnsecuredJWT(c).encode(),
  'signature cut off': async (c, h) => (await sign(c, h)).replace(/[^.]*$/, ''),
  'payload exchanged': async (c, h) => {
    const parts = (await sign(c, h)).split('.');
    return [parts[0], base64url.encode(JSON.stringify({ ...c, sub: 'mallory' })), parts[2]].join('.');
  },
  'HS256 with the public key as PEM': c => sign(c, { alg: 'HS256', kid: key.kid }, secret(publicPem)),
  'HS256 with the public key as JWK': c => sign(c, { alg: 'HS256', kid: key.kid }, secret(JSON.stringify(publicJwk))),
  'HS256 with the modulus': c => sign(c, { alg: 'HS256', kid: key.kid }, secret(publicJwk.n)),
  'a stranger under the known name': (c, h) => sign(c, h, strange.privateKey),
  'a stranger under its own name': (c, h) => sign(c, { ...h, kid: 'strange' }, strange.privateKey),
  'a key in the token': (c, h) => sign(c, { ...h, jwk: strangeJwk }, strange.privateKey),
  'a key at an address': (c, h) => sign(c, { ...h, jku: 'http://127.0.0.1:1/keys' }, strange.privateKey),
  'a key in a file': (c, h) => sign(c, { ...h, kid: '../../../../dev/null' }, strange.privateKey),
  'an access token': (c, h) => sign(c, { ...h, typ: 'at+jwt' }),
  'no token': () => 'a.b.c',
  'an empty token': () => '',
};
for (const [what, forge] of Object.entries(forgeries)) {
  const payload = await service.finish(...(await visit(forge)));
  tally.check(what, problem(payload) === 'PROVIDER_ANSWER_NOT_GOOD' && !payload.session, payload);
}

const rejected = { body: { error: 'invalid_grant' }, statusCode: 400 };
const [begun, back] = await visit(good);
provider.service.once('beforeResponse', answer => Object.assign(answer, rejected));
const refused = await service.finish(begun, back);
tally.check('the provider refuses the code', problem(refused) === 'PROVIDER_ANSWER_NOT_GOOD', refused);
const [waiting, waitingBack] = await visit(good);
provider.service.once('beforeResponse', answer => Object.assign(answer, { body: {}, statusCode: 503 }));
const away = await service.finish(waiting, waitingBack);
tally.check('the provider is in trouble', problem(away) === 'PROVIDER_UNAVAILABLE', away);

const last = await service.finish(...(await visit(good)));
tally.check('a good answer is still taken', last.session?.signInName === accepted.session?.signInName, last);
await provider.stop();
tally.end('oidc-forged');
