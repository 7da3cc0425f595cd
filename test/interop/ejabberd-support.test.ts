import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ejabberdProgram, startEjabberd } from '../support/ejabberd.ts';
import type { EjabberdOptions } from '../support/ejabberd-config.ts';
import { isAlive, orphanServer } from '../support/orphan.ts';
import { logIn } from '../support/raw-login.ts';
import { mechanismsIn, openDirectTls, openPlain, openStartTls, openWebSocket } from '../support/raw-stream.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { createClientAuthority } from '../testing/client-certificates.ts';

const JULIET = { username: 'juliet', password: 'balcony' };
const SCRAM = ['SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'];
const BOUND = SCRAM.flatMap((name) => [name, `${name}-PLUS`]);
const OTHERS = ['DIGEST-MD5', 'PLAIN'];

describeWith('ejabberd', 'ejabberd for tests', () => {
  let server: XmppServer;

  beforeAll(async () => {
    server = await startEjabberd();
  });
  afterAll(() => server.stop());

  test('requires STARTTLS and offers SASL only under it', async () => {
    const plain = await openPlain(server);
    const before = await plain.open();
    expect(before).toContain('<required/>');
    expect(mechanismsIn(before)).toEqual([]);
    plain.destroy();
    const secure = await openStartTls(server);
    expect(mechanismsIn(await secure.open())).toEqual([...OTHERS, ...BOUND, 'X-OAUTH2']);
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
    { tlsVersion: '1.2', passwordHash: 'SHA-1' },
    { tlsVersion: '1.3', passwordHash: 'SHA-512' },
  ] as const;

  test.each(versions)(
    'speaks TLS $tlsVersion alone, and does SCRAM with $passwordHash alone, if it is to',
    async ({ tlsVersion, passwordHash }) => {
      const other = await startOther({ tlsVersion, passwordHash });
      const mechanism = `SCRAM-${passwordHash}`;
      for (const open of [openStartTls, openDirectTls]) {
        const stream = await open(other);
        expect(stream.tls?.getProtocol()).toBe(`TLSv${tlsVersion}`);
        expect(mechanismsIn(await stream.open())).toEqual(['PLAIN', mechanism, `${mechanism}-PLUS`, 'X-OAUTH2']);
        const bound = { mechanism: `${mechanism}-PLUS`, credentials: JULIET, binding: 'tls-unique' } as const;
        expect(await logIn(stream, bound)).toContain('<success');
        stream.destroy();
      }
      // It ends the connection without an alert.
      const wrong = tlsVersion === '1.2' ? 'TLSv1.3' : 'TLSv1.2';
      const refused = openDirectTls(other, { tls: { minVersion: wrong, maxVersion: wrong } });
      await expect(refused).rejects.toThrow(/disconnected/);
      const web = await openWebSocket(other, { secure: true });
      expect(mechanismsIn(await web.open())).toEqual(['PLAIN', mechanism, 'X-OAUTH2']);
      web.destroy();
    },
  );

  test('refuses every channel binding but tls-unique', async () => {
    for (const binding of ['tls-exporter', 'tls-server-end-point'] as const) {
      const stream = await openDirectTls(server);
      await stream.open();
      const refused = await logIn(stream, { mechanism: 'SCRAM-SHA-256-PLUS', credentials: JULIET, binding });
      expect(refused).toContain('<not-authorized');
      expect(refused).toContain('Invalid channel binding');
      stream.destroy();
    }
  });

  test('lets clients in over WebSockets, also without TLS', async () => {
    for (const secure of [true, false]) {
      const stream = await openWebSocket(server, { secure });
      expect(mechanismsIn(await stream.open())).toEqual([...OTHERS, ...SCRAM, 'X-OAUTH2']);
      expect(await logIn(stream, { mechanism: 'SCRAM-SHA-1', credentials: JULIET })).toContain('<success');
      stream.destroy();
    }
  });

  test('lets guests in at a domain of their own', async () => {
    const stream = await openDirectTls(server, { domain: server.anonymousDomain });
    expect(mechanismsIn(await stream.open())).toEqual(['ANONYMOUS', 'PLAIN']);
    expect(await logIn(stream, { mechanism: 'ANONYMOUS', credentials: {} })).toContain('<success');
    stream.destroy();
  });

  test('lets clients in by a certificate of the authority that it trusts', async () => {
    const authority = await createClientAuthority();
    const other = await startOther({ clientAuthority: authority.certificate });
    const attempt = async (certificate: { cert: string; key: string }, authzid?: string) => {
      const stream = await openStartTls(other, { tls: certificate });
      expect(mechanismsIn(await stream.open())).toContain('EXTERNAL');
      const answer = await logIn(stream, { mechanism: 'EXTERNAL', credentials: { authzid } });
      stream.destroy();
      return answer;
    };
    const juliet = await authority.issue({ xmppAddr: 'juliet@capulet.example' });
    expect(await attempt(juliet)).toContain('<success');
    expect(await attempt(juliet, 'juliet@capulet.example')).toContain('<success');
    expect(await attempt(juliet, 'romeo@capulet.example')).toContain('<failure');
    const stranger = await createClientAuthority();
    expect(await attempt(await stranger.issue({ xmppAddr: 'juliet@capulet.example' }))).toContain('<failure');
  });

  test('leaves nothing behind when it is stopped', async () => {
    const other = await startOther({ domain: 'montague.example', accounts: { mercutio: 'queen "mab" ☾' } });
    expect(await login(other, 'mercutio', 'queen "mab" ☾')).toContain('<success');
    const { pid } = other;
    await other.stop();
    expect(isAlive(pid)).toBe(false);
    expect(other.pid).toBeUndefined();
    expect(existsSync(other.folder)).toBe(false);
  });

  test('dies with the process that started it, however that ends', async () => {
    await server.kill();
    await orphanServer(server, ejabberdProgram(server.folder));
    await server.restart();
  });

  test('says with its log why it did not start', async () => {
    const unknown = startEjabberd({ config: { moonlight: true } });
    await expect(unknown).rejects.toThrow(/^ejabberd ended at its start: exit code 1.*Unknown option: moonlight/s);
    const listen = [{ module: 'ejabberd_c2s', ip: '127.0.0.1', port: server.ports.startTls }];
    await expect(startEjabberd({ config: { listen } })).rejects.toThrow(/Failed to open socket/);
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
async function startOther(options: EjabberdOptions): Promise<XmppServer> {
  const other = await startEjabberd(options);
  onTestFinished(() => other.stop());
  return other;
}
