import { describe, expect, test } from 'vitest';
import { parseForwardedMessage } from '../../src/payloads/index.ts';
import { childOf, parseElement } from '../../src/xml/index.ts';

describe('a forwarded message', () => {
  test('is read as in XEP-0297 §3.1, with the time at which it came', () => {
    const outer = parseElement(
      "<message xmlns='jabber:client' to='mercutio@verona.lit' from='romeo@montague.lit/orchard' type='chat' id='28gs'>" +
        "<body>A most courteous exposition!</body><forwarded xmlns='urn:xmpp:forward:0'>" +
        "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>" +
        "<message from='juliet@capulet.lit/orchard' id='0202197' to='romeo@montague.lit' type='chat' xmlns='jabber:client'>" +
        "<body>Yet I should kill thee with much cherishing.</body><mood xmlns='http://jabber.org/protocol/mood'><amorous/></mood>" +
        '</message></forwarded></message>',
    );
    const forwarded = parseForwardedMessage(outer);
    expect(forwarded?.delay).toEqual({
      stamp: new Date(Date.UTC(2010, 6, 10, 23, 8, 25)),
      from: undefined,
      reason: undefined,
    });
    const { from, to, id, type, body, stanza } = forwarded?.message ?? {};
    expect({ from: from?.full, to: to?.full, id, type, body }).toEqual({
      from: 'juliet@capulet.lit/orchard',
      to: 'romeo@montague.lit',
      id: '0202197',
      type: 'chat',
      body: 'Yet I should kill thee with much cherishing.',
    });
    expect(stanza && childOf(stanza, 'mood', 'http://jabber.org/protocol/mood')).toBeDefined();
  });

  test('needs no time', () => {
    const wrapper = parseElement(
      "<wrapper xmlns='urn:example'><forwarded xmlns='urn:xmpp:forward:0'>" +
        "<message xmlns='jabber:client'><body>Hark</body><delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/></message>" +
        '</forwarded></wrapper>',
    );
    const forwarded = parseForwardedMessage(wrapper);
    expect(forwarded?.message.body).toBe('Hark');
    expect(forwarded?.delay).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['nothing forwarded', '<message xmlns="jabber:client"/>'],
    ['nothing inside', '<forwarded xmlns="urn:xmpp:forward:0"/>'],
    [
      'a message in the namespace of what is around it (XEP-0297 §3.2)',
      '<forwarded xmlns="urn:xmpp:forward:0"><message/></forwarded>',
    ],
    ['another stanza', '<forwarded xmlns="urn:xmpp:forward:0"><presence xmlns="jabber:client"/></forwarded>'],
    ['another version', '<forwarded xmlns="urn:xmpp:forward:1"><message xmlns="jabber:client"/></forwarded>'],
  ])('is not in %s', (_, xml) => {
    expect(parseForwardedMessage(parseElement(`<wrapper xmlns="urn:example">${xml}</wrapper>`))).toBeUndefined();
  });
});
