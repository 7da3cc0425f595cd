import { NS_SASL, NS_TLS } from '../../../stream/index.ts';
import { closed, either, element, must, should } from '../clauses.ts';
import { auth, CONTRACT, leavingClauses, not, opened, wentOn } from './clauses.ts';
import { hearElement, hearEnd, hearUntil } from './hearing.ts';
import { FEATURES, headerAttributes, headerText, offer } from './offers.ts';
import type { ClientReaction } from './reaction.ts';
import type { ClientMove, ClientOutcome, ClientScene } from './scene.ts';

const PROCEED = `<proceed xmlns="${NS_TLS}"/>`;

/** Moves of STARTTLS, and of those who would rather not have it (RFC 6120 §5). */
export const TLS_MOVES = {
  'tls.proceeded': {
    title: 'agrees to TLS, and shows the right certificate',
    make: async (scene) => shakeHands(scene, PROCEED),
    arrives: opened,
    clauses: () => [must<ClientReaction>('RFC 6120 §5.4.3.3', 'opens a new stream under TLS', opened)],
  },
  'tls.failed': {
    title: 'fails to do TLS',
    make: async (scene) => {
      scene.stage.line.say(`<failure xmlns="${NS_TLS}"/>`);
      scene.stage.line.close();
      return { reaction: await hearEnd(scene) };
    },
    clauses: () => [
      must(CONTRACT, 'does not authenticate without TLS', not(auth)),
      must('RFC 6120 §4.4', 'ends the stream', closed),
      ...leavingClauses(),
    ],
  },
  'tls.offeredBesideMechanisms': {
    title: 'offers STARTTLS as one of the things to do',
    make: async (scene) => {
      offer(scene, `${FEATURES.optionalTls}${FEATURES.mechanisms}`);
      return { reaction: await hearUntil(scene, either<ClientReaction>(auth, element('starttls', NS_TLS))) };
    },
    arrives: element('starttls', NS_TLS),
    clauses: () => [must(CONTRACT, 'asks for TLS before anything else', element('starttls', NS_TLS))],
  },
  'tls.notOffered': {
    title: 'offers no TLS, but mechanisms',
    make: async (scene) => {
      offer(scene, FEATURES.mechanisms);
      return { reaction: await hearUntil(scene, auth) };
    },
    clauses: () => [must(CONTRACT, 'does not authenticate without TLS', not(auth)), ...leavingClauses()],
  },
  'tls.injected': {
    title: 'lets something in clear pass for the beginning of the stream under TLS',
    make: async (scene) => {
      const header = headerText(headerAttributes(scene), 'usual');
      const injected = `${header}<stream:features>${FEATURES.mechanisms}</stream:features>`;
      const { reaction } = await shakeHands(scene, `${PROCEED}${injected}`);
      if (!opened(reaction)) return { reaction };
      return { reaction: await scene.stage.hear(auth, scene.walked.patience, reaction) };
    },
    clauses: () => [
      must('RFC 6120 §5.4.3.3', 'forgets what came in clear', not(auth)),
      must<ClientReaction>(
        'RFC 6120 §5.4.3.3',
        'opens a new stream, or leaves',
        either<ClientReaction>(opened, closed),
      ),
    ],
  },
  'tls.otherName': wrongCertificate('shows a certificate for another name'),
  'tls.unknownAuthority': wrongCertificate('shows a certificate of an authority that nobody trusts'),
  'tls.expired': wrongCertificate('shows a certificate that has expired'),
  'success.early': {
    title: 'says that the authentication was successful, which it was not',
    make: async (scene) => {
      const { stage, walked } = scene;
      if (scene.state === 'secure.opening') offer(scene, FEATURES.mechanisms);
      stage.line.mayRestart();
      stage.line.say(`<success xmlns="${NS_SASL}"/>`);
      const patience = scene.state === 'plain.securing' ? walked.limit : walked.patience;
      return { reaction: await hearUntil(scene, wentOn, patience) };
    },
    clauses: () => [
      must('RFC 5802 §5', 'does not believe it', not(wentOn)),
      should<ClientReaction>(CONTRACT, 'closes the stream', either<ClientReaction>(closed, auth)),
    ],
  },
} as const satisfies Readonly<Record<string, ClientMove>>;

/** What the certificate of a move is like; those of others are right. */
export const CERTIFICATES: Readonly<Record<string, 'otherName' | 'unknownAuthority' | 'expired'>> = {
  'tls.otherName': 'otherName',
  'tls.unknownAuthority': 'unknownAuthority',
  'tls.expired': 'expired',
};

/** Writes something in clear, and does the server's side of the handshake. */
async function shakeHands(scene: ClientScene, text: string): Promise<ClientOutcome> {
  const { line } = scene.stage;
  line.write(text);
  line.startTls();
  const reaction = await hearUntil(scene, opened);
  return { reaction, learnt: { header: reaction.header } };
}

function wrongCertificate(title: string): ClientMove {
  return {
    title,
    make: async (scene) => {
      const { line } = scene.stage;
      line.write(PROCEED);
      line.startTls();
      const { header, ...reaction } = await hearUntil(scene, opened);
      // Whether the server got as far as to see TLS stand depends on the version.
      return { reaction: { ...reaction, header, secured: false } };
    },
    clauses: () => [
      must<ClientReaction>('RFC 6120 §13.7.2', 'opens no stream there', not(opened)),
      must<ClientReaction>('RFC 6120 §5.4.3.2', 'ends the connection', ({ disconnected }) => disconnected),
      ...leavingClauses().slice(0, 1),
    ],
  };
}

/** For those who log in once more. */
export async function secureAgain(scene: ClientScene): Promise<ClientOutcome> {
  offer(scene, FEATURES.tls);
  const reaction = await hearElement(scene, 'starttls', NS_TLS);
  if (!element('starttls', NS_TLS)(reaction)) return { reaction };
  return shakeHands(scene, PROCEED);
}
