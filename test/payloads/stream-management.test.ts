import { describe, expect, test } from 'vitest';
import {
  buildAck,
  buildAckRequest,
  buildEnable,
  buildEnabled,
  buildManagementFailed,
  buildResume,
  buildResumed,
  parseAck,
  parseEnable,
  parseEnabled,
  parseManagementFailed,
  parseResume,
  parseResumed,
} from '../../src/payloads/stream-management.ts';
import { parseElement } from '../../src/xml/index.ts';

const SM = "xmlns='urn:xmpp:sm:3'";
const STANZAS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";

describe('what the client says', () => {
  test('asks for a stream that is managed and can be resumed (XEP-0198 §5)', () => {
    const enable = parseElement(`<enable ${SM} resume='true'/>`);
    expect(buildEnable()).toEqual(enable);
    expect(parseEnable(enable)).toEqual({ resume: true });
  });

  test.each([
    ['1', true],
    ['false', false],
    ['0', false],
    ['TRUE', false],
  ])('asks for it with the boolean %s', (resume, expected) => {
    expect(parseEnable(parseElement(`<enable ${SM} resume='${resume}'/>`))).toEqual({ resume: expected });
  });

  test('or for one that is managed and cannot (XEP-0198 §3)', () => {
    expect(parseEnable(parseElement(`<enable ${SM}/>`))).toEqual({ resume: false });
  });

  test('asks for an earlier session (XEP-0198 §5)', () => {
    const resume = parseElement(`<resume ${SM} h='7' previd='some-long-sm-id'/>`);
    expect(buildResume('some-long-sm-id', 7)).toEqual(resume);
    expect(parseResume(resume)).toEqual({ previd: 'some-long-sm-id', h: 7 });
  });
});

describe('what both sides say', () => {
  test('asks how many stanzas were handled, and tells it (XEP-0198 §4)', () => {
    expect(buildAckRequest()).toEqual(parseElement(`<r ${SM}/>`));
    const ack = parseElement(`<a ${SM} h='1'/>`);
    expect(buildAck(1)).toEqual(ack);
    expect(parseAck(ack)).toBe(1);
  });
});

describe('what the server says', () => {
  test('is that the stream is managed (XEP-0198 §3)', () => {
    const enabled = { id: undefined, max: undefined, location: undefined };
    expect(buildEnabled(enabled)).toEqual(parseElement(`<enabled ${SM}/>`));
    expect(parseEnabled(parseElement(`<enabled ${SM}/>`))).toEqual(enabled);
  });

  test('that it can be resumed, for how long, and where (XEP-0198 §5)', () => {
    const xml = `<enabled ${SM} id='some-long-sm-id' location='[2001:41D0:1:A49b::1]:9222' max='600' resume='true'/>`;
    const enabled = { id: 'some-long-sm-id', max: 600, location: '[2001:41D0:1:A49b::1]:9222' };
    expect(parseEnabled(parseElement(xml))).toEqual(enabled);
    expect(buildEnabled(enabled)).toEqual(parseElement(xml));
  });

  test.each([
    ["id='i' resume='1'", 'i'],
    ["id='i'", undefined],
    ["id='i' resume='false'", undefined],
    ["id='i' resume='yes'", undefined],
    ["resume='true'", undefined],
    ["id='' resume='true'", undefined],
  ])('names a session that can be resumed only with leave to do so: %s', (attributes, id) => {
    expect(parseEnabled(parseElement(`<enabled ${SM} ${attributes}/>`))?.id).toBe(id);
  });

  test('is that the session goes on (XEP-0198 §5)', () => {
    const resumed = parseElement(`<resumed ${SM} h='9' previd='some-long-sm-id'/>`);
    expect(buildResumed({ previd: 'some-long-sm-id', h: 9 })).toEqual(resumed);
    expect(parseResumed(resumed)).toEqual({ previd: 'some-long-sm-id', h: 9 });
    expect(parseResumed(parseElement(`<resumed ${SM} h='9'/>`))).toBeUndefined();
  });

  test('is that it is too late, and how many stanzas were handled (XEP-0198 §5)', () => {
    const failed = parseElement(`<failed ${SM} h='3'><item-not-found ${STANZAS}/></failed>`);
    expect(buildManagementFailed('item-not-found', 3)).toEqual(failed);
    expect(parseManagementFailed(failed)).toMatchObject({ h: 3, error: { code: 'stanza/item-not-found' } });
  });

  test('is that something is wrong (XEP-0198 §6)', () => {
    const failed = parseElement(`<failed ${SM}><unexpected-request ${STANZAS}/></failed>`);
    expect(buildManagementFailed('unexpected-request')).toEqual(failed);
    const parsed = parseManagementFailed(failed);
    expect(parsed).toMatchObject({ error: { code: 'stanza/unexpected-request' } });
    expect(parsed?.h).toBeUndefined();
    expect(parseManagementFailed(parseElement(`<failed ${SM}/>`))?.error.code).toBe('stanza/undefined-condition');
  });

  test('is nothing in another namespace, or under another name', () => {
    for (const parse of [parseEnabled, parseResumed, parseManagementFailed]) {
      expect(parse(undefined)).toBeUndefined();
      expect(parse(parseElement(`<a ${SM} h='1' previd='i'/>`))).toBeUndefined();
    }
    expect(parseEnabled(parseElement("<enabled xmlns='urn:xmpp:sm:2'/>"))).toBeUndefined();
    expect(parseResumed(parseElement("<resumed xmlns='urn:xmpp:sm:2' h='1' previd='i'/>"))).toBeUndefined();
    expect(parseManagementFailed(parseElement("<failed xmlns='urn:xmpp:sm:2'/>"))).toBeUndefined();
    expect(parseAck(parseElement("<a xmlns='urn:xmpp:sm:2' h='1'/>"))).toBeUndefined();
    expect(parseAck(parseElement(`<r ${SM} h='1'/>`))).toBeUndefined();
  });
});

describe('a count', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['4294967295', 4294967295],
  ])('%s is one of 32 bits (XEP-0198 §4)', (text, count) => {
    expect(counts(text)).toEqual([count, count, count, count, count]);
  });

  test.each(['', '-1', '+1', '1.0', '1e3', '0x10', '01', '00', ' 1', '1 ', '4294967296', '9'.repeat(400), 'NaN', '١'])(
    '%j is none',
    (text) => {
      expect(counts(text)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    },
  );

  test('that is missing is none', () => {
    expect(parseAck(parseElement(`<a ${SM}/>`))).toBeUndefined();
    expect(parseResumed(parseElement(`<resumed ${SM} previd='i'/>`))).toBeUndefined();
    expect(parseResume(parseElement(`<resume ${SM} previd='i'/>`))).toBeUndefined();
  });
});

/** What all that read a count make of this text. */
function counts(text: string): (number | undefined)[] {
  const counted = (name: string) => parseElement(`<${name} ${SM} previd='i' h='${text}' max='${text}'/>`);
  return [
    parseAck(counted('a')),
    parseResumed(counted('resumed'))?.h,
    parseResume(counted('resume'))?.h,
    parseManagementFailed(counted('failed'))?.h,
    parseEnabled(counted('enabled'))?.max,
  ];
}
