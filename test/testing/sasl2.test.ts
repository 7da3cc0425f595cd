import { afterEach, describe, expect, test } from 'vitest';
import { buildBind2 } from '../../src/sasl/index.ts';
import { type Server, type ServerOptions, startServer } from '../../src/testing/index.ts';
import { childOf, childTextOf, type Element, element, serialize } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';
import { authenticates2, bindingOf, conditionOf } from './sasl-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const SASL2 = 'urn:xmpp:sasl:2';
const BIND2 = 'urn:xmpp:bind:0';
const FAST = 'urn:xmpp:fast:0';
const CARBONS = 'urn:xmpp:carbons:2';
const CSI = 'urn:xmpp:csi:0';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const JULIET = { username: 'juliet', password: 'r0m30' };

const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<ServerOptions> = {}): Promise<Server> {
  const server = await startServer({
    domain: 'capulet.example',
    accounts: { juliet: 'r0m30', romeo: 'j0l13t' },
    sasl2: true,
    listen: false,
    ...options,
  });
  servers.push(server);
  return server;
}

/** A client that knows the features. */
async function meet(server: Server, from?: string, dial = RawClient.memory) {
  const client = dial(server);
  await client.header('capulet.example', from).receives('<stream:stream>');
  return { client, features: await client.receives('<stream:features/>') };
}

describe('the features', () => {
  test('offer SASL2 beside SASL, with what can be done along with it', async () => {
    const { features } = await meet(await start({ mechanisms: ['SCRAM-SHA-256', 'PLAIN'] }));
    expect(serialize(features)).toBe(
      '<features xmlns="http://etherx.jabber.org/streams">' +
        `<mechanisms xmlns="${SASL}"><mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism></mechanisms>` +
        `<authentication xmlns="${SASL2}"><mechanism>SCRAM-SHA-256</mechanism><mechanism>PLAIN</mechanism><inline>` +
        `<bind xmlns="${BIND2}"><inline><feature var="${CARBONS}"/><feature var="${CSI}"/></inline></bind>` +
        `<fast xmlns="${FAST}"><mechanism>HT-SHA-256-NONE</mechanism></fast>` +
        '</inline></authentication></features>',
    );
  });

  test.each([
    ['TLSv1.3', ['HT-SHA-256-EXPR', 'HT-SHA-256-ENDP', 'HT-SHA-256-NONE']],
    ['TLSv1.2', ['HT-SHA-256-UNIQ', 'HT-SHA-256-ENDP', 'HT-SHA-256-NONE']],
  ] as const)('offer tokens that are bound to %s', async (version, expected) => {
    const server = await start({ listen: true, tlsVersions: { min: version, max: version }, mechanisms: ['PLAIN'] });
    const { features } = await meet(server, undefined, (target) => RawClient.directTls(target));
    const inline = childOf(childOf(features, 'authentication', SASL2) as Element, 'inline') as Element;
    const fast = childOf(inline, 'fast', FAST) as Element;
    expect(fast.children).toEqual(expected.map((name) => element(`{${FAST}}mechanism`, {}, name)));
    expect(childOf(features, 'sasl-channel-binding', 'urn:xmpp:sasl-cb:0')?.children).toHaveLength(2);
  });

  test('offer no tokens where anybody can listen', async () => {
    const { features } = await meet(await start({ listen: true, tls: false }), undefined, (target) =>
      RawClient.tcp(target),
    );
    const inline = childOf(childOf(features, 'authentication', SASL2) as Element, 'inline') as Element;
    expect(childOf(inline, 'bind', BIND2)).toBeDefined();
    expect(childOf(inline, 'fast', FAST)).toBe(undefined);
  });

  test('offer nothing of this unless it is asked for', async () => {
    const { client, features } = await meet(await start({ sasl2: false }));
    expect(childOf(features, 'authentication', SASL2)).toBe(undefined);
    await client
      .sends(`<authenticate xmlns="${SASL2}" mechanism="PLAIN"/>`)
      .receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('do not offer SASL2 without a mechanism', async () => {
    const { features } = await meet(await start({ mechanisms: ['SCRAM-SHA-1-PLUS'] }));
    expect(features.children).toEqual([]);
  });
});

describe('SASL2', () => {
  test.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])(
    'authenticates with %s, and goes on with new features in the same stream',
    async (mechanism) => {
      const { client } = await meet(await start());
      const success = await authenticates2(client, mechanism, JULIET);
      expect(success.name).toBe('success');
      expect(childTextOf(success, 'authorization-identifier')).toBe('juliet@capulet.example');
      await client.receives(`<stream:features><bind xmlns="${BIND}"/><csi xmlns="${CSI}"/></stream:features>`);
      await client
        .sends(`<iq type="set" id="1"><bind xmlns="${BIND}"><resource>balcony</resource></bind></iq>`)
        .receives('<iq type="result" id="1"/>');
      await client.syncs();
    },
  );

  test.each([
    ['OAUTHBEARER', { token: 'good' }],
    ['ANONYMOUS', {}],
  ])('authenticates with %s', async (mechanism, credentials) => {
    const { client } = await meet(await start({ mechanisms: ['OAUTHBEARER', 'ANONYMOUS'], tokens: () => 'juliet' }));
    expect((await authenticates2(client, mechanism, credentials)).name).toBe('success');
  });

  test('binds logins to TLS, and confirms what was offered', async () => {
    const server = await start({ listen: true, sendOfferHash: true });
    const { client } = await meet(server, 'juliet@capulet.example', (target) => RawClient.directTls(target));
    const channelBinding = { type: 'tls-exporter', data: bindingOf(client.tls, 'tls-exporter') } as const;
    const offer = {
      mechanisms: [1, 256, 512].flatMap((size) => [`SCRAM-SHA-${size}`, `SCRAM-SHA-${size}-PLUS`]).concat('PLAIN'),
      channelBindings: ['tls-exporter', 'tls-server-end-point'],
    };
    const options = { channelBinding, offer, requireOfferHash: true };
    expect((await authenticates2(client, 'SCRAM-SHA-256-PLUS', JULIET, { options })).name).toBe('success');
  });

  test('works over a WebSocket', async () => {
    const server = await start({ listen: true, websocket: true });
    const { client } = await meet(server, undefined, (target) => RawClient.webSocket(target));
    expect((await authenticates2(client, 'SCRAM-SHA-256', JULIET, { inline: [buildBind2()] })).name).toBe('success');
    await client.receives('<stream:features/>');
    await client.syncs();
  });

  test.each<[string, string, string]>([
    [
      'a wrong password',
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><initial-response>${btoa('\0juliet\0x')}</initial-response></authenticate>`,
      'not-authorized',
    ],
    ['an unknown mechanism', `<authenticate xmlns="${SASL2}" mechanism="X"/>`, 'invalid-mechanism'],
    [
      'a mechanism for tokens without a token',
      `<authenticate xmlns="${SASL2}" mechanism="HT-SHA-256-NONE"/>`,
      'invalid-mechanism',
    ],
    [
      'a token for another mechanism',
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><user-agent id="x"/><fast xmlns="${FAST}"/></authenticate>`,
      'invalid-mechanism',
    ],
    ['no mechanism', `<authenticate xmlns="${SASL2}"/>`, 'invalid-mechanism'],
    [
      'bad base64',
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><initial-response>=</initial-response></authenticate>`,
      'incorrect-encoding',
    ],
    [
      'a token of no user agent',
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><request-token xmlns="${FAST}" mechanism="HT-SHA-256-NONE"/></authenticate>`,
      'malformed-request',
    ],
    [
      'a token for what is not offered',
      `<authenticate xmlns="${SASL2}" mechanism="PLAIN"><user-agent id="x"/><request-token xmlns="${FAST}" mechanism="HT-SHA-256-EXPR"/></authenticate>`,
      'malformed-request',
    ],
    ['an abort', `<abort xmlns="${SASL2}"/>`, 'aborted'],
  ])('refuses %s, and lets the client try again, in either profile', async (_title, xml, condition) => {
    const { client } = await meet(await start());
    const failure = `<failure xmlns="${SASL2}"><${condition} xmlns="${SASL}"/></failure>`;
    await client.sends(xml).receives(failure);
    await client.auth('juliet', 'wrong').receives(`<failure xmlns="${SASL}"><not-authorized/></failure>`);
    expect((await authenticates2(client, 'PLAIN', JULIET)).name).toBe('success');
  });

  test('counts failures of both profiles together', async () => {
    const { client } = await meet(await start());
    for (let tries = 0; tries < 2; tries++) {
      await client.auth('juliet', 'wrong').receives(`<failure xmlns="${SASL}"/>`);
      await client.sends(`<abort xmlns="${SASL2}"/>`).receives(`<failure xmlns="${SASL2}"/>`);
    }
    await client.sends(`<abort xmlns="${SASL2}"/>`).receives(`<failure xmlns="${SASL2}"/>`);
    await client.receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('authenticates only whom the stream is from (XEP-0388 §2.3)', async () => {
    const server = await start();
    const { client } = await meet(server, 'romeo@capulet.example');
    expect(conditionOf(await authenticates2(client, 'PLAIN', JULIET))).toBe('invalid-authzid');
    expect((await authenticates2(client, 'PLAIN', { username: 'romeo', password: 'j0l13t' })).name).toBe('success');
  });

  test.each(['juliet@verona.example', '@'])('refuses a stream from %s', async (from) => {
    const client = RawClient.memory(await start());
    await client.header('capulet.example', from).receives('<stream:stream>');
    await client.receives(`<stream:error><invalid-from xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  const scram = `<authenticate xmlns="${SASL2}" mechanism="SCRAM-SHA-1"><initial-response>${btoa('n,,n=juliet,r=x')}</initial-response></authenticate>`;

  test.each<[string, string, string]>([
    ['a stanza', '<presence/>', 'not-authorized'],
    ['a response of the other profile', `<response xmlns="${SASL}"/>`, 'not-authorized'],
    ['white space', ' ', 'policy-violation'],
    ['white space behind a response that is none', `<response xmlns="${SASL2}" \n`, ''],
  ])('ends the stream for %s instead of a response (XEP-0388 §2.4)', async (_title, xml, condition) => {
    const { client } = await meet(await start());
    await client.sends(scram).receives(`<challenge xmlns="${SASL2}"/>`);
    client.sends(xml);
    if (condition === '')
      await client.sends('/>').receives(`<failure xmlns="${SASL2}"><malformed-request xmlns="${SASL}"/></failure>`);
    else await client.receives(`<stream:error><${condition} xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('ends the stream for white space behind the beginning', async () => {
    const { client } = await meet(await start());
    await client.sends(`${scram}\n`).receives(`<challenge xmlns="${SASL2}"/>`);
    await client.receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('can be aborted, also before the challenge has come', async () => {
    const { client } = await meet(await start());
    await client.sends(`${scram}<abort xmlns="${SASL2}"/>`).receives(`<challenge xmlns="${SASL2}"/>`);
    await client.receives(`<failure xmlns="${SASL2}"><aborted xmlns="${SASL}"/></failure>`);
    client.sends(' ');
    expect((await authenticates2(client, 'PLAIN', JULIET)).name).toBe('success');
  });

  test('happens once', async () => {
    const { client } = await meet(await start());
    await authenticates2(client, 'PLAIN', JULIET);
    await client.receives('<stream:features/>');
    await client.sends(scram).receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });
});
