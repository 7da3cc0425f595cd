import { describe, expect, test } from 'vitest';
import { parseJid } from '../../src/jid/index.ts';
import { parseDelay } from '../../src/payloads/index.ts';
import { element, parseElement } from '../../src/xml/index.ts';

describe('a delay', () => {
  test('is read as in XEP-0203 §3', () => {
    const message = parseElement(
      "<message xmlns='jabber:client' from='romeo@montague.net/orchard' to='juliet@capulet.com' type='chat'>" +
        '<body>O blessed, blessed night! I am afeard.</body>' +
        "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25Z'>\n    Offline Storage\n  </delay></message>",
    );
    expect(parseDelay(message)).toEqual({
      stamp: new Date(Date.UTC(2002, 8, 10, 23, 8, 25)),
      from: parseJid('capulet.com'),
      reason: 'Offline Storage',
    });
  });

  test('may tell the time alone, and name somebody who has no address', () => {
    const stamp = new Date(Date.UTC(2002, 8, 10, 23, 8, 25));
    expect(parseDelay(delayed({ stamp: '2002-09-10T23:08:25Z' }))).toEqual({
      stamp,
      from: undefined,
      reason: undefined,
    });
    expect(parseDelay(delayed({ stamp: '2002-09-10T23:08:25Z', from: '@' }))?.from).toBeUndefined();
  });

  test.each([
    ['1969-07-21T02:56:15Z', '1969-07-21T02:56:15.000Z'],
    ['1969-07-20T21:56:15-05:00', '1969-07-21T02:56:15.000Z'],
    ['2010-07-10T23:08:25.1Z', '2010-07-10T23:08:25.100Z'],
    ['2010-07-10T23:08:25.123987654Z', '2010-07-10T23:08:25.123Z'],
    [' 2010-07-10T23:08:25+00:00\n', '2010-07-10T23:08:25.000Z'],
  ])('of %j is one of %s (XEP-0082 §3.2)', (stamp, expected) => {
    expect(parseDelay(delayed({ stamp }))?.stamp.toISOString()).toBe(expected);
  });

  test.each([
    undefined,
    '',
    '2010-07-10',
    '2010-07-10T23:08:25',
    '20100710T23:08:25Z',
    '2010-13-10T23:08:25Z',
    '2010-07-10T23:08:25+99:00',
    '2010-07-10T23:08:25.Z',
    'Sat, 10 Jul 2010 23:08:25 GMT',
    '1278803305',
    '__proto__',
  ])('with the time %j is none', (stamp) => {
    expect(parseDelay(delayed({ stamp }))).toBeUndefined();
  });

  test('is in its own namespace, and nowhere but in what was delayed', () => {
    expect(parseDelay(element('{jabber:client}message'))).toBeUndefined();
    const foreign = element('{urn:example}delay', { stamp: '2002-09-10T23:08:25Z' });
    expect(parseDelay(element('{jabber:client}message', {}, foreign))).toBeUndefined();
    expect(parseDelay(element('{urn:example}wrapper', {}, delayed({ stamp: '2002-09-10T23:08:25Z' })))).toBeUndefined();
  });
});

function delayed(attributes: Readonly<Record<string, string | undefined>>) {
  return element('{jabber:client}message', {}, element('{urn:xmpp:delay}delay', attributes));
}
