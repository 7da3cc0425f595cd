import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Credentials } from '../../src/sasl/index.ts';
import { isAlive, orphanServer } from '../support/orphan.ts';
import { prosodyProgram, startProsody } from '../support/prosody.ts';
import type { ProsodyOptions } from '../support/prosody-config.ts';
import { logIn } from '../support/raw-login.ts';
import { mechanismsIn, openDirectTls, openPlain, openStartTls, openWebSocket } from '../support/raw-stream.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';

const SCRAM = ['SCRAM-SHA-1', 'SCRAM-SHA-256'];
const BOUND = ['SCRAM-SHA-1', 'SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256', 'SCRAM-SHA-256-PLUS'];

describeWith('prosody', 'Prosody for tests', () => {
  let server: XmppServer;

  beforeAll(async () => {
    server = await startProsody();
  });
  afterAll(() => server.stop());

  test('requires STARTTLS and offers SASL only under it', async () => {
    const plain = await openPlain(server);
    const before = await plain.open();
    expect(before).toContain('<required/>');
    expect(mechanismsIn(before)).toEqual([]);
    plain.destroy();
    const secure = await openStartTls(server);
    expect(mechanismsIn(await secure.open())).toEqual(['PLAIN', ...SCRAM]);
    secure.destroy();
  });

  test('lets its accounts log in over direct TLS, also after a restart', async () => {
    expect(await login(server, 'juliet', 'balcony')).toContain('<success');
    await server.kill();
    await server.restart();
    expect(await login(server, 'romeo', 'orchard')).toContain('<success');
    expect(await login(server, 'romeo', 'balcony')).toContain('<not-authorized');
  });

  const versions = [
    { tlsVersion: '1.2', mechanisms: ['PLAIN', ...BOUND], binding: 'tls-unique' },
    { tlsVersion: '1.3', mechanisms: ['PLAIN', ...SCRAM], binding: undefined },
  ] as const;

  test.each(versions)('speaks TLS $tlsVersion alone if it is to', async ({ tlsVersion, mechanisms, binding }) => {
    const other = await startOther({ tlsVersion });
    for (const open of [openStartTls, openDirectTls]) {
      const stream = await open(other);
      expect(stream.tls?.getProtocol()).toBe(`TLSv${tlsVersion}`);
      expect(mechanismsIn(await stream.open())).toEqual(mechanisms);
      const mechanism = binding ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256';
      const credentials = { username: 'juliet', password: 'balcony' };
      expect(await logIn(stream, { mechanism, credentials, ...(binding && { binding }) })).toContain('<success');
      stream.destroy();
    }
    const wrong = tlsVersion === '1.2' ? 'TLSv1.3' : 'TLSv1.2';
    await expect(openDirectTls(other, { tls: { minVersion: wrong, maxVersion: wrong } })).rejects.toThrow(/version/);
    const web = await openWebSocket(other, { secure: true });
    expect(mechanismsIn(await web.open())).toEqual(mechanisms);
  });

  test('lets clients in over WebSockets, also without TLS', async () => {
    for (const secure of [true, false]) {
      const stream = await openWebSocket(server, { secure });
      expect(mechanismsIn(await stream.open())).toEqual(['PLAIN', ...SCRAM]);
      const credentials = { username: 'juliet', password: 'balcony' };
      expect(await logIn(stream, { mechanism: 'SCRAM-SHA-1', credentials })).toContain('<success');
      stream.destroy();
    }
  });

  test('lets guests in at a domain of their own', async () => {
    const stream = await openDirectTls(server, { domain: server.anonymousDomain });
    expect(mechanismsIn(await stream.open())).toEqual(['ANONYMOUS']);
    expect(await logIn(stream, { mechanism: 'ANONYMOUS', credentials: {} })).toContain('<success');
    stream.destroy();
  });

  test('offers SCRAM with one hash function where passwords are kept salted', async () => {
    const other = await startOther({ passwordHash: 'SHA-256' });
    for (const mechanism of ['PLAIN', 'SCRAM-SHA-256']) {
      const stream = await openDirectTls(other);
      expect(mechanismsIn(await stream.open())).toEqual(['PLAIN', 'SCRAM-SHA-256']);
      const credentials = { username: 'romeo', password: 'orchard' };
      expect(await logIn(stream, { mechanism, credentials })).toContain('<success');
      stream.destroy();
    }
  });

  test('lets clients in by a certificate of the authority that it trusts', async () => {
    const authority = await createClientAuthority();
    const other = await startOther({ clientAuthority: authority.certificate });
    const juliet = await authority.issue({ xmppAddr: 'juliet@capulet.example' });
    for (const authzid of [undefined, 'juliet@capulet.example', 'romeo@capulet.example']) {
      const stream = await openStartTls(other, { tls: juliet });
      expect(mechanismsIn(await stream.open())).toEqual(['EXTERNAL', 'PLAIN', ...SCRAM]);
      const answer = await logIn(stream, { mechanism: 'EXTERNAL', credentials: { authzid } });
      expect(answer).toContain(authzid?.startsWith('romeo') ? '<not-authorized' : '<success');
      stream.destroy();
    }
    const stranger = await createClientAuthority();
    for (const tls of [{}, await stranger.issue({ xmppAddr: 'juliet@capulet.example' })]) {
      const stream = await openDirectTls(other, { tls });
      expect(mechanismsIn(await stream.open())).toEqual(['PLAIN', ...SCRAM]);
      stream.destroy();
    }
  });

  test('lets clients in by a token, and says when it is no longer valid', async () => {
    const other = await startOther({ tokens: { 'still-good': 'juliet' } });
    const attempt = async (credentials: Credentials) => {
      const stream = await openDirectTls(other);
      expect(mechanismsIn(await stream.open())).toEqual(['OAUTHBEARER', 'PLAIN', ...SCRAM]);
      const answer = await logIn(stream, { mechanism: 'OAUTHBEARER', credentials });
      stream.destroy();
      return answer;
    };
    expect(await attempt({ token: 'still-good' })).toContain('<success');
    expect(await attempt({ token: 'still-good', authzid: 'juliet@capulet.example' })).toContain('<success');
    expect(await attempt({ token: 'still-good', authzid: 'romeo@capulet.example' })).toContain('<invalid-authzid');
    expect(await attempt({ token: 'of-yesterday' })).toContain('<not-authorized');

    const stream = await openDirectTls(other);
    await stream.open();
    const message = Buffer.from('n,,\x01auth=Bearer of-yesterday\x01\x01').toString('base64');
    stream.write(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="OAUTHBEARER">${message}</auth>`);
    const [, challenge = ''] = />([^<]+)<\/challenge>/.exec(await stream.until('</challenge>')) ?? [];
    expect(JSON.parse(atob(challenge))).toEqual({ status: 'invalid_token', scope: 'xmpp' });
    stream.destroy();
  });

  test('leaves nothing behind when it is stopped', async () => {
    const other = await startOther({ domain: 'montague.example', accounts: { 'mercutio & co': 'queen mab' } });
    expect(await login(other, 'mercutio & co', 'queen mab')).toContain('<malformed-request');
    const { pid } = other;
    await other.stop();
    expect(isAlive(pid)).toBe(false);
    expect(other.pid).toBeUndefined();
    expect(existsSync(other.folder)).toBe(false);
  });

  test('dies with the process that started it, however that ends', async () => {
    await server.kill();
    await orphanServer(server, prosodyProgram(server.folder));
    await server.restart();
  });

  test('says with its log why it did not start', async () => {
    await expect(startProsody({ config: 'this is not Lua' })).rejects.toThrow(
      /^Prosody ended at its start: exit code 1/,
    );
    const taken = `c2s_ports = { ${server.ports.startTls} }`;
    await expect(startProsody({ config: taken })).rejects.toThrow(
      /^Prosody could not start: Failed to open server port/,
    );
  });
});

async function login(server: XmppServer, username: string, password: string): Promise<string> {
  const stream = await openDirectTls(server);
  await stream.open();
  const answer = await logIn(stream, { mechanism: 'PLAIN', credentials: { username, password } });
  stream.destroy();
  return answer;
}

/** Stopped when the test is over, however that ends. */
async function startOther(options: ProsodyOptions): Promise<XmppServer> {
  const other = await startProsody(options);
  onTestFinished(() => other.stop());
  return other;
}
