import { is } from '../../../xml/index.ts';
import { type ClientReaction, UNHEARD } from './reaction.ts';
import type { ClientScene } from './scene.ts';

/** Hears what comes until there is an element of this name and namespace, or the connection is gone. */
export function hearElement({ stage, walked }: ClientScene, name: string, namespace: string): Promise<ClientReaction> {
  return stage.hear(
    ({ elements, disconnected }) => disconnected || elements.some((each) => is(each, name, namespace)),
    walked.limit,
  );
}

/** Hears until something is done, or the connection is gone; then whatever is said of that. */
export async function hearUntil(
  { stage, walked }: ClientScene,
  isEnough: (reaction: ClientReaction) => boolean,
  limit = walked.limit,
  before = UNHEARD,
): Promise<ClientReaction> {
  const isSettled = (reaction: ClientReaction) => isEnough(reaction) || isGone(reaction);
  const heard = isSettled(before) ? before : await stage.hear(isSettled, limit, before);
  if (!isGone(heard) || heard.offline) return heard;
  return stage.hear(({ offline }) => offline, walked.patience, heard);
}

/** Hears how the stream ends, if it does. */
export function hearEnd(scene: ClientScene): Promise<ClientReaction> {
  return hearUntil(scene, () => false);
}

/**
 * Hears how the stream ends. A client that does nothing for a while is asked a question (RFC 6120 §8.2.3): one that answers goes on, and
 * nobody has to wait for an end that does not come.
 */
export async function hearEndOrFence(scene: ClientScene): Promise<ClientReaction> {
  const { stage, walked } = scene;
  const heard = await stage.hear((reaction) => isGone(reaction), walked.patience);
  if (isGone(heard) || heard.elements.length > 0 || heard.ended)
    return hearUntil(scene, () => false, walked.limit, heard);
  const fence = askFence(scene);
  const isThere = ({ elements }: ClientReaction) => elements.some(({ attributes }) => attributes.id === fence);
  return without(await hearUntil(scene, isThere, limitForAnswers(scene), heard), fence);
}

/**
 * Hears everything that comes before the answer to a question which the client has to answer. One that never answers is listened to for a
 * while.
 */
export async function hearUntilFence(scene: ClientScene, heard: ClientReaction = UNHEARD): Promise<ClientReaction> {
  const { stage, walked } = scene;
  const fence = askFence(scene);
  const isThere = ({ elements }: ClientReaction) => elements.some(({ attributes }) => attributes.id === fence);
  const limit = walked.habits.answersRequests ? walked.limit : walked.patience;
  const reaction = await stage.hear((each) => isThere(each) || isGone(each), limit, heard);
  if (!isThere(reaction) && !isGone(reaction)) walked.habits.answersRequests = false;
  return without(reaction, fence);
}

/** Milliseconds for an answer: no client that never answers is waited for each time. */
export function limitForAnswers({ walked }: ClientScene): number {
  return walked.habits.answersRequests ? walked.limit : walked.patience;
}

function isGone({ disconnected, unreadable }: ClientReaction): boolean {
  return disconnected || unreadable !== undefined;
}

function askFence({ stage, walked, id, jid }: ClientScene): string {
  const fence = `fence-${id}`;
  stage.line.stanza(
    `<iq type="get" id="${fence}" from="${walked.domain}" to="${jid}"><query xmlns="urn:xmpp:verify:fence"/></iq>`,
  );
  return fence;
}

/** Whoever answers is not offline, whatever was said; a line comes by another way than the answer, sooner or later. */
function without(reaction: ClientReaction, fence: string): ClientReaction {
  const elements = reaction.elements.filter(({ attributes }) => attributes.id !== fence);
  return { ...reaction, elements, offline: reaction.offline && isGone(reaction) };
}
