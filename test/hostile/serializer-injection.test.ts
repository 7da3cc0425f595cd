import { describe, expect, it } from 'vitest';
import { buildIq, type Element, element } from '../../src/node.ts';
import { messageProtocol } from '../../src/subprotocols/message.ts';
import { presenceProtocol } from '../../src/subprotocols/presence.ts';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { goesOn } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

/*
 * Texts that would be XML if somebody forgot to escape them: what people type, and what peers send to be repeated.
 */

const stage = stageClients();

const EVIL = `</body></message><message to='tybalt@capulet.example'><body>"Draw" & <!-- ]]> --></body></message>`;

describe.each(ROADS)('over %s, a text', (road) => {
  it.each([
    ['as it stands in a stanza', EVIL],
    ['with references', '&lt;x/&gt;&amp;#60;&#x3C;'],
    ['with the end of a section', '<![CDATA[ ]]>'],
    ['with white space', ' \t\r\n  \r '],
    ['with characters beyond', '\u{1F339}\u2028\u0085\uFFFD'],
  ])('arrives %s', async (_title, text) => {
    const { client, peer } = await meetOnline(stage, road);
    client.send(
      element('{jabber:client}message', { to: 'romeo@montague.example', id: text }, element('body', {}, text)),
    );
    const came = await peer.receives('<message to="romeo@montague.example"/>');
    expect(came.attributes.id).toBe(text);
    expect(came.children).toMatchObject([{ name: 'body', children: [text] }]);
    await goesOn(peer);
  });

  it('is a text also where a stanza was meant', async () => {
    const { client, peer } = await meetOnline(stage, road);
    client.send(element('{jabber:client}message', {}, '<body>Hark</body>'));
    expect((await peer.receives('<message/>')).children).toEqual(['<body>Hark</body>']);
    await goesOn(peer);
  });

  it('of an application is escaped by every subprotocol', async () => {
    const { client, peer } = await meetOnline(stage, road);
    const chat = messageProtocol();
    const presence = { ...presenceProtocol(), name: 'presence-2' };
    client
      .use({ ...chat, name: 'message-2' })
      .send({ to: 'romeo@montague.example', body: EVIL, subject: EVIL, thread: EVIL });
    client.use(presence).available({ status: EVIL });
    const message = await peer.receives('<message to="romeo@montague.example"/>');
    expect(message.children).toMatchObject(['subject', 'body', 'thread'].map((name) => ({ name, children: [EVIL] })));
    expect((await peer.receives('<presence/>')).children).toMatchObject([{ name: 'status', children: [EVIL] }]);
    await goesOn(peer);
  });

  it.each<[what: string, evil: readonly Element[]]>([
    ['a character that XML has no place for', ['a\0b', '\u001B[2J', '\uD83D', '\uFFFF'].map((id) => message({ id }))],
    [
      'a name of an attribute that is none',
      ['a b="c"', '/><x', 'x:y', 'xmlns', '1', ''].map((name) => message({ [name]: 'x' })),
    ],
    [
      'a name of an element that is none',
      ['message/><x', 'a b', 'a:b', '1', '-', ''].map((name) => message({}, { ...element('x'), name })),
    ],
  ])('with %s goes nowhere, and the stream goes on', async (_what, evil) => {
    const { client, peer } = await meetOnline(stage, road);
    for (const stanza of evil) {
      expect(() => client.send(stanza)).toThrow('The stanza cannot be written as XML');
      await goesOn(peer);
    }
  });

  it('that a peer sends to be repeated is repeated as a text', async () => {
    const { peer } = await meetOnline(stage, road);
    const escaped = EVIL.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
    for (const payload of ['<ping xmlns="urn:xmpp:ping"/>', '<nothing xmlns="urn:x"/>', '']) {
      const request = `<iq ${CLIENT} type="get" id="${escaped}" from="${escaped}" to="${escaped}">${payload}</iq>`;
      const { attributes } = await peer.sends(request).receives('<iq/>');
      expect(attributes).toMatchObject({ id: EVIL, to: EVIL, from: EVIL });
    }
    await goesOn(peer);
  });

  it('in a request is one, and its answer counts', async () => {
    const { client, peer } = await meetOnline(stage, road);
    const answer = client.request(buildIq({ type: 'set', id: EVIL }, element('{urn:x}x', {}, EVIL)));
    const { attributes, children } = await peer.receives('<iq type="set"/>');
    expect([attributes.id, children]).toEqual([EVIL, [expect.objectContaining({ children: [EVIL] })]]);
    const escaped = EVIL.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
    await peer.sends(`<iq ${CLIENT} type="result" id="${escaped}"/>`);
    expect((await answer).attributes.id).toBe(EVIL);
  });
});

function message(attributes: Readonly<Record<string, string>>, child?: Element): Element {
  return element('{jabber:client}message', attributes, child);
}
