import { createActor, type EventObject } from 'xstate';
import type { TransportCommand } from '../../machines/contracts.ts';
import type { DeliveryReport, SendOptions, SessionLedger } from '../../machines/delivery.ts';
import { outboxLogic } from '../../src/actors/outbox.ts';
import { clientInput } from '../../src/client/client-input.ts';
import type { ClientOptions } from '../../src/client/options.ts';
import { OptionError, type XmppError } from '../../src/errors/index.ts';
import { NS_CLIENT } from '../../src/stanza/index.ts';
import { StreamLedger } from '../../src/stream/index.ts';
import { type Element, element, serialize } from '../../src/xml/index.ts';
import { createTestClock } from '../support/clock.ts';
import { recorder } from './recorder.ts';

/*
 * An outbox, and transports that write down what they are told to send.
 */

/** An outbox before its first session. */
export function runOutbox(options: Partial<ClientOptions> = {}) {
  const clock = createTestClock();
  const settings = clientInput({ jid: 'juliet@example.org', password: 'x', clock, ...options });
  const parent = recorder<EventObject>();
  const ledger: SessionLedger = new StreamLedger();
  const actor = createActor(outboxLogic, { input: { settings, ledger }, parent: parent.actor, id: 'outbox' }).start();
  const sent: string[] = [];
  const reports: string[] = [];
  const written: string[] = [];
  const story: string[] = [];
  /** How many stanzas the transport takes before it says that it can take no more. */
  const room = { left: Number.POSITIVE_INFINITY };

  function createTransport() {
    return recorder<TransportCommand>((command) => {
      if (command.type === 'stream.fail') sent.push(`error ${command.error.condition}`);
      if (command.type === 'nonza.send') sent.push(nonzaText(command.nonza));
      if (command.type !== 'stanza.send') return;
      const { stanza, report } = command;
      if (stanza.attributes.id === 'bad') return report?.failed(new OptionError('bad'));
      const { length } = serialize(stanza, NS_CLIENT);
      if (command.room !== undefined && length > command.room) return report?.tooLong?.(length);
      sent.push(stanza.attributes.id ?? serialize(stanza));
      report?.written(length);
      room.left -= 1;
      if (room.left === 0) actor.send({ type: 'transport.blocked' });
    });
  }

  return {
    actor,
    clock,
    ledger,
    sent,
    reports,
    written,
    /** All that was reported, in order. */
    story,
    room,
    createTransport,
    open: (transport = createTransport()) => actor.send({ type: 'outbox.open', transport: transport.actor }),
    resume: (h: number, transport = createTransport()) =>
      actor.send({ type: 'outbox.resume', transport: transport.actor, h }),
    ack: (h: number | undefined) => actor.send({ type: 'ack.received', h }),
    send(...stanzas: readonly Element[]): void {
      for (const stanza of stanzas) actor.send({ type: 'stanza.send', stanza, report: reportOf(stanza) });
    },
    sendWith(options: SendOptions, ...stanzas: readonly Element[]): void {
      for (const stanza of stanzas) actor.send({ type: 'stanza.send', stanza, report: reportOf(stanza), options });
    },
    /** What was sent since the last look. */
    news: (): string[] => sent.splice(0),
    /** The same, but for what is said about stanzas. */
    stanzas: (): string[] => sent.splice(0).filter((line) => !line.startsWith('<')),
    published: () => parent.heard.map((event) => summary(Reflect.get(event, 'event'))),
  };

  function reportOf({ attributes: { id } }: Element): DeliveryReport {
    const tell = (news: string): void => void story.push(`${id} ${news}`);
    return {
      waiting: () => tell('waiting'),
      queued: () => tell('queued'),
      written(isLast) {
        written.push(`${id}`);
        tell(isLast ? 'written, the end' : 'written');
      },
      acknowledged() {
        reports.push(`${id} acknowledged`);
        tell('acknowledged');
      },
      failed({ code }) {
        reports.push(`${id} ${code}`);
        tell(code);
      },
    };
  }
}

/** An outbox in a managed session. */
export function runManaged(options: Partial<ClientOptions> = {}) {
  const run = runOutbox(options);
  run.ledger.open();
  run.open();
  return run;
}

export function message(id: string): Element {
  return element('{jabber:client}message', { id });
}

export function messageWith(id: string, body: string): Element {
  return element('{jabber:client}message', { id }, element('body', {}, body));
}

export function iq(id: string, type: string): Element {
  return element('{jabber:client}iq', { id, type });
}

function summary({ type, error }: { readonly type: string; readonly error: XmppError }): string {
  return `${type} ${error.code}`;
}

/** `<r/>`, `<a 3/>`. */
function nonzaText({ name, attributes: { h } }: Element): string {
  return h === undefined ? `<${name}/>` : `<${name} ${h}/>`;
}
