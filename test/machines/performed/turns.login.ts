import { createHmac } from 'node:crypto';
import { NS_BIND2, NS_SASL2, parseSasl2Offer, SaslError } from '../../../src/sasl/index.ts';
import { NS_SASL, NS_SM } from '../../../src/stream/index.ts';
import { parseElement } from '../../../src/xml/index.ts';
import type { ClientSnapshot } from '../client-steps.ts';
import type { Stage } from './stage.ts';
import { hasStream, said, stateOf, type Turn, type Turns } from './turn.ts';
import { FULL_JID } from './turns.server.ts';

/*
 * What the server says to a login, and what comes of it.
 */

const BOUND = `<bound xmlns='${NS_BIND2}'/>`;
const BOUND_AND_MANAGED = `<bound xmlns='${NS_BIND2}'><enabled xmlns='${NS_SM}' id='m1' resume='true'/></bound>`;
const RESUMED = `<resumed xmlns='${NS_SM}' previd='m1' h='0'/>`;

export const LOGIN = {
  'sasl.challenged': outOfTurn(`<challenge xmlns='${NS_SASL}'>AAAA</challenge>`),
  'sasl.failed': outOfTurn(`<failure xmlns='${NS_SASL}'><not-authorized/></failure>`),
  'sasl.succeeded': {
    'as in RFC 6120': outOfTurn(`<success xmlns='${NS_SASL}'/>`),
    'nothing bound': accepted('juliet@example.org', '', {}),
    bound: accepted(FULL_JID, BOUND, { bound: parseElement(BOUND) }),
    'bound and managed': accepted(FULL_JID, BOUND_AND_MANAGED, { bound: parseElement(BOUND_AND_MANAGED) }),
    resumed: accepted('juliet@example.org', RESUMED, { resumption: parseElement(RESUMED) }),
  },
  'xstate.done.actor.authentication': {
    success: {
      event: (snapshot) => (snapshot.context.outcome || isBySasl(snapshot) ? concluded('PLAIN', undefined) : undefined),
      isSure: (state) => state === 'linked.loggingIn.verifying',
      play: (stage) => stage.state === 'linked.authenticating' && answerLogin(stage, `<success xmlns='${NS_SASL}'/>`),
    },
    refused: {
      event: (snapshot) =>
        hasWay(snapshot) && !usesToken(snapshot) ? concluded('PLAIN', 'not-authorized') : undefined,
      play: refuse,
    },
    silence: {
      event: (snapshot) => (hasWay(snapshot) ? concluded('PLAIN', 'temporary-auth-failure') : undefined),
      where: (state) => !state.startsWith('linked.loggingIn.awaiting'),
      play: async (stage) => {
        await hearLogin(stage);
        stage.passTime();
      },
    },
    'the token is refused, and nothing else was known': {
      event: (snapshot) => (usesToken(snapshot) ? concluded(undefined, 'invalid-mechanism') : undefined),
      where: (state) => state === 'linked.loggingIn.exchanging',
      play: refuse,
    },
    'nothing that we know': {
      event: (snapshot) =>
        isExchanging(snapshot) && !hasWay(snapshot) ? concluded(undefined, 'invalid-mechanism') : undefined,
      isSure: () => true,
      play: () => {},
    },
  },
} as const satisfies Turns;

/** The token that the scenes with one have. */
export const TOKEN = {
  mechanism: 'HT-SHA-256-NONE',
  token: 'a secret token',
  userAgent: 'of-the-token',
  inline: { bind: [], sm: false },
};

/** What belongs to a login, where there is none. */
function outOfTurn(xml: string): Turn {
  return {
    ...said(xml, {
      payload: undefined,
      outcome: undefined,
      error: new SaslError('x', { condition: 'not-authorized' }),
    }),
    where: (state) => hasStream(state) && !/authenticating|loggingIn/.test(state),
  };
}

/** The server says that we are in (XEP-0388 §2.6). */
function accepted(identifier: string, inner: string, more: object): Turn {
  const outcome = { identifier, bound: undefined, bindFailed: false, resumption: undefined, token: undefined, ...more };
  const said = `<authorization-identifier>${identifier}</authorization-identifier>${inner}`;
  return {
    event: { payload: undefined, outcome },
    where: (state) => state === 'linked.loggingIn.exchanging',
    play: async (stage, _ahead, along) => {
      const { attributes } = await hearLogin(stage);
      const proof =
        attributes.mechanism === TOKEN.mechanism ? `<additional-data>${proofOfToken()}</additional-data>` : '';
      await stage.peer.sends(`<success xmlns='${NS_SASL2}'>${proof}${said}</success>${along}`);
    },
  };
}

/** What a server that knows the token can compute (XEP-0484 §3.4). */
function proofOfToken(): string {
  return createHmac('sha256', TOKEN.token).update('Responder').digest('base64');
}

function refuse(stage: Stage): PromiseLike<unknown> {
  const namespace = stage.state === 'linked.authenticating' ? NS_SASL : NS_SASL2;
  return answerLogin(stage, `<failure xmlns='${namespace}'><not-authorized xmlns='${NS_SASL}'/></failure>`);
}

function answerLogin(stage: Stage, xml: string): PromiseLike<unknown> {
  return hearLogin(stage).sends(xml);
}

/** The first word of a login. */
function hearLogin(stage: Stage) {
  return stage.peer.awaits(({ name }) => name === 'auth' || name === 'authenticate');
}

function concluded(
  mechanism: string | undefined,
  condition: 'not-authorized' | 'temporary-auth-failure' | 'invalid-mechanism' | undefined,
) {
  const error = condition && new SaslError('x', { condition });
  return { output: { mechanism, error, outcome: undefined, enabled: [], unsaved: undefined } };
}

/** Whether a login is under way that the server has not answered. */
export function isExchanging(snapshot: ClientSnapshot): boolean {
  const state = stateOf(snapshot);
  return state === 'linked.authenticating' || (state === 'linked.loggingIn.exchanging' && !snapshot.context.outcome);
}

/** Whether it can be answered: there is something to log in with. */
function hasWay(snapshot: ClientSnapshot): boolean {
  return isExchanging(snapshot) && (usesToken(snapshot) || offers(snapshot).includes('PLAIN'));
}

function isBySasl(snapshot: ClientSnapshot): boolean {
  return hasWay(snapshot) && stateOf(snapshot) === 'linked.authenticating';
}

function usesToken(snapshot: ClientSnapshot): boolean {
  return (
    isExchanging(snapshot) &&
    stateOf(snapshot) !== 'linked.authenticating' &&
    snapshot.context.recalled.token !== undefined
  );
}

/** The mechanisms that there are for it. */
export function offers(snapshot: ClientSnapshot): readonly string[] {
  const { features } = snapshot.context;
  if (stateOf(snapshot) === 'linked.authenticating') return features?.mechanisms ?? [];
  return (features && parseSasl2Offer(features.element)?.mechanisms) ?? [];
}
