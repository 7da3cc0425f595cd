import { expect, test } from 'vitest';
import { buildClientState } from '../../src/payloads/index.ts';
import { stanzaKind } from '../../src/stanza/index.ts';
import { parseElement } from '../../src/xml/index.ts';

test('a client says that it is active or inactive as in XEP-0352 §4.2', () => {
  expect(buildClientState('inactive')).toEqual(parseElement("<inactive xmlns='urn:xmpp:csi:0'/>"));
  expect(buildClientState('active')).toEqual(parseElement("<active xmlns='urn:xmpp:csi:0'/>"));
});

test('what it says is no stanza', () => {
  expect(stanzaKind(buildClientState('active'))).toBeUndefined();
});
