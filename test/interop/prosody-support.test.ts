import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProsodyServer, startProsody } from '../support/prosody.ts';
import { describeWithProsody } from '../support/prosody-suite.ts';

describeWithProsody('Prosody for tests', () => {
  let server: ProsodyServer;

  beforeAll(async () => {
    server = await startProsody();
  });
  afterAll(() => server.stop());

  test('requires STARTTLS and offers SASL only under it', async () => {
    const plain = connect(server.ports.startTls, server.host);
    plain.write(header(server.domain));
    const before = await receive(plain, '</stream:features>');
    expect(before).toContain('<starttls');
    expect(before).not.toContain('<mechanism>');

    plain.write('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls"/>');
    await receive(plain, '<proceed');
    const secure = connectTls({ socket: plain, ca: server.authority, servername: server.domain });
    await once(secure, 'secureConnect');
    secure.write(header(server.domain));
    const features = await receive(secure, '</stream:features>');
    secure.destroy();
    expect(features).toContain('<mechanism>SCRAM-SHA-256</mechanism>');
    expect(features).toContain('<mechanism>PLAIN</mechanism>');
  });

  test('lets its accounts log in over direct TLS, also after a restart', async () => {
    expect(await login(server, 'juliet', 'balcony')).toContain('<success');
    await server.kill();
    await server.restart();
    expect(await login(server, 'romeo', 'orchard')).toContain('<success');
    expect(await login(server, 'romeo', 'balcony')).toContain('<not-authorized');
  });

  test('leaves nothing behind when it is stopped', async () => {
    const other = await startProsody({ domain: 'montague.example', http: true, authentication: 'internal_hashed' });
    expect(await login(other, 'romeo', 'orchard')).toContain('<success');
    const { pid } = other;
    await other.stop();
    expect(isAlive(pid)).toBe(false);
    expect(other.pid).toBeUndefined();
    expect(existsSync(other.folder)).toBe(false);
  });

  test('dies with the process that started it, however that ends', async () => {
    await server.kill();
    const script = `require('node:child_process').spawn('prosody', ['-F', '--config', process.argv[1]])`;
    const starter = spawn(process.execPath, ['-e', script, join(server.folder, 'prosody.cfg.lua')]);
    const socket = await connectPatiently(server);
    starter.kill('SIGKILL');
    await closed(socket);
    await server.restart();
  });

  test('says with its log why it did not start', async () => {
    await expect(startProsody({ config: 'this is not Lua' })).rejects.toThrow(
      /^Prosody ended at its start: exit code 1/,
    );
  });
});

function header(domain: string): string {
  return `<stream:stream to="${domain}" version="1.0" xmlns="jabber:client" xmlns:stream="http://etherx.jabber.org/streams">`;
}

async function login(server: ProsodyServer, name: string, password: string): Promise<string> {
  const socket = connectTls({
    host: server.host,
    port: server.ports.directTls,
    ca: server.authority,
    servername: server.domain,
  });
  socket.write(header(server.domain));
  await receive(socket, '</stream:features>');
  const initial = Buffer.from(`\0${name}\0${password}`).toString('base64');
  socket.write(`<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${initial}</auth>`);
  const answer = await receive(socket, 'xmpp-sasl');
  socket.destroy();
  return answer;
}

async function receive(socket: Socket, end: string): Promise<string> {
  let text = '';
  while (!text.includes(end)) text += String((await once(socket, 'data'))[0]);
  return text;
}

async function connectPatiently(server: ProsodyServer): Promise<Socket> {
  for (;;) {
    const socket = connect(server.ports.startTls, server.host);
    const connected = await once(socket, 'connect').catch(() => undefined);
    if (connected) return socket;
    await setImmediate();
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.once('close', () => resolve());
    socket.resume();
  });
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
