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
    ['FA\u1e9e.de', 'fa\u00df.de', 'xn--fa-hia.de'],
    ['\u03b2\u03cc\u03bb\u03bf\u03c2.gr', '\u03b2\u03cc\u03bb\u03bf\u03c2.gr', 'xn--nxasmm1c.gr'],
    ['\u0392\u038c\u039b\u039f\u03a3.gr', '\u03b2\u03cc\u03bb\u03bf\u03c3.gr', 'xn--nxasmq6b.gr'],
    ['\u0915\u094d\u200d\u0937.in', '\u0915\u094d\u200d\u0937.in', 'xn--11b2ezcw70k.in'],
    ['\u0628\u200c\u0627.ir', '\u0628\u200c\u0627.ir', 'xn--mgbb899q.ir'],
    ['al\u00b7la.cat', 'al\u00b7la.cat', 'xn--alla-6ha.cat'],
    ['\u13a0\u13a1.example', '\u13a0\u13a1.example', 'xn--58dc.example'],
    ['\uab70\uab71.example', '\u13a0\u13a1.example', 'xn--58dc.example'],
    ['\u05d01.\u05d0', '\u05d01.\u05d0', 'xn--1-zhc.xn--4db'],
    ['\uff8a\uff9f.jp', '\u30d1.jp', 'xn--odk.jp'],
    ['my_service.local', 'my_service.local', 'my_service.local'],
    ['r3---sn.example', 'r3---sn.example', 'r3---sn.example'],
    ['\u00e9ab--c.example', '\u00e9ab--c.example', 'xn--ab--c-9ra.example'],
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
    '-\u00e9.example',
    'example.\u00e9-',
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
    'a[::1]',
    '[::1]:5222',
    'user@a@[::1]',
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
    // What the URL parser lets through, or maps to something else, and IDNA2008 does not.
    '\u{1f600}.example',
    'xn--e28h.example',
    'i\u2764u.example',
    '\u2163.example',
    '\u2460.example',
    '\u2121.example',
    'e\u00adxample.com',
    'e\ufe0fxample.com',
    'e\u1806xample.com',
    '\u0640\u0628.example',
    'a\u20d2b.example',
    '\u3033.example',
    '\u1100\u11aa.example',
    'a\u00b7b.example',
    '\u30fb.example',
    '\u05f3\u05d0.example',
    '\u0375.example',
    '\u0661\u06f1.example',
    '\u0300a.example',
    'm\u00fc_nchen.example',
    'ab--\u00e9.example',
    'ab\u200cc.example',
    // The Bidi Rule, for every label as soon as one runs from right to left.
    '1\u05d0.example',
    '\u05d0a.example',
    '\u05d0-.example',
    '\u05d0.1a',
    '\u0645\u06611.example',
  ])('%j is none', (text) => {
    expect(tryParseJid(text)).toBeUndefined();
  });

  test('may be an IPv4 address with any number from 0 to 255 in any place', () => {
    for (let place = 0; place < 4; place++) {
      const withNumber = (number: number) => ['9', '0', '99', '100'].with(place, `${number}`).join('.');
      for (let number = 0; number < 256; number++) {
        expect(parseJid(withNumber(number)).domainpart).toBe(withNumber(number));
        expect(addressFamilyOf(withNumber(number))).toBe(4);
      }
      for (let number = 256; number < 1300; number++) expect(tryParseJid(withNumber(number))).toBeUndefined();
    }
  });

  test('has at most 1023 bytes of UTF-8, not of what DNS makes of them', () => {
    const most = Array.from({ length: 341 }, () => '\u00e9').join('.');
    expect(parseJid(`${most}a`).domainpart).toBe(`${most}a`);
    expect(() => parseJid(`${most}ab`)).toThrow(
      new JidError(
        'invalid-domainpart',
        'a domainpart: a domain name, an IPv4 address or an IPv6 address in brackets',
        `${most}ab`,
      ),
    );
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
