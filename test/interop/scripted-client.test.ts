import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  connectScriptedClient,
  createAuthority,
  type ScriptedClient,
  type ScriptedClientOptions,
} from '../../src/testing/index.ts';
import { startEjabberd } from '../support/ejabberd.ts';
import { startProsody } from '../support/prosody.ts';
import type { XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';

type Way = (server: XmppServer) => Partial<ScriptedClientOptions>;

const JULIET = { username: 'juliet', password: 'balcony' };

describeWith('prosody', 'a scripted client at Prosody', () => talks(() => startProsody({ tlsVersion: '1.2' })));
describeWith('ejabberd', 'a scripted client at ejabberd', () => talks(() => startEjabberd({ tlsVersion: '1.2' })));

function talks(start: () => Promise<XmppServer>): void {
  let server: XmppServer;
  let client: ScriptedClient | undefined;

  beforeAll(async () => {
    server = await start();
  });
  afterEach(async () => {
    await client?.stop();
    client = undefined;
  });
  afterAll(() => server.stop());

  test.each<[string, Way]>([
    ['STARTTLS', ({ ports }) => ({ port: ports.startTls })],
    ['direct TLS', ({ ports }) => ({ tlsPort: ports.directTls })],
    [
      'a WebSocket',
      ({ ports, host, webSocketPath }) => ({ websocketUrl: `wss://${host}:${ports.https}${webSocketPath}` }),
    ],
  ])('logs in and talks to itself over %s', async (_title, way) => {
    const { domain, authority: ca, host } = server;
    client = await connectScriptedClient({ domain, ca, host, ...way(server) });
    const jid = await client.login({ ...JULIET, resource: 'balcony' });
    expect(jid.full).toBe('juliet@capulet.example/balcony');
    await client
      .sends(`<message xmlns="jabber:client" to="${jid}" id="1"><body>Ay me!</body></message>`)
      .awaits(`<message from="${jid}" to="${jid}" id="1"><body>/^Ay/</body></message>`)
      .close()
      .closed();
  });

  test('binds its login to the connection', async () => {
    const { domain, authority: ca, ports, host } = server;
    client = await connectScriptedClient({ domain, ca, host, port: ports.startTls });
    const mechanism = 'SCRAM-SHA-1-PLUS';
    const success = await client.startTls().authenticate({ ...JULIET, mechanism });
    expect(success.name).toBe('success');
  });

  test('does not trust what somebody else issued', async () => {
    const { domain, ports, host } = server;
    const { certificate: ca } = await createAuthority();
    const connected = connectScriptedClient({ domain, ca, host, tlsPort: ports.directTls });
    await expect(connected).rejects.toThrow(/^There is no connection to .*certificate/);
  });
}
