import type { Subprotocol } from '../../../machines/index.ts';
import { TransportError } from '../../../src/errors/index.ts';
import { createId, NS_CLIENT } from '../../../src/stanza/index.ts';
import { puppet } from '../../../src/testing/model/index.ts';
import { element } from '../../../src/xml/index.ts';
import { CHANNEL } from '../client-steps.ts';
import { hasStream, type Turn, type Turns } from './turn.ts';

/*
 * What the application, the platform and the network do.
 */

const PRESENCE = element(`{${NS_CLIENT}}presence`);

export const OUTSIDE = {
  start: caused((stage) => stage.client.start()),
  // Before there is a stream, nothing is to be closed: the client is offline at once.
  stop: { ...caused((stage) => stage.stop()), where: (state) => !state.startsWith('linked') || hasStream(state) },
  'reconnect.now': caused((stage) => stage.tell({ type: 'reconnect.now' })),
  'network.offline': caused((stage) => stage.tell({ type: 'network.offline' })),
  'network.online': caused((stage) => stage.tell({ type: 'network.online' })),
  'platform.woke': caused((stage) => stage.tell({ type: 'platform.woke' })),
  'app.active': caused((stage) => stage.tell({ type: 'app.active' })),
  'app.inactive': caused((stage) => stage.tell({ type: 'app.inactive' })),
  'stanza.send': {
    event: { stanza: PRESENCE },
    play: (stage) => stage.tell({ type: 'stanza.send', stanza: PRESENCE }),
  },
  'subprotocol.use': {
    event: { subprotocol: subprotocolCalled('x') },
    play: (stage) => stage.tell({ type: 'subprotocol.use', subprotocol: subprotocolCalled(createId()) }),
  },
  'subprotocol.tell': {
    event: { name: 'x', event: { type: 'x' } },
    play: (stage) => stage.tell({ type: 'subprotocol.tell', name: 'x', event: { type: 'x' } }),
  },

  'xstate.done.actor.recall': {
    nothing: {
      event: { output: { pin: undefined, token: undefined } },
      play: (stage) => stage.recall.answer('nothing'),
    },
  },
  'xstate.error.actor.recall': {
    event: { error: new TransportError('x', { condition: 'store-failed' }) },
    play: (stage) => stage.recall.fail(new Error('the disk is full')),
  },

  'transport.connected': {
    event: { roundTrip: 0 },
    where: (state) => state === 'linked.connecting',
    isSure: (state) => state === 'linked.connecting',
    play: (stage) => stage.accept(),
  },
  'transport.secured': {
    event: { channel: CHANNEL },
    where: (state) => state === 'linked.securing.handshaking',
    // That is the answer to the consent of the server, or comes with direct TLS.
    play: () => {},
  },
  'transport.failed': {
    event: { error: new TransportError('x', { condition: 'connection-reset' }) },
    where: (state) => state.startsWith('linked') && state !== 'linked.closing',
    play: (stage) => stage.peer.reset(),
  },
  'transport.closed': { event: {}, where: (state) => state === 'linked.closing', play: (stage) => stage.peer.end() },
  'transport.silent': { event: {}, where: (state) => state.includes('stable+'), play: (stage) => stage.passTime() },
} as const satisfies Turns;

function subprotocolCalled(name: string): Subprotocol {
  return { name, features: [], routes: [], logic: puppet() };
}

/** What the application or the platform does. */
function caused(play: Turn['play']): Turn {
  return { event: {}, play };
}
