import { describe, expect, test } from 'vitest';
import { nodeScramCrypto as crypto } from '../../src/sasl/node.ts';
import {
  buildFailure,
  buildSasl2Failure,
  buildSasl2Features,
  createAnonymousServer,
  createExternalServer,
  createHashedTokenServer,
  createOAuthBearerServer,
  createPlainServer,
  createScramServer,
  type ServerExchange,
} from '../../src/sasl/server.ts';
import { serialize } from '../../src/xml/index.ts';
import { exchange, text, utf8 } from './scram-peer.ts';

type Message = string | Uint8Array | undefined;

const NO_UTF8 = new Uint8Array([0x6a, 0xff]);

/** What a server answers to one message after the other, with data as text. */
async function answers(server: ServerExchange, messages: readonly Message[]): Promise<unknown[]> {
  const replies: unknown[] = [];
  for (const message of messages) {
    const reply = await server.answer(typeof message === 'string' ? utf8(message) : message);
    replies.push('data' in reply && reply.data ? { ...reply, data: text(reply.data) } : reply);
  }
  return replies;
}

const ASKS = { type: 'challenge', data: '' };
const OVER = malformed('the exchange is over');

function malformed(reason: string): unknown {
  return { type: 'failure', condition: 'malformed-request', text: reason };
}

function refused(reason: string): unknown {
  return { type: 'failure', condition: 'not-authorized', text: reason };
}

function welcomes(username: string, authzid?: string): unknown {
  return { type: 'success', username, authzid, data: undefined };
}

describe('a server for guests', () => {
  const NO_TRACE = malformed('expected trace information');

  test.each<readonly [string, readonly Message[], readonly unknown[]]>([
    ['admits a guest that says nothing of itself', [''], [welcomes('guest')]],
    ['admits one that does', ['nurse@verona.example'], [welcomes('guest')]],
    ['asks where nothing came, and is over after its answer', [undefined, '', ''], [ASKS, welcomes('guest'), OVER]],
    ['is over after a refusal', ['a\0b', 'a'], [NO_TRACE, OVER]],
    ['admits whom 255 characters tell of', ['é'.repeat(255)], [welcomes('guest')]],
    ['and nobody with more of them', ['é'.repeat(256)], [NO_TRACE]],
    ['refuses control characters in front', ['\u0007a'], [NO_TRACE]],
    ['and at the end', ['a\n'], [NO_TRACE]],
    ['refuses what is no UTF-8', [NO_UTF8], [NO_TRACE]],
  ])('%s (RFC 4505 §2)', async (_, messages, replies) => {
    expect(await answers(createAnonymousServer({ admit: () => 'guest' }), messages)).toEqual(replies);
  });
});

describe('a server that believes a certificate', () => {
  test.each<readonly [string, string | undefined, readonly Message[], readonly unknown[]]>([
    ['takes whom the certificate names', 'juliet', [''], [welcomes('juliet')]],
    ['tells whom the client wants to be', 'juliet', ['romeo@b.example'], [welcomes('juliet', 'romeo@b.example')]],
    ['asks where nothing came', 'juliet', [undefined, undefined, ''], [ASKS, ASKS, welcomes('juliet')]],
    ['is over after its answer', 'juliet', ['', ''], [welcomes('juliet'), OVER]],
    ['refuses what is no UTF-8, and is over', 'juliet', [NO_UTF8, ''], [malformed('expected UTF-8'), OVER]],
    ['refuses that of nobody here', undefined, ['', ''], [refused('the certificate is not that of an account'), OVER]],
  ])('%s (RFC 4422 appendix A)', async (_, username, messages, replies) => {
    expect(await answers(createExternalServer({ username }), messages)).toEqual(replies);
  });
});

describe('a server for passwords in the clear', () => {
  const NO_PASSWORD = malformed('expected [authzid] NUL authcid NUL passwd');

  test.each<readonly [string, readonly Message[], readonly unknown[]]>([
    ['takes the password of a user', ['\0juliet\0r0m30'], [welcomes('juliet')]],
    ['tells whom the client wants to be', ['romeo\0juliet\0r0m30'], [welcomes('juliet', 'romeo')]],
    ['asks where nothing came', [undefined, '\0juliet\0r0m30'], [ASKS, welcomes('juliet')]],
    ['is over after its answer', ['\0juliet\0r0m30', '\0juliet\0r0m30'], [welcomes('juliet'), OVER]],
    ['refuses another password', ['\0juliet\0j0l13t', undefined], [refused('invalid username or password'), OVER]],
    ['refuses the password of another user', ['\0romeo\0r0m30'], [refused('invalid username or password')]],
    ['refuses what is no UTF-8', [NO_UTF8, undefined], [NO_PASSWORD, OVER]],
    ['refuses less than two NUL', ['juliet\0r0m30'], [NO_PASSWORD]],
    ['refuses more than two NUL', ['\0juliet\0r0m30\0'], [NO_PASSWORD]],
    ['refuses a user without a name', ['\0\0r0m30'], [NO_PASSWORD]],
    ['refuses an empty password', ['\0juliet\0'], [NO_PASSWORD]],
  ])('%s (RFC 4616 §2)', async (_, messages, replies) => {
    const verify = (username: string, password: string) => username === 'juliet' && password === 'r0m30';
    expect(await answers(createPlainServer({ verify }), messages)).toEqual(replies);
  });
});

describe('a server for access tokens', () => {
  const NO_TOKEN = malformed('expected a GS2 header and auth=Bearer');
  const EXPIRED = { type: 'challenge', data: '{"status":"invalid_token"}' };
  const pairs = (...all: string[]) => ['n,,', ...all, '', ''].join('\u0001');

  test.each<readonly [string, readonly Message[], readonly unknown[]]>([
    ['takes a token', [pairs('auth=Bearer good')], [welcomes('juliet')]],
    ['among other pairs', [pairs('host=a.example', 'auth=Bearer good', 'port=1')], [welcomes('juliet')]],
    [
      'tells whom the client wants to be',
      [pairs('auth=Bearer good').replace(',,', ',a=romeo,')],
      [welcomes('juliet', 'romeo')],
    ],
    ['asks where nothing came', [undefined, pairs('auth=Bearer good')], [ASKS, welcomes('juliet')]],
    ['is over after its answer', [pairs('auth=Bearer good'), undefined], [welcomes('juliet'), OVER]],
    [
      'says why it refuses a token, and fails whatever the client says to that',
      [pairs('auth=Bearer old'), '\u0001', pairs('auth=Bearer good')],
      [EXPIRED, refused('invalid token'), OVER],
    ],
    [
      'fails also where the client says nothing to that',
      [pairs('auth=Bearer old'), undefined, undefined],
      [EXPIRED, refused('invalid token'), OVER],
    ],
    ['refuses a message without pairs', ['n,,', pairs('auth=Bearer good')], [NO_TOKEN, OVER]],
    ['refuses one without a token', [pairs('host=a.example')], [NO_TOKEN]],
    ['refuses an empty token', [pairs('auth=Bearer ')], [NO_TOKEN]],
    ['refuses another scheme', [pairs('auth=Basic good')], [NO_TOKEN]],
    ['refuses another key that ends like it', [pairs('xauth=Bearer good')], [NO_TOKEN]],
    ['refuses what stands between header and pairs', [pairs('auth=Bearer good').replace(',,', ',,x')], [NO_TOKEN]],
    ['refuses pairs without their end', ['n,,\u0001auth=Bearer good\u0001'], [NO_TOKEN]],
    ['refuses what comes behind their end', [`${pairs('auth=Bearer good')}x`], [NO_TOKEN]],
    ['refuses pairs with half of their end', ['n,,\u0001auth=Bearer good\u0001x\u0001'], [NO_TOKEN]],
    ['refuses a message without a header', ['\u0001auth=Bearer good\u0001\u0001'], [NO_TOKEN]],
    ['refuses what is no UTF-8', [NO_UTF8], [NO_TOKEN]],
  ])('%s (RFC 7628 §3)', async (_, messages, replies) => {
    const verify = (token: string) => (token === 'good' ? { username: 'juliet' } : { status: 'invalid_token' });
    expect(await answers(createOAuthBearerServer({ verify }), messages)).toEqual(replies);
  });
});

describe('a server for hashed tokens', () => {
  const NO_HASH = malformed('expected authcid NUL initiator-hashed-token');

  test.each<readonly [string, readonly Message[], readonly unknown[]]>([
    ['asks where nothing came', [undefined, 'juliet\0x'], [ASKS, refused('invalid token')]],
    ['is over after its answer', ['juliet\0x', undefined], [refused('invalid token'), OVER]],
    ['refuses a user without a name', ['\0x', 'juliet\0x'], [NO_HASH, OVER]],
    ['refuses a message without NUL', ['juliet'], [NO_HASH]],
    ['refuses a user without a hash', ['juliet\0'], [NO_HASH]],
    ['refuses what is no UTF-8', [new Uint8Array([0xff, 0, 1])], [NO_HASH]],
  ])('%s (draft-schmaus-kitten-sasl-ht-09 §3)', async (_, messages, replies) => {
    const server = createHashedTokenServer({ mechanism: 'HT-SHA-256-NONE', crypto, tokensOf: () => ['token'] });
    expect(await answers(server, messages)).toEqual(replies);
  });

  test('says of a token that it has expired, and asks only about the one that the client has', async () => {
    const asked: string[] = [];
    const accept = (username: string, token: string) => {
      asked.push(`${username} ${token}`);
      return token !== 'old';
    };
    const options = { mechanism: 'HT-SHA-256-NONE', crypto, tokensOf: () => ['old', 'new'], accept } as const;
    const replyTo = async (hashedToken: string) => {
      const client = exchange('HT-SHA-256-NONE', { username: 'juliet', hashedToken }, { crypto });
      return createHashedTokenServer(options).answer(await client.start());
    };
    expect(await replyTo('old')).toEqual({
      type: 'failure',
      condition: 'credentials-expired',
      text: 'the token has expired',
    });
    expect(await replyTo('new')).toMatchObject({ type: 'success', username: 'juliet', authzid: undefined });
    expect(asked).toEqual(['juliet old', 'juliet new']);
  });

  test('refuses to bind to what it does not have', async () => {
    const channelBindings = new Map([['tls-unique', utf8('data')]]);
    const options = { mechanism: 'HT-SHA-256-EXPR', crypto, tokensOf: () => ['token'] } as const;
    const reply = [malformed('unsupported channel binding type')];
    expect(await answers(createHashedTokenServer(options), ['juliet\0x'])).toEqual(reply);
    expect(await answers(createHashedTokenServer({ ...options, channelBindings }), ['juliet\0x'])).toEqual(reply);
  });
});

test('a server for SCRAM asks where nothing came, and is over after a refusal', async () => {
  const server = createScramServer({ mechanism: 'SCRAM-SHA-1', crypto, keysOf: () => undefined });
  expect(await answers(server, [undefined, undefined, 'n,,n=juliet,r=nonce', 'n,,n=juliet,r=nonce'])).toEqual([
    ASKS,
    ASKS,
    refused('unknown user'),
    malformed('no message was expected'),
  ]);
});

test.each([
  [
    'a failure (RFC 6120 §6.5)',
    buildFailure('not-authorized'),
    '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/></failure>',
  ],
  [
    'a failure with a text',
    buildFailure('not-authorized', 'No'),
    '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/><text xml:lang="en">No</text></failure>',
  ],
  [
    'a failure of SASL2 (XEP-0388 §2.6.2)',
    buildSasl2Failure('aborted'),
    '<failure xmlns="urn:xmpp:sasl:2"><aborted xmlns="urn:ietf:params:xml:ns:xmpp-sasl"/></failure>',
  ],
  [
    'an offer of nothing but a mechanism (XEP-0388 §2.1)',
    buildSasl2Features({ mechanisms: ['PLAIN'], inline: { bind: undefined, sm: false, fast: undefined } }),
    '<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism></authentication>',
  ],
  [
    'an offer of a resource and nothing with it (XEP-0386 §3.1)',
    buildSasl2Features({ mechanisms: ['PLAIN'], inline: { bind: [], sm: false, fast: undefined } }),
    '<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism><inline><bind xmlns="urn:xmpp:bind:0"/></inline></authentication>',
  ],
  [
    'an offer of tokens (XEP-0484 §3.1)',
    buildSasl2Features({ mechanisms: ['PLAIN'], inline: { bind: undefined, sm: false, fast: ['HT-SHA-256-NONE'] } }),
    '<authentication xmlns="urn:xmpp:sasl:2"><mechanism>PLAIN</mechanism><inline><fast xmlns="urn:xmpp:fast:0"><mechanism>HT-SHA-256-NONE</mechanism></fast></inline></authentication>',
  ],
])('a server builds %s', (_, built, xml) => {
  expect(serialize(built)).toBe(xml);
});
