/** Reading credentials, tokens of a provider, and who counts as local. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { parseConfig } from '../schemas/config.js';
import { FeatureError } from '../schemas/problem.js';
import { Authenticator, isLoopback } from './auth.js';
import { readAuthorization } from './auth-header.js';

test('several credentials in one header, commas inside keys kept', () => {
  const found = readAuthorization('Bearer a,b, EmailKey m@x.y:k:ey,Basic dTpw');
  assert.deepEqual(
    found.map(({ scheme }) => scheme),
    ['bearer', 'emailkey', 'basic'],
  );
  const [bearer, email, basic] = found;
  assert.equal(bearer?.scheme === 'bearer' && bearer.token.toString(), 'a,b');
  assert.deepEqual(email?.scheme === 'emailkey' && [email.email, email.key.toString()], ['m@x.y', 'k:ey']);
  assert.deepEqual(basic?.scheme === 'basic' && [basic.user, basic.password.toString()], ['u', 'p']);
  assert.deepEqual(readAuthorization('nothing'), []);
  assert.deepEqual(readAuthorization('EmailKey nocolon, Bearer '), []);
  assert.ok(readAuthorization('Bearer x, '.repeat(5000)).length <= 4);
});

test('loopback addresses', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) assert.ok(isLoopback(address), address);
  for (const address of [undefined, '', '10.0.0.1', '::ffff:10.0.0.1', '1270.0.0.1', '127.0.0.1.evil']) {
    assert.ok(!isLoopback(address), address);
  }
});

test('without keys, anonymity ends at the loopback unless it is asked for', async () => {
  const at = (ip: string, auth: object) =>
    new Authenticator(parseConfig({ auth }).auth, Date.now).identify({ headers: {}, ip });
  assert.equal((await at('127.0.0.1', {}))?.name, 'anonymous');
  assert.equal(await at('10.0.0.1', {}), undefined);
  assert.equal((await at('10.0.0.1', { anonymous: true }))?.name, 'anonymous');
  assert.equal(await at('127.0.0.1', { anonymous: false }), undefined);
});

test('tokens: signature, issuer, audience and time are checked; a silent provider is not a refusal', async (context) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const provider = createServer((_req, res) => res.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  context.after(() => provider.close());
  const { port } = provider.address() as AddressInfo;
  const issuer = 'https://issuer.example';
  const settings = (keysUrl: string) => ({ auth: { jwt: { issuer, audience: 'polyfst', keysUrl } } });
  const auth = new Authenticator(parseConfig(settings(`http://127.0.0.1:${port}/`)).auth, Date.now);
  const token = (change: { iss?: string; aud?: string; exp?: string; alg?: string } = {}) =>
    new SignJWT({ roles: ['staff', 3] })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject('carol')
      .setIssuer(change.iss ?? issuer)
      .setAudience(change.aud ?? 'polyfst')
      .setExpirationTime(change.exp ?? '5m')
      .sign(privateKey);
  const identify = async (text: string, by = auth) =>
    by.identify({ headers: { authorization: `Bearer ${text}` }, ip: '127.0.0.1' });
  assert.deepEqual(await identify(await token()), { realm: 'oidc', name: 'carol', roles: ['staff'] });
  for (const bad of [
    await token({ iss: 'https://other.example' }),
    await token({ aud: 'other' }),
    await token({ exp: '-5m' }),
    `${(await token()).slice(0, -8)}AAAAAAAA`,
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"carol"}').toString('base64url')}.x`,
  ]) {
    assert.equal(await identify(bad), undefined);
  }
  const silent = new Authenticator(parseConfig(settings('http://127.0.0.1:1/')).auth, Date.now);
  await assert.rejects(identify(await token(), silent), (error) => {
    return error instanceof FeatureError && error.code === 'overloaded';
  });
});
