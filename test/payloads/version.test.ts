import { describe, expect, test } from 'vitest';
import { buildVersion, buildVersionGet, parseVersion } from '../../src/payloads/index.ts';
import { firstChildOf, parseElement } from '../../src/xml/index.ts';

const reply = parseElement(
  "<iq xmlns='jabber:client' type='result' to='romeo@montague.net/orchard' from='juliet@capulet.com/balcony' id='version_1'>" +
    "<query xmlns='jabber:iq:version'><name>Exodus</name><version>0.7.0.4</version><os>Windows-XP 5.01.2600</os></query></iq>",
);
const exodus = { name: 'Exodus', version: '0.7.0.4', os: 'Windows-XP 5.01.2600' };

describe('software version', () => {
  test('is asked for as in XEP-0092 example 1', () => {
    expect(buildVersionGet()).toEqual(parseElement("<query xmlns='jabber:iq:version'/>"));
  });

  test('is told as in XEP-0092 example 2', () => {
    expect(parseVersion(reply)).toEqual(exodus);
    expect(parseVersion(firstChildOf(reply))).toEqual(exodus);
    expect(buildVersion(exodus)).toEqual(firstChildOf(reply));
  });

  test('may leave out the operating system, and in spite of XEP-0092 §2 the rest', () => {
    expect(buildVersion({ name: 'A', version: '1' })).toEqual(
      parseElement("<query xmlns='jabber:iq:version'><name>A</name><version>1</version></query>"),
    );
    expect(parseVersion(parseElement("<query xmlns='jabber:iq:version'/>"))).toEqual({
      name: '',
      version: '',
      os: undefined,
    });
  });

  test('is not in a payload of another kind', () => {
    expect(() => parseVersion(parseElement("<query xmlns='jabber:iq:roster'/>"))).toThrow(
      expect.objectContaining({ code: 'stanza/bad-request' }),
    );
  });

  test('is the error that was answered instead', () => {
    const refused = parseElement(
      "<iq xmlns='jabber:client' type='error' id='1'><query xmlns='jabber:iq:version'/><error type='cancel'>" +
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
    expect(() => parseVersion(refused)).toThrow(expect.objectContaining({ code: 'stanza/service-unavailable' }));
  });
});
