import { describe, expect, test } from 'vitest';
import { parseJid } from '../../src/jid/index.ts';
import {
  buildRoster,
  buildRosterGet,
  buildRosterRemove,
  buildRosterSet,
  parseRoster,
  type RosterItem,
} from '../../src/payloads/index.ts';
import { firstChildOf, parseElement } from '../../src/xml/index.ts';

const PLAIN: Omit<RosterItem, 'jid'> = {
  name: undefined,
  subscription: 'none',
  ask: false,
  approved: false,
  groups: [],
};

describe('a roster', () => {
  test('is asked for as in RFC 6121 §2.1.3', () => {
    expect(buildRosterGet()).toEqual(parseElement("<query xmlns='jabber:iq:roster'/>"));
  });

  test('is asked for from a version on, and the empty one is a version (RFC 6121 §2.6.2)', () => {
    expect(buildRosterGet('ver14')).toEqual(parseElement("<query xmlns='jabber:iq:roster' ver='ver14'/>"));
    expect(buildRosterGet('')).toEqual(parseElement("<query xmlns='jabber:iq:roster' ver=''/>"));
  });

  test('is read as in RFC 6121 §2.1.4', () => {
    const result = parseElement(
      "<iq xmlns='jabber:client' id='bv1bs71f' to='juliet@example.com/chamber' type='result'>" +
        "<query xmlns='jabber:iq:roster' ver='ver7'><item jid='nurse@example.com'/><item jid='romeo@example.net'/></query></iq>",
    );
    const roster = {
      ver: 'ver7',
      items: [
        { ...PLAIN, jid: parseJid('nurse@example.com') },
        { ...PLAIN, jid: parseJid('romeo@example.net') },
      ],
    };
    expect(parseRoster(result)).toEqual(roster);
    expect(parseRoster(firstChildOf(result))).toEqual(roster);
  });

  test('comes back as it went, with all that an item can have (RFC 6121 §2.1.2)', () => {
    const query = parseElement(
      "<query xmlns='jabber:iq:roster' ver=''><item jid='romeo@example.net' name='Romeo' subscription='both'>" +
        '<group>Friends</group><group>__proto__</group></item>' +
        "<item jid='nurse@example.com' subscription='from' ask='subscribe' approved='true'/></query>",
    );
    const roster = {
      ver: '',
      items: [
        {
          ...PLAIN,
          jid: parseJid('romeo@example.net'),
          name: 'Romeo',
          subscription: 'both',
          groups: ['Friends', '__proto__'],
        },
        { ...PLAIN, jid: parseJid('nurse@example.com'), subscription: 'from', ask: true, approved: true },
      ],
    } as const;
    expect(parseRoster(query)).toEqual(roster);
    expect(buildRoster(roster)).toEqual(query);
  });

  test('is read in spite of items that cannot be interpreted', () => {
    const query = parseElement(
      "<query xmlns='jabber:iq:roster'><item/><item jid='a b@c'/><item jid='@'/><contact jid='x@example.com'/>" +
        "<item jid='Romeo@Example.net' subscription='friend' ask='maybe' approved='1'><group>A</group><group>A</group></item></query>",
    );
    expect(parseRoster(query)).toEqual({
      ver: undefined,
      items: [{ ...PLAIN, jid: parseJid('romeo@example.net'), approved: true, groups: ['A'] }],
    });
  });

  test('is not in a payload of another kind', () => {
    expect(() => parseRoster(parseElement("<query xmlns='jabber:iq:version'/>"))).toThrow(
      expect.objectContaining({ code: 'stanza/bad-request' }),
    );
  });
});

describe('a contact', () => {
  test('is added as in RFC 6121 §2.3.1', () => {
    expect(
      buildRosterSet(parseJid('nurse@example.com/x'), { name: 'Nurse', groups: ['Servants', 'Servants'] }),
    ).toEqual(
      parseElement(
        "<query xmlns='jabber:iq:roster'><item jid='nurse@example.com' name='Nurse'><group>Servants</group></item></query>",
      ),
    );
    expect(buildRosterSet(parseJid('nurse@example.com'))).toEqual(
      parseElement("<query xmlns='jabber:iq:roster'><item jid='nurse@example.com'/></query>"),
    );
  });

  test('is removed as in RFC 6121 §2.5.1', () => {
    expect(buildRosterRemove(parseJid('nurse@example.com'))).toEqual(
      parseElement("<query xmlns='jabber:iq:roster'><item jid='nurse@example.com' subscription='remove'/></query>"),
    );
  });
});
