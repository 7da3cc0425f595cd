import { describe, expect, it } from 'vitest';
import { track } from './iq-track.ts';

const ROMEO = 'romeo@example.net/orchard';

describe('an answer counts with the id of a request, from whom it was asked (RFC 6120 §8.1.2.1, §10.3.3)', () => {
  it.each<[to: string | undefined, from: string | undefined, counts: boolean]>([
    // The account itself: its server answers, without `from`, as the account, as the resource, or as the domain.
    [undefined, undefined, true],
    [undefined, 'juliet@example.org', true],
    [undefined, 'juliet@example.org/balcony', true],
    [undefined, 'example.org', true],
    [undefined, 'juliet@example.org/chamber', false],
    [undefined, 'example.net', false],
    [undefined, 'romeo@example.org', false],
    [undefined, 'nurse@example.org/balcony', false],
    [undefined, 'not a@jid@', false],
    ['juliet@example.org', undefined, true],
    ['juliet@example.org', 'juliet@example.org', true],
    ['juliet@example.org', 'example.org', true],
    ['juliet@example.org', ROMEO, false],
    ['JULIET@Example.ORG', 'juliet@example.org', true],
    // The server.
    ['example.org', 'example.org', true],
    ['example.org', 'EXAMPLE.org', true],
    ['example.org', undefined, true],
    ['example.org', 'juliet@example.org', false],
    ['example.org', 'upload.example.org', false],
    // Our other resources, and this one.
    ['juliet@example.org/chamber', 'juliet@example.org/chamber', true],
    ['juliet@example.org/chamber', 'juliet@example.org', false],
    ['juliet@example.org/chamber', undefined, false],
    ['juliet@example.org/balcony', 'juliet@example.org/balcony', true],
    // Everybody else.
    [ROMEO, ROMEO, true],
    [ROMEO, 'Romeo@EXAMPLE.net/orchard', true],
    [ROMEO, 'romeo@example.net/Orchard', false],
    [ROMEO, 'romeo@example.net', false],
    [ROMEO, 'example.net', false],
    [ROMEO, undefined, false],
    [ROMEO, 'juliet@example.org', false],
    ['conference.example.net', 'conference.example.net', true],
    ['conference.example.net', 'example.net', false],
  ])('asked %s, answered by %s: %s', (to, from, counts) => {
    const { request, receive, outcomes, dropped } = track();
    request('q1', { to });
    receive('result', 'q1', from);
    expect(outcomes).toEqual(counts ? ['q1 result'] : []);
    expect(dropped()).toEqual(counts ? [] : ['foreign-answer']);
  });

  it('whatever it says: a result, or an error', () => {
    const { request, receive, outcomes } = track();
    request('q1', { to: ROMEO });
    request('q2', { to: ROMEO });
    receive('error', 'q2', ROMEO);
    receive('result', 'q1', ROMEO);
    expect(outcomes).toEqual(['q2 stanza/item-not-found', 'q1 result']);
  });

  it('once: what comes again, or was never asked, is dropped', () => {
    const { request, receive, outcomes, dropped } = track();
    request('q1');
    receive('result', 'q1');
    receive('result', 'q1');
    receive('error', 'q1');
    receive('result', 'other');
    receive('result', undefined);
    expect(outcomes).toEqual(['q1 result']);
    expect(dropped()).toEqual(['unknown-answer', 'unknown-answer', 'unknown-answer', 'unknown-answer']);
  });

  it('still after somebody else tried to give it', () => {
    const { request, receive, outcomes, dropped } = track();
    request('q1', { to: ROMEO });
    receive('error', 'q1', 'mallory@example.com');
    receive('result', 'q1', ROMEO);
    expect(outcomes).toEqual(['q1 result']);
    expect(dropped()).toEqual(['foreign-answer']);
  });

  it('whatever its id is called', () => {
    const { request, receive, outcomes, dropped } = track();
    receive('result', '__proto__');
    receive('result', 'constructor');
    request('__proto__');
    receive('result', '__proto__');
    expect([outcomes, dropped()]).toEqual([['__proto__ result'], ['unknown-answer', 'unknown-answer']]);
  });
});
