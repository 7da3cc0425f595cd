import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createActor, type EventObject, setup, waitFor } from 'xstate';
import { clientInput } from '../../src/client/client-input.ts';
import { clientFor, clientMachine } from '../../src/node.ts';
import { type Server, startServer } from '../../src/testing/server.ts';

let server: Server;

beforeEach(async () => {
  server = await startServer({ domain: 'example.org', accounts: { juliet: 'balcony', romeo: 'orchard' } });
});

afterEach(() => server.stop());

/** A machine of an application that is two people. */
function embed() {
  const heard: string[] = [];
  const machine = setup({
    types: {} as { events: EventObject; children: { juliet: 'client'; romeo: 'client' } },
    actors: { client: clientMachine },
    actions: { hear: ({ event }) => void heard.push(event.type) },
  }).createMachine({
    invoke: [
      { id: 'juliet', src: 'client', input: inputOf('juliet', 'balcony') },
      { id: 'romeo', src: 'client', input: inputOf('romeo', 'orchard') },
    ],
    on: { 'xmpp.*': { actions: 'hear' } },
  });
  const actor = createActor(machine).start();
  const { juliet, romeo } = actor.getSnapshot().children;
  if (!juliet || !romeo) throw new Error('Expected two clients');
  return { actor, heard, juliet, romeo };
}

function inputOf(localpart: string, password: string) {
  return () => clientInput({ jid: `${localpart}@example.org/here`, password, memory: server.connect });
}

describe('two clients in one actor system', () => {
  it('log in at once, each with its own account, and stop apart', async () => {
    const { actor, juliet, romeo } = embed();
    await Promise.all([juliet, romeo].map((client) => waitFor(client, (snapshot) => snapshot.hasTag('online'))));
    expect(server.sessions().sort()).toEqual(['juliet@example.org/here', 'romeo@example.org/here']);
    juliet.send({ type: 'stop' });
    await waitFor(juliet, (snapshot) => snapshot.hasTag('offline'));
    expect(romeo.getSnapshot().hasTag('online')).toBe(true);
    actor.stop();
  });

  it('tell the machine around them by events of their own', async () => {
    const { actor, heard, juliet, romeo } = embed();
    await Promise.all([juliet, romeo].map((client) => clientFor(client).online()));
    expect(heard.sort()).toEqual(['xmpp.online', 'xmpp.online']);
    await Promise.all([juliet, romeo].map((client) => clientFor(client).stop()));
    expect(heard.sort()).toEqual(['xmpp.offline', 'xmpp.offline', 'xmpp.online', 'xmpp.online']);
    actor.stop();
  });

  it('are gone with the machine around them', async () => {
    const { actor, juliet, romeo } = embed();
    await Promise.all([juliet, romeo].map((client) => waitFor(client, (snapshot) => snapshot.hasTag('online'))));
    actor.stop();
    while (server.sessions().length > 0) await new Promise((resolve) => setImmediate(resolve));
    expect([juliet, romeo].map((client) => client.getSnapshot().status)).toEqual(['stopped', 'stopped']);
  });
});
