import { describe, expect, test } from 'vitest';
import { MECHANISMS, SaslError } from '../../src/sasl/index.ts';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import { EXAMPLE, errorOf, exchange, startedExample, utf8 } from './scram-peer.ts';

/*
 * What an error says to people: the sentence, what it is about, and what to do.
 */

const MALFORMED = 'The server sent a malformed SCRAM message: ';
const UNPROVEN = 'The server did not prove that it knows the account: ';
const CHANGED = 'The offer of the server may have been changed on its way: ';
const INTRUDER =
  'This may not be the server it claims to be. Do not log in over this connection; if it happens in other networks too, tell the operator of the server.';
const BUG = 'Report it to the operator of the server, with the name of the server software.';

async function told(work: () => unknown) {
  const { condition, message } = await errorOf(work);
  return { condition, message };
}

describe('a login with SCRAM says why it does not go on', () => {
  test.each([
    ['no message', '', 'malformed-challenge', `${MALFORMED}expected attributes like a=b`],
    [
      'a foreign nonce',
      'r=x,s=AQID,i=4096',
      'foreign-nonce',
      "The server's nonce does not continue that of this client",
    ],
    [
      'our own nonce',
      `r=${EXAMPLE.nonce},s=AQID,i=4096`,
      'foreign-nonce',
      "The server's nonce does not continue that of this client",
    ],
    [
      'too few iterations',
      EXAMPLE.serverFirst.replace('4096', '4095'),
      'weak-parameters',
      'The server asks for 4095 iterations, fewer than 4096',
    ],
    [
      'too many iterations',
      EXAMPLE.serverFirst.replace('4096', '10000001'),
      'excessive-parameters',
      'The server asks for 10000001 iterations, more than 10000000',
    ],
    ['an error twice', 'e=other-error,e=other-error', 'malformed-challenge', `${MALFORMED}expected e= only once`],
  ])('after %s', async (_, challenge, condition, message) => {
    const client = await startedExample();
    expect(await told(() => client.answer(utf8(challenge)))).toEqual({ condition, message });
  });

  test('where the offer was changed, or may have been', async () => {
    const offer = { mechanisms: ['SCRAM-SHA-256'], channelBindings: undefined };
    const changed = await startedExample({ offer });
    expect(await told(() => changed.answer(utf8(`${EXAMPLE.serverFirst},h=other`)))).toEqual({
      condition: 'downgrade',
      message: `${CHANGED}it offered something else than what arrived`,
    });
    const silent = await startedExample({ offer, requireOfferHash: true });
    expect(await told(() => silent.answer(utf8(EXAMPLE.serverFirst)))).toEqual({
      condition: 'downgrade',
      message: `${CHANGED}it does not say what it offered, and this client cannot trust what arrived`,
    });
  });

  test.each([
    ['invalid-encoding', 'malformed-request'],
    ['extensions-not-supported', 'malformed-request'],
    ['invalid-proof', 'not-authorized'],
    ['channel-bindings-dont-match', 'server-not-authenticated'],
    ['server-does-support-channel-binding', 'downgrade'],
    ['channel-binding-not-supported', 'invalid-mechanism'],
    ['unsupported-channel-binding-type', 'invalid-mechanism'],
    ['unknown-user', 'not-authorized'],
    ['invalid-username-encoding', 'malformed-request'],
    ['no-resources', 'temporary-auth-failure'],
    ['other-error', 'not-authorized'],
    ['of-its-own', 'not-authorized'],
  ])('after the error %s (RFC 5802 §7)', async (value, condition) => {
    const message = `The server refused the authentication with e="${value}"`;
    const client = await startedExample();
    expect(await errorOf(() => client.answer(utf8(`e=${value}`)))).toMatchObject({ condition, message, text: value });
    const late = await startedExample();
    await late.answer(utf8(EXAMPLE.serverFirst));
    expect(await errorOf(() => late.finish(utf8(`e=${value}`)))).toMatchObject({ condition, message, text: value });
  });

  test.each([
    ['nothing', '', 'its signature is missing'],
    ['the signature of somebody else', 'v=AQID', 'its signature does not fit the password'],
  ])('after %s instead of the signature', async (_, final, how) => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await told(() => client.finish(utf8(final)))).toEqual({
      condition: 'server-not-authenticated',
      message: UNPROVEN + how,
    });
  });

  test('after a message out of turn', async () => {
    const outOfOrder = (what: string) => ({ condition: 'out-of-order', message: `The SCRAM exchange ${what}` });
    const client = await startedExample();
    expect(await told(() => client.start())).toEqual(outOfOrder('was started twice'));
    const early = exchange('SCRAM-SHA-256', { username: 'user', password: 'pencil' }, { crypto });
    const start = told(() => early.start());
    expect(await told(() => early.answer(utf8('')))).toEqual(outOfOrder('got a challenge out of turn'));
    expect(await start).toEqual(outOfOrder('got a message before it sent one'));
    const hasty = await startedExample();
    const answer = told(() => hasty.answer(utf8(EXAMPLE.serverFirst)));
    expect(await told(() => hasty.finish(undefined))).toEqual({
      condition: 'server-not-authenticated',
      message: `${UNPROVEN}it reported success before it got our proof`,
    });
    expect(await answer).toEqual(outOfOrder('got a message while it computed the answer to another one'));
    expect(await told(() => hasty.finish(undefined))).toEqual(outOfOrder('got a report of success out of turn'));
  });

  test('after data that follow the signature', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await client.answer(utf8(EXAMPLE.serverFinal))).toEqual(new Uint8Array(0));
    expect(await told(() => client.finish(utf8('x')))).toEqual({
      condition: 'malformed-challenge',
      message: `${MALFORMED}expected nothing after the server-final message`,
    });
    const silent = await startedExample();
    await silent.answer(utf8(EXAMPLE.serverFirst));
    await silent.answer(utf8(EXAMPLE.serverFinal));
    expect(silent.finish(new Uint8Array(0))).toBeUndefined();
  });
});

describe('a login with one message says why it does not go on', () => {
  const SECRETS = { username: 'user', password: 'pencil', token: 'abc', hashedToken: 'abc' };
  const NAMES = ['PLAIN', 'OAUTHBEARER', 'HT-SHA-256-NONE', 'EXTERNAL', 'ANONYMOUS'] as const;

  test.each(NAMES)('%s, out of turn', async (name) => {
    const outOfOrder = (what: string) => ({ condition: 'out-of-order', message: `The ${name} exchange ${what}` });
    const client = exchange(name, SECRETS, { crypto });
    await client.start();
    expect(await told(() => client.start())).toEqual(outOfOrder('was started twice'));
    expect(await told(() => client.finish(undefined))).toEqual(outOfOrder('got a report of success out of turn'));
    const early = exchange(name, SECRETS, { crypto });
    const start = told(() => early.start());
    const challenge = name === 'OAUTHBEARER' ? 'out of turn' : `, which ${name} does not have`;
    const got = `got a challenge${challenge.startsWith(',') ? '' : ' '}${challenge}`;
    expect(await told(() => early.answer(utf8('')))).toEqual(outOfOrder(got));
    expect(await start).toEqual(outOfOrder('got a message before it sent one'));
  });

  test.each([
    ['PLAIN', 'The server sent data with its report of success, which PLAIN does not have'],
    ['EXTERNAL', 'The server sent data with its report of success, which EXTERNAL does not have'],
    ['ANONYMOUS', 'The server sent data with its report of success, which ANONYMOUS does not have'],
    ['OAUTHBEARER', 'The server sent a malformed OAUTHBEARER message: expected no data with the report of success'],
  ])('%s, after data that it does not have', async (name, message) => {
    const client = exchange(name, SECRETS, { crypto });
    await client.start();
    expect(await told(() => client.finish(utf8('x')))).toEqual({ condition: 'malformed-challenge', message });
    const silent = exchange(name, SECRETS, { crypto });
    await silent.start();
    expect(silent.finish(new Uint8Array(0))).toBeUndefined();
  });

  test.each([
    [undefined, 'its proof is missing'],
    ['x', 'its proof does not fit the token'],
  ])('with a hashed token, after the proof %j', async (proof, how) => {
    const client = exchange('HT-SHA-256-NONE', SECRETS, { crypto });
    await client.start();
    expect(await told(() => client.finish(proof === undefined ? undefined : utf8(proof)))).toEqual({
      condition: 'server-not-authenticated',
      message: `The server did not prove that it knows the token: ${how}`,
    });
  });

  test.each([
    ['invalid_token', 'credentials-expired', 'Get a new access token: this one has expired or was revoked.'],
    ['insufficient_scope', 'not-authorized', 'Get an access token whose scope includes XMPP.'],
    ['invalid_request', 'malformed-request', 'Get a new access token, and check what it allows.'],
  ])('with an access token, after the status %s', async (status, condition, hint) => {
    const client = exchange('OAUTHBEARER', SECRETS, { crypto });
    await client.start();
    await client.answer(utf8(JSON.stringify({ status })));
    const general = new SaslError('The server refused', { condition: 'undefined-condition' });
    const message = `The server refused the access token with "${status}"`;
    expect(client.explain?.(general)).toMatchObject({ condition, message, text: status, hint });
  });

  test.each([
    ['{', 'expected JSON'],
    ['{}', 'expected a status'],
  ])('with an access token, after the error %j', async (challenge, expectation) => {
    const client = exchange('OAUTHBEARER', SECRETS, { crypto });
    await client.start();
    expect(await told(() => client.answer(utf8(challenge)))).toEqual({
      condition: 'malformed-challenge',
      message: `The server sent a malformed OAUTHBEARER message: ${expectation}`,
    });
  });
});

describe('a login that cannot begin says what is missing', () => {
  test.each([
    ['OAUTHBEARER', {}, 'missing-credentials', 'The access token is missing'],
    [
      'OAUTHBEARER',
      { token: 'a b' },
      'invalid-credentials',
      'The access token contains a character that RFC 6750 does not allow',
    ],
    [
      'OAUTHBEARER',
      { token: 'a', authzid: '\0' },
      'invalid-credentials',
      'The authorization identity contains a character that SASLprep forbids, or mixes directions of writing',
    ],
    ['HT-SHA-256-NONE', { username: 'user' }, 'missing-credentials', 'The token is missing'],
    ['SCRAM-SHA-256', { password: 'pencil' }, 'missing-credentials', 'The username is missing'],
    ['SCRAM-SHA-256', { username: 'user' }, 'missing-credentials', 'The password is missing'],
    ['PLAIN', { password: 'pencil' }, 'missing-credentials', 'The username is missing'],
    ['SCRAM-SHA-256-PLUS', { username: 'a', password: 'b' }, 'no-mechanism', 'There is nothing to bind the login to'],
    [
      'HT-SHA-256-EXPR',
      { username: 'user', hashedToken: 'abc' },
      'no-mechanism',
      'HT-SHA-256-EXPR needs the channel binding tls-exporter',
    ],
    [
      'ANONYMOUS',
      { trace: 'a\n' },
      'invalid-credentials',
      'The trace information of a guest has at most 255 characters, none of them control characters',
    ],
  ])('%s with %j', async (name, credentials, condition, message) => {
    expect(await told(() => exchange(name, credentials, { crypto }).start())).toEqual({ condition, message });
  });

  test('or that it was stopped', async () => {
    for (const { name } of MECHANISMS) {
      const client = exchange(name, {}, { crypto, signal: AbortSignal.abort() });
      expect(await told(() => client.start())).toEqual({
        condition: 'aborted',
        message: 'The authentication was aborted',
      });
    }
  });
});

test.each([
  ['undefined-condition', 'Ask the operator of the server what this means for a@b.'],
  ['no-mechanism', 'Ask the operator of the server to enable SCRAM-SHA-256; PLAIN needs TLS.'],
  ['downgrade', `${INTRUDER} If the server was changed on purpose, forget the mechanism remembered for this account.`],
  ['missing-credentials', 'Give the username and the password of this account.'],
  ['invalid-credentials', 'Check the username and password of this account for characters pasted by accident.'],
  ['malformed-challenge', BUG],
  ['foreign-nonce', INTRUDER],
  ['weak-parameters', `${INTRUDER} If it is an old server you trust, lower minIterations.`],
  ['excessive-parameters', `${BUG} If you trust it, raise maxIterations.`],
  ['other-account', 'The certificate or token is of another account than the JID: correct one of them.'],
  ['crypto-unavailable', 'Load the page over HTTPS: browsers offer no cryptography otherwise.'],
] as const)('whoever meets %s is told what to do', (condition, hint) => {
  expect(new SaslError('x', { condition }).hint).toBe(hint.replace('a@b', 'this account'));
});
