import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MECHANISMS } from '../../src/sasl/index.ts';
import { nodeScramCrypto } from '../../src/sasl/node.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { childOf, textOf } from '../../src/xml/index.ts';
import { RawClient } from './raw-client.ts';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

describe('SASL', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'r0m30' }, listen: false });
  });
  afterAll(() => server.stop());

  test('offers all mechanisms, strongest first', async () => {
    const client = RawClient.memory(server);
    await client.header().receives('<stream:stream>');
    const features = await client.receives('<stream:features/>');
    const list = childOf(features, 'mechanisms', SASL)?.children.map(
      (child) => typeof child !== 'string' && textOf(child),
    );
    expect(list).toEqual(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN']);
  });

  const withPassword = MECHANISMS.filter(({ credential, binds }) => credential === 'password' && !binds);

  test.each(withPassword)('logs in with $name', async (mechanism) => {
    const exchange = mechanism.createExchange({ username: 'juliet', password: 'r0m30' }, { crypto: nodeScramCrypto });
    const client = await RawClient.memory(server).opens();
    const initial = encode(await exchange.start());
    client.sends(`<auth xmlns="${SASL}" mechanism="${mechanism.name}">${initial}</auth>`);
    if (mechanism.name !== 'PLAIN') {
      const challenge = await client.receives(`<challenge xmlns="${SASL}"/>`);
      client.sends(`<response xmlns="${SASL}">${encode(await exchange.answer(decode(textOf(challenge))))}</response>`);
    }
    const success = await client.receives(`<success xmlns="${SASL}"/>`);
    exchange.finish(textOf(success) ? decode(textOf(success)) : undefined);
    await client.header().receives('<stream:stream>');
    await client.receives(`<stream:features><bind xmlns="${BIND}"/></stream:features>`);
  });

  test.each<[string, string, string]>([
    ['a wrong password', auth('PLAIN', '\0juliet\0tybalt'), 'not-authorized'],
    ['an unknown user', auth('PLAIN', '\0mercutio\0r0m30'), 'not-authorized'],
    ['a name that no account can have', auth('PLAIN', '\0@\0r0m30'), 'not-authorized'],
    ["somebody else's identity", auth('PLAIN', 'romeo@capulet.example\0juliet\0r0m30'), 'invalid-authzid'],
    ['an unknown mechanism', auth('EXTERNAL', 'x'), 'invalid-mechanism'],
    ['a message that is none', auth('SCRAM-SHA-1', 'x'), 'malformed-request'],
    ['bad base64', `<auth xmlns="${SASL}" mechanism="PLAIN">====</auth>`, 'incorrect-encoding'],
    ['an abort', `<abort xmlns="${SASL}"/>`, 'aborted'],
  ])('refuses %s, and lets the client try again', async (_title, xml, condition) => {
    const client = await RawClient.memory(server).opens();
    await client.sends(xml).receives(`<failure xmlns="${SASL}"><${condition}/></failure>`);
    await client.auth('juliet', 'r0m30').receives(`<success xmlns="${SASL}"/>`);
  });

  test('accepts the own identity', async () => {
    const client = await RawClient.memory(server).opens();
    await client.sends(auth('PLAIN', 'juliet@capulet.example\0JULIET\0r0m30')).receives(`<success xmlns="${SASL}"/>`);
  });

  test('can be aborted in the middle', async () => {
    const client = await RawClient.memory(server).opens();
    await client.sends(auth('SCRAM-SHA-256', 'n,,n=juliet,r=x')).receives(`<challenge xmlns="${SASL}"/>`);
    await client.sends(`<abort xmlns="${SASL}"/>`).receives(`<failure xmlns="${SASL}"><aborted/></failure>`);
  });

  test('ends the stream after five failures', async () => {
    const client = await RawClient.memory(server).opens();
    for (let tries = 0; tries < 5; tries++) {
      await client.auth('juliet', `guess ${tries}`).receives(`<failure xmlns="${SASL}"><not-authorized/></failure>`);
    }
    await client.receives(`<stream:error><policy-violation xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test.each(['<presence/>', `<iq type="set" id="1"><bind xmlns="${BIND}"/></iq>`])('comes before %s', async (xml) => {
    const client = await RawClient.memory(server).opens();
    await client.sends(xml).receives(`<stream:error><not-authorized xmlns="${STREAM_ERRORS}"/></stream:error>`);
  });

  test('offers only the mechanisms that are asked for, with as many iterations', async () => {
    const weak = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'r0m30' },
      mechanisms: ['SCRAM-SHA-1'],
      scramIterations: 1,
      listen: false,
    });
    const client = await RawClient.memory(weak).opens();
    await client.auth('juliet', 'r0m30').receives(`<failure xmlns="${SASL}"><invalid-mechanism/></failure>`);
    const challenge = await client
      .sends(auth('SCRAM-SHA-1', 'n,,n=juliet,r=x'))
      .receives(`<challenge xmlns="${SASL}"/>`);
    expect(atob(textOf(challenge))).toMatch(/^r=x.+,i=1$/);
    await weak.stop();
  });

  test('is answered in order, whatever comes while the server computes', async () => {
    const client = await RawClient.memory(server).opens();
    client.sends(
      `${auth('SCRAM-SHA-256', 'n,,n=juliet,r=x')}<abort xmlns="${SASL}"/>${auth('PLAIN', '\0juliet\0r0m30')}`,
    );
    await client.receives(`<challenge xmlns="${SASL}"/>`);
    await client.receives(`<failure xmlns="${SASL}"><aborted/></failure>`);
    await client.receives(`<success xmlns="${SASL}"/>`);
  });
});

function auth(mechanism: string, message: string): string {
  return `<auth xmlns="${SASL}" mechanism="${mechanism}">${btoa(message)}</auth>`;
}

function encode(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes).toString('base64') : '';
}

function decode(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
