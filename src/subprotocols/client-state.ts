import { fromCallback } from 'xstate';
import type { SubprotocolInput } from '../../machines/contracts.ts';
import type { SessionLifecycleEvent } from '../../machines/events.ts';
import type { InlineRequest } from '../../machines/subprotocol.ts';
import type { ClientSubprotocol } from '../client/index.ts';
import { buildClientState, type ClientState, NS_CLIENT_STATE } from '../payloads/index.ts';

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

/** Client State Indication (XEP-0352). */
export function clientStateProtocol(): ClientSubprotocol<ClientStateApi> {
  // Whether somebody looks does not depend on sessions: it is told anew in each.
  let state: ClientState = 'active';
  return {
    name: 'client-state',
    features: [],
    routes: [],
    get inline() {
      return state === 'inactive' ? [INACTIVE_ALONG] : [];
    },
    logic: indicator(() => state),
    api: (client) => {
      const become = (next: ClientState) => () => {
        if (state === next) return;
        state = next;
        client.tell({ type: 'client-state.changed' });
      };
      return { active: become('active'), inactive: become('inactive') };
    },
  };
}

const INACTIVE_ALONG: InlineRequest = { feature: NS_CLIENT_STATE, request: buildClientState('inactive') };

function indicator(state: () => ClientState) {
  return fromCallback<SessionLifecycleEvent | { readonly type: 'client-state.changed' }, SubprotocolInput>(
    ({ input, receive }) => {
      let isOffered = false;
      receive((event) => {
        switch (event.type) {
          case 'session.started':
            isOffered = [...event.features, ...event.enabled].includes(NS_CLIENT_STATE);
            return state() === begunAs(event) ? undefined : indicate();
          case 'client-state.changed':
            return indicate();
        }
      });

      // While the connection is lost it goes nowhere, and is told when the session goes on.
      function indicate(): void {
        if (isOffered) input.outbox.send({ type: 'nonza.send', nonza: buildClientState(state()) });
      }
    },
  );
}

/** XEP-0352 §4.2, §5.2: each stream begins as active, one that a session goes on with too; unless the login said otherwise. */
function begunAs({ resumed, enabled }: Extract<SessionLifecycleEvent, { type: 'session.started' }>): ClientState {
  return !resumed && enabled.includes(NS_CLIENT_STATE) ? 'inactive' : 'active';
}
