import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client, Element } from '../../src/node.ts';
import { clientStateProtocol } from '../../src/subprotocols/client-state.ts';
import {
  type InterceptedSession,
  type ScriptedServer,
  startScriptedServer,
  startServer,
} from '../../src/testing/index.ts';
import { element } from '../../src/xml/index.ts';
import { stageClients } from '../support/client-stage.ts';
import { nextEvent } from '../support/next-event.ts';
import { logIn } from '../support/scripted-login.ts';
import { messageWith, messageXml } from '../support/stanzas.ts';

const CSI = 'urn:xmpp:csi:0';
const SM = 'urn:xmpp:sm:3';
const OFFER = `<csi xmlns="${CSI}"/>`;
const INACTIVE = `<inactive xmlns="${CSI}"/>`;

const stage = stageClients();

describe('on the wire, the state of a client', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer({ domain: 'capulet.example', listen: false });
  });
  afterEach(() => server.stop());

  it('is told when it changes, to a server that offers it (XEP-0352 §4)', async () => {
    const client = stage.make({ memory: server.connect });
    const state = client.use(clientStateProtocol());
    const { peer } = await logIn(client, server, { features: OFFER });
    state.active();
    state.inactive();
    state.inactive();
    state.active();
    client.send(messageWith('after'));
    await peer
      .receives(/^<inactive xmlns="urn:xmpp:csi:0"\/>$/)
      .receives(/^<active xmlns="urn:xmpp:csi:0"\/>$/)
      .receives(messageXml('after'));
  });

  it('is told to no server that does not offer it', async () => {
    const client = stage.make({ memory: server.connect });
    const state = client.use(clientStateProtocol());
    state.inactive();
    const { peer } = await logIn(client, server);
    state.active();
    client.send(messageWith('first'));
    await peer.receives(messageXml('first'));
  });

  it('is told in each session if it is not active, which each stream begins as (XEP-0352 §4.2)', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const state = client.use(clientStateProtocol());
    state.inactive();
    const { peer } = await logIn(client, server, { features: OFFER });
    await peer.receives(INACTIVE);
    await comeBack(client, () => peer.end());
    const { peer: second } = await logIn(client, server, { features: OFFER });
    await second.receives(INACTIVE);
    await comeBack(client, () => second.end());
    state.active();
    const { peer: third } = await logIn(client, server, { features: OFFER });
    client.send(messageWith('first'));
    await third.receives(messageXml('first'));
  });

  it('is told by a subprotocol that is used when the client is online already', async () => {
    const client = stage.make({ memory: server.connect });
    const { peer } = await logIn(client, server, { features: OFFER });
    client.use(clientStateProtocol()).inactive();
    await peer.receives(INACTIVE);
  });

  it('does not count where the server counts stanzas (XEP-0198 §4)', async () => {
    const client = stage.make({ memory: server.connect });
    const state = client.use(clientStateProtocol());
    const { peer } = await logInManaged(client);
    state.inactive();
    const delivery = client.send(messageWith('one'));
    await peer.receives(INACTIVE).receives(messageXml('one')).sends(`<a xmlns="${SM}" h="1"/>`);
    await expect.poll(() => delivery.state).toBe('acknowledged');
  });

  it('is told once more where a session goes on, and not before (XEP-0352 §5.2)', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const state = client.use(clientStateProtocol());
    const { peer } = await logInManaged(client);
    state.inactive();
    await peer.receives(INACTIVE);
    await comeBack(client, () => peer.end());
    state.active();
    state.inactive();
    await resume(client, INACTIVE);
  });

  it('is not told where a session goes on in which it became active meanwhile', async () => {
    const client = stage.make({ memory: server.connect, reconnect: () => 0 });
    const state = client.use(clientStateProtocol());
    const { peer } = await logInManaged(client);
    state.inactive();
    await peer.receives(INACTIVE);
    await comeBack(client, () => peer.end());
    state.active();
    const resumed = await resume(client);
    client.send(messageWith('next'));
    await resumed.peer.receives(messageXml('next'));
  });

  async function logInManaged(client: Client) {
    client.start();
    const peer = (await server.connection())
      .login({ mechanism: 'PLAIN', resource: 'balcony', features: `<sm xmlns="${SM}"/>${OFFER}` })
      .receives(`<enable xmlns="${SM}"/>`)
      .sends(`<enabled xmlns="${SM}" id="s1" resume="true"/>`);
    await Promise.all([peer, client.online()]);
    return { peer };
  }

  async function resume(client: Client, expected?: string) {
    const peer = (await server.connection()).authenticate('PLAIN').header().features(`<sm xmlns="${SM}"/>${OFFER}`);
    const resumed = peer
      .receives(`<resume xmlns="${SM}" previd="s1"/>`)
      .sends(`<resumed xmlns="${SM}" previd="s1" h="0"/>`);
    await Promise.all([resumed, client.online()]);
    if (expected !== undefined) await resumed.receives(expected);
    return { peer: resumed };
  }
});

describe('along with a login (XEP-0386 §3.2), the state of a client', () => {
  it.each([
    ['inactive', [element(`{${CSI}}inactive`)]],
    ['active', []],
  ] as const)('that is %s is told if it differs from what each stream begins as', async (is, enabled) => {
    const { client, state, begun, server } = await stand();
    state[is]();
    client.start();
    await client.online();
    client.send(element('{jabber:client}presence'));
    expect(await begun).toEqual({ first: 'presence', enabled });
    await server.stop();
  });

  it('is told once more if it changed while the login was under way', async () => {
    const { client, state, begun, server } = await stand((text) => {
      if (text.includes(INACTIVE)) state.active();
    });
    state.inactive();
    client.start();
    await client.online();
    expect(await begun).toEqual({ first: 'active', enabled: [element(`{${CSI}}inactive`)] });
    await server.stop();
  });

  /** A client, and what the first session began with. */
  async function stand(onSent: (text: string) => void = () => {}) {
    let heard: (begun: { first: string; enabled: readonly Element[] }) => void = () => {};
    const begun = new Promise<{ first: string; enabled: readonly Element[] }>((resolve) => {
      heard = resolve;
    });
    const server = await startServer({
      domain: 'capulet.example',
      accounts: { juliet: 'secret' },
      sasl2: true,
      listen: false,
      intercept: ({ name: first }, { enabled }: InterceptedSession) => {
        heard({ first, enabled });
        return true;
      },
    });
    const client = stage.make({
      memory: server.connect,
      onTraffic: ({ direction, text }) => direction === 'SEND' && onSent(text),
    });
    return { client, state: client.use(clientStateProtocol()), begun, server };
  }
});

/** The connection goes, and the next one is not waited for. */
async function comeBack(client: Client, lose: () => PromiseLike<void>): Promise<void> {
  const lost = nextEvent(client, 'reconnecting');
  await lose();
  await lost;
  stage.clock.increment(0);
}
