import { describe, expect, test } from 'vitest';
import { parseJid } from '../../src/jid/index.ts';
import {
  buildCarbonsDisable,
  buildCarbonsEnable,
  buildMessage,
  buildPrivate,
  isCarbon,
  parseCarbon,
} from '../../src/payloads/index.ts';
import { buildIq } from '../../src/stanza/index.ts';
import { parseElement } from '../../src/xml/index.ts';

const COUNSEL = "What man art thou that, thus bescreen'd in night, so stumblest on my counsel?";

/** The message to one of Romeo's clients in XEP-0280 §7. */
const DIRECT =
  "<message xmlns='jabber:client' from='juliet@capulet.example/balcony' to='romeo@montague.example/garden' type='chat'>" +
  `<body>${COUNSEL}</body><thread>0e3141cd80894871a68e6fe6b1ec56fa</thread></message>`;

describe('copies', () => {
  test('are asked for as in XEP-0280 §4', () => {
    expect(
      buildIq({ type: 'set', id: 'enable1', from: 'romeo@montague.example/garden' }, buildCarbonsEnable()),
    ).toEqual(
      parseElement(
        "<iq xmlns='jabber:client' from='romeo@montague.example/garden' id='enable1' type='set'><enable xmlns='urn:xmpp:carbons:2'/></iq>",
      ),
    );
  });

  test('are no longer asked for as in XEP-0280 §5', () => {
    expect(buildCarbonsDisable()).toEqual(parseElement("<disable xmlns='urn:xmpp:carbons:2'/>"));
  });

  test('are not wanted of a message as in XEP-0280 §9', () => {
    const to = 'juliet@capulet.example/home';
    const options = { from: 'romeo@montague.example/home', to, id: 'p1', type: 'chat', body: 'Neither.' } as const;
    const expected = parseElement(
      "<message xmlns='jabber:client' from='romeo@montague.example/home' to='juliet@capulet.example/home' id='p1' type='chat'>" +
        "<body>Neither.</body><private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/></message>",
    );
    expect(buildMessage(options, buildPrivate(to))).toEqual(expected);
    expect(buildMessage(options, buildPrivate(parseJid(to)))).toEqual(expected);
  });

  test('are not wanted of a message to an account, which takes no hint (XEP-0334 §4.3)', () => {
    const mark = [parseElement("<private xmlns='urn:xmpp:carbons:2'/>")];
    expect(buildPrivate('juliet@capulet.example')).toEqual(mark);
    expect(buildPrivate(parseJid('juliet@capulet.example'))).toEqual(mark);
    expect(buildPrivate(undefined)).toEqual(mark);
  });
});

describe('a copy', () => {
  test('of a message that another client received is read as in XEP-0280 §7', () => {
    const copy = wrapped(`<received xmlns='urn:xmpp:carbons:2'>${forwarded(DIRECT)}</received>`);
    expect(isCarbon(copy)).toBe(true);
    expect(summary(copy)).toEqual({
      direction: 'received',
      from: 'juliet@capulet.example/balcony',
      to: 'romeo@montague.example/garden',
      type: 'chat',
      body: COUNSEL,
      thread: '0e3141cd80894871a68e6fe6b1ec56fa',
      delay: undefined,
    });
  });

  test('of a message that another client sent is read as in XEP-0280 §8', () => {
    const copy = wrapped(
      `<sent xmlns='urn:xmpp:carbons:2'>${forwarded(
        "<message xmlns='jabber:client' to='juliet@capulet.example/balcony' from='romeo@montague.example/home' type='chat'>" +
          '<body>Neither, fair saint, if either thee dislike.</body></message>',
      )}</sent>`,
    );
    expect(isCarbon(copy)).toBe(true);
    expect(summary(copy)).toEqual({
      direction: 'sent',
      from: 'romeo@montague.example/home',
      to: 'juliet@capulet.example/balcony',
      type: 'chat',
      body: 'Neither, fair saint, if either thee dislike.',
      thread: undefined,
      delay: undefined,
    });
  });

  test('tells when the message came, if the server does (XEP-0297 §3.2)', () => {
    const delay = "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>";
    const copy = wrapped(`<received xmlns='urn:xmpp:carbons:2'>${forwarded(`${delay}${DIRECT}`)}</received>`);
    expect(parseCarbon(copy)?.delay?.stamp).toEqual(new Date(Date.UTC(2010, 6, 10, 23, 8, 25)));
  });

  test.each([
    ['nothing', "<received xmlns='urn:xmpp:carbons:2'/>"],
    ['no message', `<sent xmlns='urn:xmpp:carbons:2'>${forwarded("<presence xmlns='jabber:client'/>")}</sent>`],
    ['a message that is not forwarded', `<sent xmlns='urn:xmpp:carbons:2'>${DIRECT}</sent>`],
    ['a message in another namespace', `<sent xmlns='urn:xmpp:carbons:2'>${forwarded('<message/>')}</sent>`],
    [
      'another copy',
      `<received xmlns='urn:xmpp:carbons:2'>${forwarded(
        `<message xmlns='jabber:client' from='tybalt@capulet.example/home'><received xmlns='urn:xmpp:carbons:2'>${forwarded(DIRECT)}</received></message>`,
      )}</received>`,
    ],
  ])('with %s inside says that it is one, and cannot be read', (_, inner) => {
    const copy = wrapped(inner);
    expect(isCarbon(copy)).toBe(true);
    expect(parseCarbon(copy)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['text', 'received'],
    ['a message that somebody forwards', forwarded(DIRECT)],
    ['a mark that no copies are wanted', "<private xmlns='urn:xmpp:carbons:2'/>"],
    ['an older version', `<received xmlns='urn:xmpp:carbons:1'>${forwarded(DIRECT)}</received>`],
    ['another namespace', `<received xmlns='urn:xmpp:receipts' id='1'/>`],
  ])('is no message with %s', (_, inner) => {
    expect(isCarbon(wrapped(inner))).toBe(false);
    expect(parseCarbon(wrapped(inner))).toBeUndefined();
  });
});

function wrapped(inner: string) {
  return parseElement(
    `<message xmlns='jabber:client' from='romeo@montague.example' to='romeo@montague.example/home' type='chat'>${inner}</message>`,
  );
}

function forwarded(inner: string): string {
  return `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded>`;
}

function summary(copy: ReturnType<typeof parseElement>) {
  const { direction, message, delay } = parseCarbon(copy) ?? {};
  const { from, to, type, body, thread } = message ?? {};
  return { direction, from: from?.full, to: to?.full, type, body, thread: thread?.id, delay };
}
