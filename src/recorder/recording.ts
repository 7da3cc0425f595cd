import type { StateValue } from 'xstate';
import type { ClientContext } from '../../machines/client.types.ts';
import { statePath } from '../../machines/state-path.ts';
import type { Json, RecordedElement, RecordedEvent, Recording } from '../errors/index.ts';
import type { Ordered } from './element-ring.ts';
import { Encoder } from './encode.ts';
import type { History, Step } from './steps.ts';

/**
 * Puts what is known of a client into plain JSON.
 *
 * @param epoch the moment when the clock stood at zero, in milliseconds since 1970
 */
export function recordingOf(
  { base, steps }: History,
  elements: readonly Ordered<RecordedElement>[],
  epoch: number,
): Recording {
  const encoder = new Encoder();
  const { at: origin, value, context, since, dropped } = base;
  return {
    format: 'xstate-xmpp/recording',
    version: 1,
    account: context.settings.jid.bare,
    startedAt: epoch + origin,
    dropped,
    base: {
      state: statePath(value),
      value: encoder.encode(value),
      clock: origin,
      since: Object.fromEntries([...since].map(([path, at]) => [path, at - origin])),
      context: encodeContext(context, encoder),
    },
    entries: [...steps.map((step) => recordedEvent(step, origin, encoder)), ...elements]
      .toSorted((one, other) => one.order - other.order)
      .map(({ entry }) => entry),
  };
}

function recordedEvent(step: Step, origin: number, encoder: Encoder): Ordered<RecordedEvent> {
  const { order, at, event, value, error, decided } = step;
  return {
    order,
    entry: {
      kind: 'event',
      at: at - origin,
      event: event.type,
      state: statePath(value as StateValue),
      ...(error ? { error: { code: error.code, message: error.message } } : {}),
      data: encoder.encode(event),
      ...(decided ? { decided: encoder.encode(decided) } : {}),
    },
  };
}

/** Of the settings, those that the chart decides by. */
function encodeContext({ settings, ...known }: ClientContext, encoder: Encoder): Json {
  const { jid, credentialKinds, location, mechanisms, channelBinding, pipelining, liveness, streamManagement } =
    settings;
  const { language, timeouts, limits, startsAtOnce, tokens, sessions, tls } = settings;
  return encoder.encode({
    ...known,
    settings: {
      ...{ jid, credentialKinds, location, mechanisms, channelBinding, pipelining, liveness, streamManagement },
      ...{ language, timeouts, limits, startsAtOnce, tokens, sessions },
      tls: { minVersion: tls.minVersion, trustsAnyCertificate: tls.trustsAnyCertificate },
    },
  });
}
