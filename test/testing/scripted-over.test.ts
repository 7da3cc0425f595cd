import { afterEach, describe, expect, test } from 'vitest';
import { inMemory, meet, overTcp, overWebSocket, stopAll } from './scripted-pair.ts';

afterEach(stopAll);

const PRESENCE = '<presence xmlns="jabber:client"/>';

describe.each([
  ['in memory', inMemory, {}],
  ['over TCP', overTcp, { listen: true, tls: false }],
  ['over a WebSocket', overWebSocket, { listen: true, tls: false, websocket: true }],
] as const)('a script %s has nobody to say anything to', (_title, way, options) => {
  test.each(['end', 'close', 'reset'] as const)('once it called %s()', async (step) => {
    const { client } = await meet(options, way);
    const instead = `the script had ${step === 'reset' ? 'reset' : 'ended'} the connection`;
    await expect(client[step]().sends(PRESENCE)).rejects.toThrow(
      `Expected to send: ${PRESENCE}\nInstead: ${instead}\nConversation (C: client, S: server):`,
    );
    await client.closed();
    await expect(client.sends(new Uint8Array(3))).rejects.toThrow(`Expected to send: 3 bytes\nInstead: ${instead}\n`);
  });

  test('once the other side hung up', async () => {
    const { client, peer } = await meet(options, way);
    await peer.end();
    await client.closed();
    await expect(client.sends(PRESENCE)).rejects.toThrow(/^Expected to send: .*\nInstead: the connection ended\n/);
    await client.close().end().reset();
    await expect(client.sends(PRESENCE)).rejects.toThrow('\nInstead: the connection ended\n');
  });

  test('once it was stopped', async () => {
    const { client } = await meet(options, way);
    await client.stop();
    await expect(client.sends(PRESENCE)).rejects.toThrow('\nInstead: the scripted client was stopped\n');
  });
});

test('a script is told why the connection broke off, where it says something after that', async () => {
  const { client, peer } = await meet({ listen: true, tls: false }, overTcp);
  await peer.reset();
  await client.closed();
  await expect(client.sends(PRESENCE)).rejects.toThrow('Instead: the connection ended (read ECONNRESET)');
});
