import { describe, expect, test } from 'vitest';
import { addressFamilyOf, domainToAscii, JidError, parseJid, tryParseJid } from '../../src/jid/index.ts';

describe('a domainpart', () => {
  test.each([
    ['example.com', 'example.com', 'example.com'],
    ['EXAMPLE.com', 'example.com', 'example.com'],
    ['localhost', 'localhost', 'localhost'],
    ['example.com.', 'example.com', 'example.com'],
    ['m\u00fcnchen.example', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['M\u00dcNCHEN.example', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['mu\u0308nchen.example', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['xn--mnchen-3ya.example', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['XN--MNCHEN-3YA.example.', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['m\u00fcnchen\u3002example\u3002', 'm\u00fcnchen.example', 'xn--mnchen-3ya.example'],
    ['fa\u00df.de', 'fa\u00df.de', 'xn--fa-hia.de'],
    ['fass.de', 'fass.de', 'fass.de'],
    ['\uff45xample.com', 'example.com', 'example.com'],
    ['\u516c\u53f8.xn--j6w193g', '\u516c\u53f8.\u9999\u6e2f', 'xn--55qx5d.xn--j6w193g'],
    ['my_service.local', 'my_service.local', 'my_service.local'],
    ['r3---sn.example', 'r3---sn.example', 'r3---sn.example'],
    ['0x.example', '0x.example', '0x.example'],
    ['192.0.2.1', '192.0.2.1', '192.0.2.1'],
    ['192.0.2.1.', '192.0.2.1', '192.0.2.1'],
    ['[2001:db8::1]', '[2001:db8::1]', '2001:db8::1'],
    ['[2001:DB8:0:0::1]', '[2001:db8::1]', '2001:db8::1'],
    ['[::ffff:192.0.2.1]', '[::ffff:c000:201]', '::ffff:c000:201'],
  ])('%j is %j, and %j in DNS and TLS', (text, domainpart, ascii) => {
    expect(parseJid(text).full).toBe(domainpart);
    expect(parseJid(domainpart).full).toBe(domainpart);
    expect(domainToAscii(domainpart)).toBe(ascii);
    expect(domainToAscii(text)).toBe(ascii);
  });

  test.each([
    '.',
    '..',
    '.example.com',
    'example..com',
    'example.com..',
    '-a.example',
    'a-.example',
    '\u00e9-.example',
    `${'a'.repeat(64)}.example`,
    '\u00e9'.repeat(63),
    'exa mple.com',
    ' example.com',
    'example.com\n',
    'exam\tple.com',
    'example.com:5222',
    'example.com?x',
    'example.com#x',
    'user:pass',
    'example\\com',
    '%65xample.com',
    'exa%00mple.com',
    '\uff0541.com',
    'a\uff0fb.com',
    'a\u2100.com',
    'a!b',
    'a,b',
    '$a',
    '(a)',
    'a*',
    "a'b",
    'a;b',
    '{a}',
    '~',
    'a=b',
    'a+b',
    '1',
    '127.1',
    '0x7f.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '127.0.0.01',
    '256.0.0.1',
    '1.2.3',
    '1.2.3.4.5',
    'example.123',
    'example.0x1',
    '\uff11\uff12\uff17.0.0.1',
    '127.0.0.1\u3002',
    '[]',
    '[::1',
    '::1',
    '[::1]a',
    '[::g]',
    '[1::2::3]',
    '[fe80::1%25eth0]',
    '[fe80::1%eth0]',
    '[127.0.0.1]',
    '[::1].',
    'xn--a',
    'xn--.example',
    'xn--xn---epa.com',
    'xn--a-.example',
    '\ud800.example',
    'a\u0000b',
    '\u200dx.example',
  ])('%j is none', (text) => {
    expect(tryParseJid(text)).toBeUndefined();
  });

  test('that is none is refused by the conversion for DNS, too', () => {
    expect(() => domainToAscii('example.com:5222')).toThrow(JidError);
  });

  test('may be an address, for which there is no DNS', () => {
    expect([addressFamilyOf('192.0.2.1'), addressFamilyOf('[2001:db8::1]'), addressFamilyOf('1.example')]).toEqual([
      4,
      6,
      undefined,
    ]);
  });
});
