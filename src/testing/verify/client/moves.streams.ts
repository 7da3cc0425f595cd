import { NS_STREAM_ERRORS, NS_TLS } from '../../../stream/index.ts';
import { closed, either, element, must, should, streamError } from '../clauses.ts';
import type { Clause } from '../specification.ts';
import { CONTRACT, endClauses, saysOffline } from './clauses.ts';
import { hearElement, hearEnd, hearEndOrFence } from './hearing.ts';
import { answerHeader, FEATURES, headerAttributes, headerText, offer, type Style } from './offers.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';

/** Moves of the stream itself: opening it, closing it. */
export const STREAM_MOVES = {
  'tls.offered': offersTls('offers STARTTLS', 'usual'),
  'tls.offeredByPrefix': offersTls('offers STARTTLS in a stream whose prefix is another', 'prefix'),
  'tls.offeredQuoted': offersTls('offers STARTTLS with single quotes, references and white space', 'quoted'),
  'tls.offeredByBytes': offersTls('offers STARTTLS byte by byte', 'bytes'),
  'tls.offeredAmongOthers': offersTls('offers STARTTLS among features that nobody knows', 'usual', FEATURES.unknown),
  'header.inWrongNamespace': {
    title: 'opens its stream in a namespace that is not that of streams',
    make: async (scene) => {
      const header = headerText(headerAttributes(scene), 'usual', 'urn:xmpp:verify');
      scene.stage.line.write(`${header}<stream:features>${FEATURES.tls}</stream:features>`);
      return { reaction: await hearEnd(scene) };
    },
    clauses: () => [
      must('RFC 6120 §4.8.1', 'closes the stream with an error', streamError()),
      should('RFC 6120 §4.8.1', 'says invalid-namespace', streamError('invalid-namespace')),
      sayOffline(),
    ],
  },
  'header.ofOtherVersion': {
    title: 'opens its stream in a version that does not exist',
    make: async (scene) => {
      answerHeader(scene, { version: '2.0' });
      scene.stage.line.say(`<stream:features>${FEATURES.tls}</stream:features>`);
      return { reaction: await hearElement(scene, 'starttls', NS_TLS) };
    },
    clauses: () => [
      should('RFC 6120 §4.9.3.25', 'closes the stream with unsupported-version', streamError('unsupported-version')),
    ],
  },
  'stream.error': ends('ends the stream with an error', 'system-shutdown'),
  'stream.unknownError': ends('ends the stream with an error that nobody knows', 'verify'),
  'stream.seeOtherHost': ends('sends the client to another host, before TLS', 'see-other-host', 'verify.invalid'),
  'stream.closed': {
    title: 'closes the stream',
    make: async (scene) => {
      beginIfNeeded(scene);
      scene.stage.line.close();
      const reaction = await hearEnd(scene);
      // One that complains of something else after a while has not ended.
      return { reaction: { ...reaction, offline: reaction.offline && closed(reaction) } };
    },
    clauses: endClauses,
  },
  'connection.lost': {
    title: 'loses the connection',
    make: async (scene) => {
      scene.stage.line.link.reset();
      return { reaction: await hearEnd(scene) };
    },
    clauses: () => [must<ClientReaction>(CONTRACT, 'says that it is offline', saysOffline)],
  },
  'client.stopped': {
    title: 'does nothing, and SIGTERM asks the client to end',
    make: async (scene) => {
      const { stage, walked } = scene;
      stage.command.terminate();
      const isDone = ({ disconnected, exited }: ClientReaction): boolean => disconnected && exited;
      return { reaction: await stage.hear(isDone, walked.limit) };
    },
    clauses: () => [
      must('RFC 6120 §4.4', 'closes its stream', ({ ended }) => ended),
      must<ClientReaction>(CONTRACT, 'ends its process', ({ exited }) => exited),
    ],
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

/** Whatever comes first on a stream comes behind its header. */
export function beginIfNeeded(scene: ClientScene): void {
  if (scene.state.endsWith('opening')) answerHeader(scene);
}

/** What a header of a client has to be. */
function headerClauses({ header, walked }: ClientScene): readonly Clause<ClientReaction>[] {
  return [
    must('RFC 6120 §4.7.2', 'says in its header where it wants to go', () => header?.attributes.to === walked.domain),
    must('RFC 6120 §4.7.5', 'speaks version 1.0', () => header?.attributes.version === '1.0'),
  ];
}

/** Why single bytes and white space are of no interest where each element is a document (RFC 7395 §3.3.3). */
export function overWebSocket({ stage }: ClientScene): string | undefined {
  return stage.line.link.framing.joins
    ? undefined
    : 'over a WebSocket each element comes as a whole, with nothing around it';
}

function offersTls(title: string, style: Style, others = ''): ClientMove {
  return {
    title,
    make: async (scene): Promise<ClientOutcome> => {
      offer(scene, `${others}${FEATURES.tls}`, style);
      return { reaction: await hearElement(scene, 'starttls', NS_TLS) };
    },
    arrives: element('starttls', NS_TLS),
    clauses: (scene) => [
      must(SECTIONS[style], 'asks for TLS', element('starttls', NS_TLS)),
      ...(style === 'usual' ? headerClauses(scene) : []),
    ],
  };
}

/** What says that each way to write a stream is as good as the others. */
const SECTIONS: Readonly<Record<Style, string>> = {
  usual: 'RFC 6120 §5.4.2.1',
  prefix: 'RFC 6120 §4.8.5',
  quoted: 'RFC 6120 §11.3',
  bytes: 'RFC 6120 §11.3',
};

function ends(title: string, condition: string, text = ''): ClientMove {
  const error = `<stream:error><${condition} xmlns="${NS_STREAM_ERRORS}">${text}</${condition}></stream:error>`;
  return {
    title,
    make: async (scene) => {
      beginIfNeeded(scene);
      scene.stage.line.say(error);
      scene.stage.line.close();
      return { reaction: await (scene.state === 'online' ? hearEndOrFence(scene) : hearEnd(scene)) };
    },
    clauses: endClauses,
  };
}

function sayOffline(): Clause<ClientReaction> {
  return should<ClientReaction>(CONTRACT, 'says that it is offline', either<ClientReaction>(saysOffline, streamGoesOn));
}

/** Nobody who goes on is offline; that is another sentence's concern. */
function streamGoesOn(reaction: ClientReaction): boolean {
  return !closed(reaction);
}
