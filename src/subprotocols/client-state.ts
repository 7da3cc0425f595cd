import { fromCallback } from 'xstate';
import type { AppState } from '../../machines/app-state.ts';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent } from '../../machines/events.ts';
import type { InlineRequest } from '../../machines/subprotocol.ts';
import type { ClientSubprotocol } from '../client/index.ts';
import { buildClientState, NS_CLIENT_STATE } from '../payloads/index.ts';

/**
 * Tells the server whether somebody uses the client, so that it can save traffic while nobody does: what it then holds back
 * or drops is up to the server (XEP-0352 §5). Servers that do not offer this are told nothing.
 */
export interface ClientStateApi {
  /** Somebody uses the client: as it is from the beginning. */
  active(): void;
  /** Nobody does, until it is said otherwise, also in sessions to come. */
  inactive(): void;
}

/** Client State Indication (XEP-0352): follows the client's `app.active` and `app.inactive`. */
export function clientStateProtocol(): ClientSubprotocol<ClientStateApi> {
  return {
    name: 'client-state',
    features: [],
    routes: [],
    inline: (app) => (app === 'inactive' ? [INACTIVE_ALONG] : []),
    logic: indicator,
    api: (client) => ({
      active: () => client.command({ type: 'app.active' }),
      inactive: () => client.command({ type: 'app.inactive' }),
    }),
  };
}

const INACTIVE_ALONG: InlineRequest = { feature: NS_CLIENT_STATE, request: buildClientState('inactive') };

const indicator = fromCallback<SessionLifecycleEvent, SubprotocolInput>(({ input, receive }) => {
  let isOffered = false;
  let known: AppState = 'active';
  receive((event) => {
    switch (event.type) {
      case 'session.started':
        isOffered = [...event.features, ...event.enabled].includes(NS_CLIENT_STATE);
        known = begunAs(event);
        return indicate(event.app);
      case 'app.active':
        return indicate('active');
      case 'app.inactive':
        return indicate('inactive');
    }
  });

  // While the connection is lost it goes nowhere, and is told when the session goes on.
  function indicate(state: AppState): void {
    if (!isOffered || state === known) return;
    known = state;
    input.outbox.send({ type: 'nonza.send', nonza: buildClientState(state) });
  }
});

/** XEP-0352 §4.2, §5.2: each stream begins as active, one that a session goes on with too; unless the login said otherwise. */
function begunAs({ isNewStream, enabled }: Extract<SessionLifecycleEvent, { type: 'session.started' }>): AppState {
  return isNewStream && enabled.includes(NS_CLIENT_STATE) ? 'inactive' : 'active';
}
