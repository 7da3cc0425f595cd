import type { SnapshotFrom } from 'xstate';
import type { authenticationMachine } from '../../../machines/index.ts';
import { storeError } from '../../../src/errors/index.ts';
import type { Cases } from '../../../src/testing/model/index.ts';
import { payload, saslError } from '../authentication-steps.ts';

/*
 * What can happen to an authentication, one entry for each event.
 */

/** In the profile of XEP-0388 the server says who we are. */
const OUTCOME = {
  identifier: 'juliet@example.org',
  bound: undefined,
  bindFailed: false,
  resumption: undefined,
  token: undefined,
};

export const authenticationCases: Cases<typeof authenticationMachine> = {
  'exchange.started': [{ payload }],
  'exchange.answered': [{ payload }],
  'exchange.verified': {
    'all is kept': { unsaved: undefined },
    'a store failed': { unsaved: storeError('The store of the application failed') },
  },
  'exchange.refused': {
    'wrong credentials': { error: saslError('not-authorized') },
    'credentials have expired': { error: saslError('credentials-expired') },
    'for good': { error: saslError('malformed-challenge') },
  },
  'exchange.failed': [{ error: saslError('missing-credentials') }],
  'sasl.challenged': [{ payload }],
  'sasl.succeeded': {
    'as in RFC 6120': { payload: undefined, outcome: undefined },
    'as in XEP-0388': { payload: undefined, outcome: OUTCOME },
  },
  'sasl.failed': [{ error: saslError('not-authorized') }],
  'xstate.error.actor.exchange': [{ error: new Error('the mechanism exploded') }],
};

/** What guards ask for. */
export function authenticationKey({ context }: SnapshotFrom<typeof authenticationMachine>): unknown {
  const { choice, recalled, renewals, rejected } = context;
  const { chosen, usesToken, guessed, channelBinding } = choice;
  return [chosen?.name, usesToken, guessed, channelBinding, recalled.token !== undefined, renewals, rejected];
}
