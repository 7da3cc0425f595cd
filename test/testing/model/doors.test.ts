import { expect, it } from 'vitest';
import type { EndpointAttempt, IqOptions, StanzaErrorOptions } from '../../../src/browser.ts';
import type { EndpointAttempt as NodeAttempt } from '../../../src/node.ts';
import type { Carbon } from '../../../src/subprotocols/carbons.ts';
import type { Message, MessageOptions } from '../../../src/subprotocols/message.ts';
import type { Presence, PresenceOptions } from '../../../src/subprotocols/presence.ts';
import type { SoftwareVersion } from '../../../src/subprotocols/version.ts';
import type { Finding, Omission, SnapshotOf, TourGroup, VerifyOptions } from '../../../src/testing/index.ts';
import type { pilgrim } from './machines.ts';

/** The compiler is the test: each door has the types that its functions name. */
interface Named {
  readonly main: [EndpointAttempt, NodeAttempt, IqOptions, StanzaErrorOptions];
  readonly stanzas: [Carbon, Message, MessageOptions, Presence, PresenceOptions, SoftwareVersion];
  readonly testing: [Finding, Omission, TourGroup, VerifyOptions, SnapshotOf<typeof pilgrim>];
}

it('has a name for whatever its functions take and give', () => {
  const version: Named['stanzas'][5] = { name: 'xstate-xmpp', version: '0.1.0' };
  const attempts: readonly Named['main'][1][] = [];
  const group: Named['testing'][2] = 'binding';
  expect([version.name, attempts, typeof group]).toEqual(['xstate-xmpp', [], 'string']);
});
