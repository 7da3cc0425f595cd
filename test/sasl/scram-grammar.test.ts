import { describe, expect, test } from 'vitest';
import { formatGs2Header, parseGs2Header } from '../../src/sasl/gs2.ts';
import {
  parseClientFinal,
  parseClientFirst,
  parseServerFinal,
  parseServerFirst,
  readMessage,
  ScramSyntaxError,
} from '../../src/sasl/scram-grammar.ts';
import { utf8 } from './scram-peer.ts';

const BYTES = new Uint8Array([1, 2, 3]);
const EXTENSION = 'expected no m=, an extension this side does not know';

describe('what RFC 5802 §7 allows', () => {
  test('as the first message of a server', () => {
    const first = { nonce: 'abc', salt: BYTES, iterations: 4096, offerHash: undefined };
    expect(parseServerFirst('r=abc,s=AQID,i=4096')).toEqual(first);
    expect(parseServerFirst('r=abc,s=AQID,i=4096,x=1,h=hash=')).toEqual({ ...first, offerHash: 'hash=' });
    expect(parseServerFirst('r=!+-~,s=AQID,i=1')).toEqual({ ...first, nonce: '!+-~', iterations: 1 });
  });

  test('as the last message of a server', () => {
    expect(parseServerFinal('v=AQID')).toEqual({ type: 'verifier', signature: BYTES });
    expect(parseServerFinal('v=AQID,x=1')).toEqual({ type: 'verifier', signature: BYTES });
    expect(parseServerFinal('e=other-error')).toEqual({ type: 'error', value: 'other-error' });
  });

  test('as the first message of a client', () => {
    expect(parseClientFirst('p=tls-exporter,a=x=2Cy=3Dz,n=us=2Cer=3D,r=abc')).toEqual({
      gs2: { flag: 'p=tls-exporter', authzid: 'x,y=z' },
      gs2Text: 'p=tls-exporter,a=x=2Cy=3Dz,',
      bare: 'n=us=2Cer=3D,r=abc',
      username: 'us,er=',
      nonce: 'abc',
    });
  });

  test('as the last message of a client', () => {
    expect(parseClientFinal('c=biws,r=abc,x=1,p=AQID')).toEqual({
      channelBinding: utf8('n,,'),
      nonce: 'abc',
      proof: BYTES,
      withoutProof: 'c=biws,r=abc,x=1',
    });
  });
});

describe('what it does not allow is refused, with the reason:', () => {
  test.each<readonly [(message: string) => unknown, string, string]>([
    [parseServerFirst, '', 'expected attributes like a=b'],
    [parseServerFirst, 'r=', 'expected attributes like a=b'],
    [parseServerFirst, 'rr=abc', 'expected attributes like a=b'],
    [parseServerFirst, '1=abc', 'expected attributes like a=b'],
    [parseServerFirst, 'r=abc\0,s=AQID,i=1', 'expected attributes like a=b'],
    [parseServerFirst, 's=AQID,r=abc,i=1', 'expected r=, got s='],
    [parseServerFirst, 'r=abc,s=AQID', 'expected i= at the end'],
    [parseServerFirst, 'r=abc', 'expected s= at the end'],
    [parseServerFirst, 'r=abc,r=abc', 'expected r= only once'],
    [parseServerFirst, 'r=abc,s=AQID,i=1,x=1,x=2', 'expected x= only once'],
    [parseServerFirst, 'm=1,r=abc,s=AQID,i=1', EXTENSION],
    [parseServerFirst, 'r=abc,s=AQID,i=1,m=1', EXTENSION],
    [parseServerFirst, 'r=abc,s=AQI,i=1', 'expected base64 in s='],
    [parseServerFirst, 'r=abc,s=AQID,i=0', 'expected a positive number in i='],
    [parseServerFirst, 'r=abc,s=AQID,i=01', 'expected a positive number in i='],
    [parseServerFirst, 'r=abc,s=AQID,i=-1', 'expected a positive number in i='],
    [parseServerFirst, 'r=abc,s=AQID,i=1e3', 'expected a positive number in i='],
    [parseServerFirst, 'r=\u007fabc,s=AQID,i=1', 'expected printable ASCII in r='],
    [parseServerFirst, 'r=a bc,s=AQID,i=1', 'expected printable ASCII in r='],
    [parseServerFirst, 'r=ab\u00e9,s=AQID,i=1', 'expected printable ASCII in r='],
    [parseServerFinal, 'v=AQI', 'expected base64 in v='],
    [parseServerFinal, 'x=1', 'expected v=, got x='],
    [parseServerFinal, 'e=', 'expected attributes like a=b'],
    [parseClientFirst, 'n=user,r=abc', 'expected a GS2 header'],
    [parseClientFirst, 'xn,,n=user,r=abc', 'expected a GS2 header'],
    [parseClientFirst, 'p=,,n=user,r=abc', 'expected a GS2 header'],
    [parseClientFirst, 'n,a=x=y,n=user,r=abc', 'expected a GS2 header'],
    [parseClientFirst, 'n,,n=us=er,r=abc', 'expected , and = to be escaped in n='],
    [parseClientFirst, 'n,,r=abc,n=user', 'expected n=, got r='],
    [parseClientFinal, 'c=biws,r=abc', 'expected p= at the end'],
    [parseClientFinal, ',p=AQID', 'expected attributes like a=b'],
    [parseClientFinal, 'c=biws,r=abc,p=AQID,p=AQID', 'expected p= only once'],
    [parseClientFinal, 'c=biw,r=abc,p=AQID', 'expected base64 in c='],
    [parseClientFinal, 'c=biws,r=abc,p=AQI', 'expected base64 in p='],
  ])('%o, %j', (parse, message, reason) => {
    expect(() => parse(message)).toThrow(new ScramSyntaxError(reason));
  });

  test('bytes that are no text', () => {
    expect(() => readMessage(new Uint8Array([0xff]))).toThrow(new ScramSyntaxError('expected UTF-8'));
    expect(new ScramSyntaxError('x').name).toBe('ScramSyntaxError');
  });
});

test.each([
  ['n,,', { flag: 'n', authzid: undefined }],
  ['y,a=a=3Db=2Cc,', { flag: 'y', authzid: 'a=b,c' }],
  ['p=tls-exporter,,', { flag: 'p=tls-exporter', authzid: undefined }],
] as const)('the GS2 header %s is written and read', (header, meaning) => {
  expect(formatGs2Header(meaning)).toBe(header);
  expect(parseGs2Header(`${header}n=user`)).toEqual({ ...meaning, length: header.length });
});
