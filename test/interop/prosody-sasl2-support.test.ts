import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startProsody } from '../support/prosody.ts';
import type { ProsodyOptions } from '../support/prosody-config.ts';
import { expireFastTokens, forgetFastTokens } from '../support/prosody-tokens.ts';
import { logIn, logIn2 } from '../support/raw-login.ts';
import { openDirectTls, openStartTls, openWebSocket, type RawStream } from '../support/raw-stream.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';

const PASSWORD = { username: 'juliet', password: 'balcony' };

describeWith(['prosody', 'prosody-modules'], 'Prosody for tests with SASL2', () => {
  let server: XmppServer;
  const id = randomUUID();
  const userAgent = `<user-agent id="${id}"><software>test</software></user-agent>`;

  beforeAll(async () => {
    server = await startProsody({ sasl2: true });
  });
  afterAll(async () => {
    const log = await server.log();
    await server.stop();
    expect(log).not.toMatch(/\terror\t|Traceback/);
  });

  /** A token for the mechanism, and the success that brought it. */
  async function getToken(on: XmppServer, mechanism: string): Promise<{ hashedToken: string; success: string }> {
    const stream = await openDirectTls(on);
    await stream.open();
    const request = `<request-token xmlns="urn:xmpp:fast:0" mechanism="${mechanism}"/>`;
    const success = await logIn2(stream, {
      mechanism: 'SCRAM-SHA-256',
      credentials: PASSWORD,
      inline: `${userAgent}<bind xmlns="urn:xmpp:bind:0"><tag>test</tag></bind>${request}`,
    });
    stream.destroy();
    return { hashedToken: tokenIn(success) ?? 'none', success };
  }

  const fast = `${userAgent}<fast xmlns="urn:xmpp:fast:0"/>`;

  const versions = [
    { tlsVersion: '1.2', old: 'tls-unique', hashed: 'HT-SHA-256-UNIQ' },
    { tlsVersion: '1.3', old: 'tls-exporter', hashed: 'HT-SHA-256-EXPR' },
  ] as const;

  test.each(versions)('offers all of it on TLS $tlsVersion, bound to $old', async ({ tlsVersion, old, hashed }) => {
    const limits = { minVersion: `TLSv${tlsVersion}`, maxVersion: `TLSv${tlsVersion}` } as const;
    const stream = await openStartTls(server, { tls: limits });
    const features = await stream.open();
    const offer = /<authentication.*<\/authentication>/.exec(features)?.[0];
    expect(offer).toContain('<mechanism>SCRAM-SHA-256-PLUS</mechanism>');
    expect(offer).toMatch(/<bind xmlns='urn:xmpp:bind:0'><inline>.*<feature var='urn:xmpp:carbons:2'\/>/);
    expect(offer).toContain("<sm xmlns='urn:xmpp:sm:3'/>");
    expect(offer).toContain(`<mechanism>${hashed}</mechanism>`);
    expect(offer).toContain('<mechanism>HT-SHA-256-ENDP</mechanism>');
    expect(offer).toContain('<mechanism>HT-SHA-256-NONE</mechanism>');
    expect(features).toContain(`<channel-binding type='${old}'/>`);
    expect(features).toContain("<channel-binding type='tls-server-end-point'/>");
    stream.destroy();
  });

  test.each(versions)('binds on TLS $tlsVersion to $old and to the end point', async ({ tlsVersion, old }) => {
    const limits = { minVersion: `TLSv${tlsVersion}`, maxVersion: `TLSv${tlsVersion}` } as const;
    for (const binding of [old, 'tls-server-end-point'] as const) {
      for (const mechanism of ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS']) {
        const stream = await openDirectTls(server, { tls: limits });
        await stream.open();
        expect(await logIn(stream, { mechanism, credentials: PASSWORD, binding })).toContain('<success');
        const other = await openDirectTls(server, { tls: limits });
        await other.open();
        expect(await logIn2(other, { mechanism, credentials: PASSWORD, binding })).toContain('<success');
        stream.destroy();
        other.destroy();
      }
    }
  });

  test('lets clients in by a certificate or a token', async () => {
    const authority = await createClientAuthority();
    const other = await startOther({
      sasl2: true,
      clientAuthority: authority.certificate,
      tokens: { 'still-good': 'juliet' },
    });
    const stream = await openDirectTls(other, { tls: await authority.issue({ xmppAddr: 'juliet@capulet.example' }) });
    await stream.open();
    const refused = await logIn2(stream, { mechanism: 'OAUTHBEARER', credentials: { token: 'of-yesterday' } });
    expect(refused).toContain('<not-authorized');
    expect(await logIn2(stream, { mechanism: 'EXTERNAL', credentials: {} })).toContain('<success');
    stream.destroy();
    const second = await openDirectTls(other);
    await second.open();
    const accepted = await logIn2(second, { mechanism: 'OAUTHBEARER', credentials: { token: 'still-good' } });
    expect(accepted).toContain('<authorization-identifier>juliet@capulet.example<');
    second.destroy();
  });

  test('binds a resource and hands out a token along with the login', async () => {
    const { hashedToken, success } = await getToken(server, 'HT-SHA-256-NONE');
    expect(success).toMatch(/<authorization-identifier>juliet@capulet\.example\/test~[^<]+</);
    expect(success).toContain("<bound xmlns='urn:xmpp:bind:0'/>");
    expect(hashedToken).toMatch(/^secret-token:fast-/);
  });

  const hashed = [
    ['HT-SHA-256-NONE', undefined],
    ['HT-SHA-256-EXPR', 'tls-exporter'],
    ['HT-SHA-256-ENDP', 'tls-server-end-point'],
  ] as const;

  test.each(hashed)('lets the token for %s in within the first flight', async (mechanism, binding) => {
    const { hashedToken } = await getToken(server, mechanism);
    const stream = await openDirectTls(server);
    const login = logIn2(stream.flight(), {
      mechanism,
      credentials: { username: 'juliet', hashedToken },
      ...(binding && { binding }),
      inline: `${fast}<bind xmlns="urn:xmpp:bind:0"><enable xmlns="urn:xmpp:sm:3" resume="true"/></bind>`,
    });
    expect(await login).toMatch(/<bound [^>]*><enabled [^>]*id='[^']+'[^>]*\/>/);
    const features = await stream.until('</stream:features>');
    expect(features).not.toContain('xmpp-bind');
    stream.write('<iq type="get" id="p" to="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>');
    expect(await stream.until(/<iq [^>]*id='p'[^>]*>/)).toContain("type='result'");
    stream.destroy();
  });

  test('takes the password on the stream on which it refused a token', async () => {
    const { hashedToken } = await getToken(server, 'HT-SHA-256-NONE');
    await expireFastTokens(server, 'juliet');
    expect(await refusedThenAccepted(hashedToken)).toContain('<credentials-expired');
    await getToken(server, 'HT-SHA-256-NONE');
    await forgetFastTokens(server, 'juliet');
    expect(await refusedThenAccepted(hashedToken)).toContain('<not-authorized');
  });

  async function refusedThenAccepted(hashedToken: string): Promise<string> {
    const stream = await openDirectTls(server);
    await stream.open();
    const credentials = { username: 'juliet', hashedToken };
    const failure = await logIn2(stream, { mechanism: 'HT-SHA-256-NONE', credentials, inline: fast });
    const second = { mechanism: 'SCRAM-SHA-256-PLUS', credentials: PASSWORD, binding: 'tls-exporter' } as const;
    expect(await logIn2(stream, second)).toContain('<success');
    stream.destroy();
    return failure;
  }

  test('replaces a token that is older than the test allows, and takes the old one until the new one was used', async () => {
    const other = await startOther({ sasl2: { tokenRotation: 0 } });
    const { hashedToken } = await getToken(other, 'HT-SHA-256-NONE');
    const use = async (token: string) => {
      const stream = await openDirectTls(other);
      await stream.open();
      const credentials = { username: 'juliet', hashedToken: token };
      const answer = await logIn2(stream, { mechanism: 'HT-SHA-256-NONE', credentials, inline: fast });
      stream.destroy();
      return answer;
    };
    const replacement = tokenIn(await use(hashedToken));
    expect(replacement).not.toBe(hashedToken);
    expect(await use(hashedToken)).toContain('<success');
  });

  test('hands out tokens that end at once', async () => {
    const other = await startOther({ sasl2: { tokenLifetime: -60 } });
    const { hashedToken, success } = await getToken(other, 'HT-SHA-256-NONE');
    const expiry = Date.parse(/ expiry='([^']+)'/.exec(success)?.[1] ?? '');
    expect(expiry).toBeLessThan(Date.now());
    const stream = await openDirectTls(other);
    await stream.open();
    const credentials = { username: 'juliet', hashedToken };
    const answer = await logIn2(stream, { mechanism: 'HT-SHA-256-NONE', credentials, inline: fast });
    expect(answer).toContain('<credentials-expired');
    stream.destroy();
  });

  const transports = [
    ['direct TLS', (on: XmppServer) => openDirectTls(on)],
    ['a WebSocket', (on: XmppServer) => openWebSocket(on, { secure: true })],
  ] as const;

  test.each(transports)(
    'resumes a stream inline over %s, and sends again what was not acknowledged',
    async (_, open) => {
      const { hashedToken } = await getToken(server, 'HT-SHA-256-NONE');
      const login = { mechanism: 'HT-SHA-256-NONE', credentials: { username: 'juliet', hashedToken } };
      const { jid, previd } = await leaveResumable(await open(server));

      // Twice, for what is sent again must stay in the queue, once.
      const requests = ['<request-token xmlns="urn:xmpp:fast:0" mechanism="HT-SHA-256-NONE"/>', ''];
      for (const [before, request] of requests.entries()) {
        const stream = await open(server);
        await stream.open();
        const resume = `<resume xmlns="urn:xmpp:sm:3" h="0" previd="${previd}"/>`;
        const resumed = await logIn2(stream, { ...login, inline: `${fast}${resume}${request}` });
        expect(resumed).toContain(`<authorization-identifier>${jid}<`);
        expect(resumed).toMatch(new RegExp(`<resumed [^>]*h='${1 + before}'`));
        expect(tokenIn(resumed) === undefined).toBe(request === '');
        const after = `${await stream.until('</stream:features>')}${await ping(stream)}`;
        expect(after.split('Anon, good nurse!')).toHaveLength(2);
        stream.destroy();
      }
    },
  );

  /** Logs in as of old, enables stream management, sends itself a message, and is cut off before it acknowledges that. */
  async function leaveResumable(stream: RawStream): Promise<{ jid: string; previd: string }> {
    await stream.open();
    await logIn(stream, { mechanism: 'PLAIN', credentials: PASSWORD });
    await stream.open();
    stream.write('<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></iq>');
    const [, jid = ''] = /<jid>(.*)<\/jid>/.exec(await stream.until('</iq>')) ?? [];
    stream.write('<enable xmlns="urn:xmpp:sm:3" resume="true"/>');
    const [, previd = ''] = / id='([^']+)'/.exec(await stream.until(/<enabled [^>]*>/)) ?? [];
    stream.write(`<message xmlns="jabber:client" to="${jid}" id="m"><body>Anon, good nurse!</body></message>`);
    await stream.until('Anon, good nurse!');
    stream.destroy();
    return { jid, previd };
  }

  test('binds a new resource when a stream cannot be resumed', async () => {
    const stream = await openDirectTls(server);
    await stream.open();
    const inline = '<resume xmlns="urn:xmpp:sm:3" h="0" previd="unknown"/><bind xmlns="urn:xmpp:bind:0"/>';
    const success = await logIn2(stream, { mechanism: 'PLAIN', credentials: PASSWORD, inline });
    expect(success).toMatch(/<failed xmlns='urn:xmpp:sm:3'><item-not-found [^>]*\/><\/failed>/);
    expect(success).toContain("<bound xmlns='urn:xmpp:bind:0'/>");
    expect(await ping(stream)).toContain("type='result'");
    stream.destroy();
  });

  test('takes stanzas after a login that it would not take before', async () => {
    const stream = await openDirectTls(server);
    await stream.open();
    const inline = '<bind xmlns="urn:xmpp:bind:0"/>';
    await logIn2(stream, { mechanism: 'PLAIN', credentials: PASSWORD, inline });
    const large = 'x'.repeat(100_000);
    stream.write(`<iq type="get" id="large" to="capulet.example"><ping xmlns="urn:xmpp:ping">${large}</ping></iq>`);
    expect(await stream.until(/<iq [^>]*id='large'[^>]*>/)).toContain("type='result'");
    stream.destroy();
  });
});

function tokenIn(success: string): string | undefined {
  return / token='([^']+)'/.exec(success)?.[1];
}

function ping(stream: RawStream): Promise<string> {
  stream.write('<iq xmlns="jabber:client" type="get" id="p" to="capulet.example"><ping xmlns="urn:xmpp:ping"/></iq>');
  return stream.until(/<iq [^>]*id='p'[^>]*>/);
}

/** Stopped when the test is over, however that ends. */
async function startOther(options: ProsodyOptions): Promise<XmppServer> {
  const other = await startProsody(options);
  onTestFinished(() => other.stop());
  return other;
}
