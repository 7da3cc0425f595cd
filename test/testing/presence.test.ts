import { afterEach, describe, test } from 'vitest';
import { type Server, startServer } from '../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

let server: Server;
afterEach(() => server.stop());

async function start(friends = true): Promise<void> {
  const accounts = { juliet: 'r0m30', romeo: 'j0l13t' };
  server = await startServer({ domain: 'capulet.example', accounts, friends, listen: false });
}

const juliet = (resource: string) => RawClient.memory(server).login('juliet', 'r0m30', resource);
const romeo = (resource: string) => RawClient.memory(server).login('romeo', 'j0l13t', resource);

describe('presence of friends', () => {
  test('is told to all sessions of both accounts, and to the newcomer that of all others', async () => {
    await start();
    const [balcony, chamber, orchard] = [await juliet('balcony'), await juliet('chamber'), await romeo('orchard')];
    await balcony.available();
    await chamber.available();
    await chamber.receives('<presence from="juliet@capulet.example/balcony" to="juliet@capulet.example/chamber"/>');
    await balcony.receives('<presence from="juliet@capulet.example/chamber" to="juliet@capulet.example"/>');
    await orchard
      .sends('<presence id="own"><show>away</show></presence>')
      .receives('<presence id="own" from="romeo@capulet.example/orchard"/>');
    await orchard.receives('<presence from="juliet@capulet.example/balcony"/>');
    await orchard.receives('<presence from="juliet@capulet.example/chamber"/>');
    for (const session of [balcony, chamber]) {
      await session.receives('<presence from="romeo@capulet.example/orchard"><show>away</show></presence>');
    }
  });

  test('is told when it changes, without a second welcome', async () => {
    await start();
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await balcony.available();
    await orchard.available();
    await orchard.receives('<presence from="juliet@capulet.example/balcony"/>');
    await orchard
      .sends('<presence><status>Banished</status></presence>')
      .syncs('<presence><status>Banished</status></presence>');
    await balcony.receives('<presence from="romeo@capulet.example/orchard"/>');
    await balcony.receives('<presence from="romeo@capulet.example/orchard"><status>Banished</status></presence>');
  });

  test.each<[string, (client: RawClient) => unknown]>([
    ['says so', (client) => client.sends('<presence type="unavailable"/>')],
    ['closes its stream', (client) => client.sends('</stream:stream>')],
    ['ends its connection', (client) => client.end()],
    ['is dropped', () => server.drop('juliet@capulet.example/balcony')],
    ['breaks the stream', (client) => client.sends('<') && client.sends('<')],
  ])('ends when a session %s', async (_title, leave) => {
    await start();
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await balcony.available();
    await orchard.available();
    await orchard.receives('<presence from="juliet@capulet.example/balcony"/>');
    leave(balcony);
    await orchard.receives('<presence type="unavailable" from="juliet@capulet.example/balcony"/>');
    await orchard.syncs();
  });

  test('is not told by one who has none, and not told to one who has none', async () => {
    await start();
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await orchard.available();
    balcony.end();
    await balcony.closed();
    await orchard.syncs();
  });

  test('can be asked for', async () => {
    await start();
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await balcony
      .sends('<presence type="probe" to="romeo@capulet.example"/>')
      .receives('<presence type="unavailable" from="romeo@capulet.example"/>');
    await orchard.available();
    await balcony
      .sends('<presence type="probe" to="romeo@capulet.example"/>')
      .receives('<presence from="romeo@capulet.example/orchard" to="juliet@capulet.example/balcony"/>');
    await balcony.sends('<presence type="probe" to="tybalt@capulet.example"/>').syncs();
  });

  test('needs no subscription', async () => {
    await start();
    const balcony = await juliet('balcony');
    await balcony
      .sends('<presence type="subscribe" to="romeo@capulet.example"/>')
      .receives('<presence type="subscribed" from="romeo@capulet.example"/>');
  });
});

describe('presence of strangers', () => {
  test('is told to the sessions of the own account', async () => {
    await start(false);
    const [balcony, chamber, orchard] = [await juliet('balcony'), await juliet('chamber'), await romeo('orchard')];
    await orchard.available();
    await balcony.available();
    await chamber.available();
    await balcony.receives('<presence from="juliet@capulet.example/chamber"/>');
    await orchard.syncs();
  });

  test('is told to those it is sent to, and so is its end', async () => {
    await start(false);
    const [balcony, orchard, street] = [await juliet('balcony'), await romeo('orchard'), await romeo('street')];
    balcony.sends('<presence to="romeo@capulet.example/orchard"/><presence to="romeo@capulet.example/street"/>');
    await orchard.receives('<presence from="juliet@capulet.example/balcony" to="romeo@capulet.example/orchard"/>');
    await street.receives('<presence from="juliet@capulet.example/balcony" to="romeo@capulet.example/street"/>');
    balcony.sends('<presence type="unavailable" to="romeo@capulet.example/street"/>');
    await street.receives('<presence type="unavailable" from="juliet@capulet.example/balcony"/>');
    balcony.end();
    await orchard.receives('<presence type="unavailable" from="juliet@capulet.example/balcony"/>');
    await street.syncs();
  });

  test('cannot be asked for', async () => {
    await start(false);
    const balcony = await juliet('balcony');
    await balcony
      .sends('<presence type="probe" to="romeo@capulet.example"/>')
      .receives('<presence type="unsubscribed" from="romeo@capulet.example"/>');
  });

  test.each(['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'])('may be negotiated: %s', async (type) => {
    await start(false);
    const [balcony, orchard] = [await juliet('balcony'), await romeo('orchard')];
    await orchard.available();
    balcony.sends(`<presence type="${type}" to="romeo@capulet.example"/>`);
    await orchard.receives(`<presence type="${type}" from="juliet@capulet.example" to="romeo@capulet.example"/>`);
  });
});

describe('presence that makes no sense', () => {
  test.each(['probe', 'subscribe', 'nonsense'])('is refused: type %s to nobody', async (type) => {
    await start();
    const balcony = await juliet('balcony');
    await balcony
      .sends(`<presence type="${type}"/>`)
      .receives(
        '<presence type="error"><error><bad-request xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error></presence>',
      );
  });

  test('is dropped: an error to nobody, or something to an account that is none', async () => {
    await start();
    const balcony = await juliet('balcony');
    await balcony
      .sends(
        '<presence type="error"/><presence to="tybalt@capulet.example"/><presence type="subscribe" to="tybalt@capulet.example"/>',
      )
      .syncs();
  });
});
