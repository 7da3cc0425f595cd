import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors/index.ts';
import { JidError, parseJid } from '../../src/jid/index.ts';
import { buildPresence, type Presence, parsePresence } from '../../src/payloads/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

/** Every property, so that a whole presence can be compared. */
function all(presence: Presence): Omit<Presence, 'stanza'> {
  const { from, fromText, to, id, type, show, status, statuses, priority, lang, error } = presence;
  return { from, fromText, to, id, type, show, status, statuses, priority, lang, error };
}

const AVAILABLE: Omit<Presence, 'stanza'> = {
  from: undefined,
  fromText: undefined,
  to: undefined,
  id: undefined,
  type: undefined,
  show: undefined,
  status: undefined,
  statuses: new Map(),
  priority: 0,
  lang: undefined,
  error: undefined,
};

function read(inner: string): Presence {
  return parsePresence(parseElement(`<presence xmlns='jabber:client'>${inner}</presence>`));
}

describe('presence', () => {
  test('is read as in RFC 6121 §4.7.2', () => {
    const stanza = parseElement(
      "<presence xmlns='jabber:client' from='romeo@example.net/orchard' to='juliet@example.com' id='p1' xml:lang='en'>" +
        "<show>dnd</show><status>Wooing Juliet</status><status xml:lang='cs'>Dvo\u0159\u00edm se Julii</status><priority>1</priority></presence>",
    );
    const presence = parsePresence(stanza);
    expect(presence.stanza).toBe(stanza);
    expect(all(presence)).toEqual({
      from: parseJid('romeo@example.net/orchard'),
      fromText: 'romeo@example.net/orchard',
      to: parseJid('juliet@example.com'),
      id: 'p1',
      type: undefined,
      show: 'dnd',
      status: 'Wooing Juliet',
      statuses: new Map([
        ['en', 'Wooing Juliet'],
        ['cs', 'Dvo\u0159\u00edm se Julii'],
      ]),
      priority: 1,
      lang: 'en',
      error: undefined,
    });
  });

  test('without anything says that its sender is available', () => {
    expect(all(read(''))).toEqual(AVAILABLE);
  });

  test.each(['error', 'probe', 'subscribe', 'subscribed', 'unavailable', 'unsubscribe', 'unsubscribed'] as const)(
    'has type %s',
    (type) => {
      expect(parsePresence(element('{jabber:client}presence', { type })).type).toBe(type);
      expect(buildPresence({ type })).toEqual(element('{jabber:client}presence', { type }));
    },
  );

  test.each(['available', 'invisible', '', 'constructor'])('of type %j says nothing that is known', (type) => {
    expect(parsePresence(element('{jabber:client}presence', { type })).type).toBe('unknown');
  });

  test.each([
    ['away', 'away'],
    ['chat', 'chat'],
    ['dnd', 'dnd'],
    ['xa', 'xa'],
    [' xa\n', 'xa'],
    ['online', undefined],
    ['', undefined],
  ])('shows %j as %j', (text, show) => {
    expect(read(`<show>${text}</show>`).show).toBe(show);
  });

  test.each([
    ['-128', -128],
    ['127', 127],
    ['+5', 5],
    [' 007\n', 7],
    ['128', 0],
    ['-129', 0],
    ['1000', 0],
    ['1.5', 0],
    ['1e1', 0],
    ['0x10', 0],
    ['NaN', 0],
    ['', 0],
  ])('of priority %j has %d (RFC 6121 §4.7.2.3)', (text, priority) => {
    expect(read(`<priority>${text}</priority>`).priority).toBe(priority);
  });

  test('whose sender is no JID has no sender, and cannot be taken for one of the own account', () => {
    const presence = parsePresence(parseElement("<presence xmlns='jabber:client' from='a b@c'/>"));
    expect(all(presence)).toEqual({ ...AVAILABLE, fromText: 'a b@c' });
  });

  test('that comes back says why', () => {
    const presence = parsePresence(
      parseElement(
        "<presence xmlns='jabber:client' type='error'><error type='modify'>" +
          "<jid-malformed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
      ),
    );
    expect(presence.error).toMatchObject({ condition: 'jid-malformed', errorType: 'modify' });
    expect(presence.error).toBe(presence.error);
  });
});

describe('presence is built', () => {
  test('as in RFC 6121 §4.7.2', () => {
    expect(
      buildPresence(
        {
          to: 'juliet@example.com',
          from: parseJid('romeo@example.net/orchard'),
          id: 'p1',
          lang: 'en',
          show: 'dnd',
          status: 'Wooing Juliet',
          priority: 0,
        },
        element('{http://jabber.org/protocol/caps}c', { ver: 'x' }),
      ),
    ).toEqual(
      parseElement(
        "<presence xmlns='jabber:client' to='juliet@example.com' from='romeo@example.net/orchard' id='p1' xml:lang='en'>" +
          '<show>dnd</show><status>Wooing Juliet</status><priority>0</priority>' +
          "<c xmlns='http://jabber.org/protocol/caps' ver='x'/></presence>",
      ),
    );
    expect(buildPresence()).toEqual(parseElement("<presence xmlns='jabber:client'/>"));
  });

  test.each([-129, 128, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('not with priority %d', (priority) => {
    expect(() => buildPresence({ priority })).toThrow(
      new OptionError(`Expected a priority that is a whole number from -128 to 127, got ${priority}`),
    );
  });

  test.each([-128, -1, 127])('with priority %d', (priority) => {
    expect(parsePresence(buildPresence({ priority })).priority).toBe(priority);
  });

  test('not for an address that is none', () => {
    expect(() => buildPresence({ to: '' })).toThrow(JidError);
  });
});
