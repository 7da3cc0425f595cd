import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { type Cut, startCuttingProxy } from '../support/cutting-proxy.ts';
import { nextEvent } from '../support/next-event.ts';
import { startProsody } from '../support/prosody.ts';
import { USUAL_ACCOUNTS, type XmppServer } from '../support/server.ts';
import { describeWith } from '../support/server-suite.ts';
import { authenticate, NS, resumeSession, startSession } from './cuts.bare.ts';
import { Bell } from './cuts.bell.ts';
import { ROADS } from './cuts.roads.ts';
import { enterClient, JULIET, ROMEO } from './cuts.talkers.ts';

const ROAD = ROADS.STARTTLS;

/** Bytes that a TLS record holds (RFC 8446 §5.1). */
const RECORD = 2 ** 14;

describeWith('prosody', 'Prosody, where a cut leaves half a stanza', () => {
  let server: XmppServer;
  beforeAll(async () => {
    server = await startProsody({ without: ['mam'] });
  });
  afterAll(() => server.stop());

  test('the half is glued to what the resumed session says: the reason for all sieves', async () => {
    const bell = new Bell();
    const romeo = await enterClient(ROMEO, { server, road: ROAD }, bell.ring);
    onTestFinished(() => romeo.leave());

    const first = await ROAD.open(server);
    await authenticate(first, JULIET);
    const id = await startSession(first, JULIET, ROAD);
    first.write(`<r xmlns="${NS}"/><message to="${ROMEO.jid}" type="chat"><body>O Romeo, `);
    // It has what came with the question.
    expect(await first.until(/<a [^>]*>/)).toContain("h='0'");
    first.destroy();

    const second = await ROAD.open(server);
    onTestFinished(() => second.destroy());
    await authenticate(second, JULIET);
    expect(await resumeSession(second, id, 0)).toContain("h='0'");
    second.write(`Romeo</body></message><r xmlns="${NS}"/>`);
    expect(await second.until(/<a [^>]*>/)).toContain("h='1'");
    await bell.until(() => romeo.heard.length > 0);
    expect(romeo.heard).toEqual(['O Romeo, Romeo']);
  });

  test.fails('a session that the server no longer hears is given up, and what it did not acknowledge fails', async () => {
    const { delivery } = await sayHalf(server);
    await expect.poll(() => delivery.state, WAIT).toBe('failed');
    expect(delivery.error?.code).toBe('session/lost');
  });

  test.fails('that it is heard itself meanwhile changes nothing', async () => {
    const { client, delivery } = await sayHalf(server);
    const romeo = await enterClient(ROMEO, { server, road: ROAD }, () => {});
    onTestFinished(() => romeo.leave());
    client.on('message', () => romeo.say('Juliet'));
    romeo.say('Juliet');
    await expect.poll(() => delivery.state, WAIT).toBe('failed');
    expect(delivery.error?.code).toBe('session/lost');
  });
});

const WAIT = { interval: 20, timeout: 2500 };

/** Juliet says something of which the server gets the first half; what she says in the same session then it does not hear. */
async function sayHalf(server: XmppServer) {
  let plan: Cut | undefined;
  const proxy = await startCuttingProxy(ROAD.port(server), { plan: () => plan });
  onTestFinished(() => proxy.remove());
  const client = createClient({
    ...ROAD.lead(server, proxy.port),
    jid: JULIET.jid,
    password: USUAL_ACCOUNTS.juliet ?? '',
    reconnect: () => 20,
    liveness: { interval: 100, patience: 200 },
  });
  onTestFinished(() => client.stop());
  const messages = client.use(messageProtocol());
  client.start();
  await client.online();
  // Within the second record of a message that takes two: the server has the first, which is half a stanza.
  plan = { direction: 'up', bytes: proxy.passed.up + RECORD + 700 };
  const back = nextEvent(client, 'online');
  proxy.cut();
  await back;
  plan = undefined;
  const delivery = messages.send({ to: ROMEO.jid, body: 'R'.repeat(RECORD + 1400) });
  await nextEvent(client, 'online');
  return { client, delivery };
}
