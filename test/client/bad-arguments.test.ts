import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildIq,
  type CreateClientOptions,
  createClient,
  element,
  JidError,
  OptionError,
  XmppError,
} from '../../src/node.ts';
import { pingProtocol } from '../../src/subprotocols/ping.ts';
import { type Server, startServer } from '../../src/testing/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { rejectionOf } from '../support/when.ts';

describe('options that nobody can work with are refused at the door, with what was expected and what came:', () => {
  const SIGNS =
    'Expected a localpart: 1 to 1023 bytes of letters, digits and signs, without spaces and "&\'/:<>@, got ""';
  const DOMAIN = 'Expected a domainpart: a domain name, an IPv4 address or an IPv6 address in brackets, got ""';
  const LOOPBACK = 'Expected `insecure` only with `host` on loopback (localhost, 127.0.0.1, ::1), got';
  const TIMEOUTS = 'resolve, connect, open, secure, credentials, authenticate, bind, close, request, stable, network';
  const LIMITS =
    'maxElementBytes, maxHeaderBytes, maxDepth, maxAttributes, maxPrefixes, maxQueuedStanzas, maxQueuedCharacters, maxUnacknowledged, maxUnacknowledgedCharacters, maxPendingRequests, maxEarlyStanzas, maxStanzasPerTurn';

  it.each<[Partial<CreateClientOptions>, string, string]>([
    [{ jid: '' }, 'jid/invalid-domainpart', DOMAIN],
    [{ jid: 'juliet@' }, 'jid/invalid-domainpart', DOMAIN],
    [{ jid: '@capulet.example' }, 'jid/invalid-localpart', SIGNS],
    [{ password: '' }, 'option/invalid', 'Expected `password`, or `credentials`, got an empty password'],
    [{ port: 0 }, 'option/invalid', 'Expected `port` from 1 to 65535, got 0'],
    [{ port: 65_536 }, 'option/invalid', 'Expected `port` from 1 to 65535, got 65536'],
    [{ port: 52.22 }, 'option/invalid', 'Expected `port` from 1 to 65535, got 52.22'],
    [{ insecure: true }, 'option/invalid', `${LOOPBACK} no host`],
    [{ insecure: true, host: 'capulet.example' }, 'option/invalid', `${LOOPBACK} capulet.example`],
    [
      { insecure: true, host: '127.0.0.1', directTls: true },
      'option/invalid',
      'Expected `insecure` or `directTls`, got both',
    ],
    [{ timeouts: { close: -1 } }, 'option/invalid', 'Expected `timeouts.close`, a number from 0 to 2147483647, got -1'],
    [
      { timeouts: { open: Number.NaN } },
      'option/invalid',
      'Expected `timeouts.open`, a number from 0 to 2147483647, got NaN',
    ],
    [
      { timeouts: { open: 2 ** 31 } },
      'option/invalid',
      'Expected `timeouts.open`, a number from 0 to 2147483647, got 2147483648',
    ],
    [{ timeouts: Object({ dial: 1 }) }, 'option/invalid', `Expected \`timeouts\` with ${TIMEOUTS}, got dial`],
    [{ limits: { maxDepth: -1 } }, 'option/invalid', 'Expected `limits.maxDepth`, a number from 0 to Infinity, got -1'],
    [Object({ jid: undefined }), 'option/invalid', 'Expected `jid`, an address, got none'],
    [Object({ jid: 42 }), 'option/invalid', 'Expected `jid`, an address, got 42'],
    [Object({ jid: null }), 'option/invalid', 'Expected `jid`, an address, got null'],
    [{ host: '' }, 'option/invalid', 'Expected `host`, a text that is not empty, got an empty text'],
    [Object({ host: 42 }), 'option/invalid', 'Expected `host`, a text that is not empty, got 42'],
    [Object({ mechanisms: 'PLAIN' }), 'option/invalid', 'Expected `mechanisms`, a list of texts, got a text'],
    [
      Object({ clock: {} }),
      'option/invalid',
      'Expected `clock`, an object with now(), setTimeout() and clearTimeout(), got a value of type object',
    ],
    [Object({ tls: 'x' }), 'option/invalid', 'Expected `tls`, an object, got a text'],
    [{ tls: Object({ ca: 1 }) }, 'option/invalid', 'Expected `tls.ca`, certificates as PEM texts, got 1'],
    [
      { tls: Object({ minVersion: 'SSLv3' }) },
      'option/invalid',
      'Expected `tls.minVersion`, TLSv1.2 or TLSv1.3, got a text',
    ],
    [
      { tls: Object({ dangerouslyTrustAnyCertificate: 'false' }) },
      'option/invalid',
      'Expected `tls.dangerouslyTrustAnyCertificate`, true or false, got a text',
    ],
    [Object({ password: 1234 }), 'option/invalid', 'Expected `password`, a text, got a value of type number'],
    [Object({ recorder: 'no' }), 'option/invalid', 'Expected `recorder`, true or false, got a text'],
    [Object({ inspect: 'x' }), 'option/invalid', 'Expected `inspect`, a function or an observer, got a text'],
    [Object({ jid: { domainpart: 'x' } }), 'option/invalid', 'Expected `jid`, an address, got a value of type object'],
    [
      Object({ subprotocols: [pingProtocol] }),
      'option/invalid',
      'Expected a subprotocol for `subprotocols`, got a value of type function',
    ],
    [Object({ credentials: 'x' }), 'option/invalid', 'Expected `credentials`, a function, got a text'],
    [Object({ timeouts: null }), 'option/invalid', 'Expected `timeouts`, an object, got null'],
    [Object({ subprotocols: {} }), 'option/invalid', 'Expected `subprotocols`, a list, got a value of type object'],
    [
      { subprotocols: [pingProtocol(), pingProtocol()] },
      'option/invalid',
      "Expected `subprotocols` with a name of its own for each, got 'ping'",
    ],
    [
      { liveness: { interval: 0 } },
      'option/invalid',
      'Expected `liveness.interval`, a number from 100 to 2147483647, got 0',
    ],
    [Object({ liveness: true }), 'option/invalid', 'Expected `liveness`, an object, or false, got true'],
    [
      Object({ sessions: new Map() }),
      'option/invalid',
      'Expected `sessions`, an object with load() and save(), got a value of type object',
    ],
    [{ limits: Object({ depth: 1 }) }, 'option/invalid', `Expected \`limits\` with ${LIMITS}, got depth`],
  ])('%o', (wrong, code, message) => {
    const make = () => createClient({ jid: 'juliet@capulet.example', password: 'secret', ...wrong });
    expect(make).toThrow(code.startsWith('jid/') ? JidError : OptionError);
    expect(make).toThrow(expect.objectContaining({ code, message }));
  });

  it('no options at all', () => {
    expect(() => Reflect.apply(createClient, undefined, [])).toThrow('Expected options, got none');
  });

  it('neither a password nor a function that gives one', () => {
    expect(() => createClient({ jid: 'juliet@capulet.example' })).toThrow(
      'Expected `password`, or `credentials`, got neither',
    );
  });

  it('but an option that is present and undefined is one that is absent', () => {
    const absent = Object({ host: undefined, port: undefined, timeouts: { open: undefined }, limits: undefined });
    expect(createClient({ jid: 'juliet@capulet.example', password: 'secret', ...absent }).jid.full).toBe(
      'juliet@capulet.example',
    );
  });
});

describe('a client that was given', () => {
  const stage = stageClients();
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ domain: 'capulet.example', accounts: { juliet: 'secret' }, listen: false });
  });
  afterAll(() => server.stop());

  const ILLEGAL: [title: string, text: string][] = [
    ['U+0000', 'a\0b'],
    ['a control character', 'a\x1bb'],
    ['an unpaired surrogate', 'a\ud800b'],
  ];

  for (const isOnline of [false, true]) {
    describe(isOnline ? 'online' : 'offline', () => {
      async function meet() {
        const client = stage.make({ memory: server.connect });
        if (isOnline) {
          client.start();
          await client.online();
        }
        return client;
      }

      it.each(ILLEGAL)('a stanza with %s refuses it, and goes on', async (_title, text) => {
        const client = await meet();
        const message = element('{jabber:client}message', { to: 'juliet@capulet.example' }, element('body', {}, text));
        const attempt = async () => client.send(message).settled();
        expect(await rejectionOf(attempt())).toMatchObject(UNWRITABLE);
        await goesOn(client);
      });

      it.each(ILLEGAL)('a request with %s refuses it, and goes on', async (_title, text) => {
        const client = await meet();
        const iq = buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping', { node: text }));
        expect(await rejectionOf(client.request(iq))).toMatchObject(UNWRITABLE);
        await goesOn(client);
      });

      it.each([
        ['undefined', 'none', undefined],
        ['null', 'null', null],
        ['a string', 'a text', '<presence/>'],
        ['an empty object', 'a value of type object', {}],
      ])('%s instead of an element refuses it, and goes on', async (_title, shown, wrong) => {
        const client = await meet();
        // JavaScript has no types: what comes from there is not always an element.
        const { send, request }: Record<string, (stanza: unknown) => unknown> = Object({
          send: client.send.bind(client),
          request: client.request.bind(client),
        });
        for (const [name, give] of Object.entries({ send, request })) {
          expect(() => give?.(wrong)).toThrow(
            expect.objectContaining({
              code: 'option/invalid',
              message: `Expected an element for client.${name}(), got ${shown}`,
              hint: 'Build stanzas with `element()`, `buildIq()` or the door of a subprotocol.',
            }),
          );
        }
        await goesOn(client);
      });

      it('a request without id refuses it, for its answer could not be known', async () => {
        const client = await meet();
        const iq = element('{jabber:client}iq', { type: 'get' }, element('{urn:xmpp:ping}ping'));
        expect(await rejectionOf(client.request(iq))).toMatchObject({
          code: 'option/invalid',
          message: 'A request needs an id, or its answer cannot be known',
          hint: 'Build it with buildIq().',
        });
        await goesOn(client);
      });
    });
  }

  const UNWRITABLE = {
    name: 'OptionError',
    code: 'option/invalid',
    message: expect.stringMatching(/^The stanza cannot be written as XML: /),
    hint: 'Remove control characters and unpaired surrogates from texts and attributes.',
  };

  async function goesOn(client: ReturnType<typeof createClient>) {
    client.start();
    await client.online();
    const answer = await client.request(
      buildIq({ type: 'get', to: 'capulet.example' }, element('{urn:xmpp:ping}ping')),
    );
    expect(answer.attributes.type).toBe('result');
    expect(answer).not.toBeInstanceOf(XmppError);
  }
});
