import type { Course } from '../move.ts';
import { saysOnline } from './clauses.ts';
import { contractError } from './command.ts';
import { type ClientReaction, describeClientReaction } from './reaction.ts';
import type { ClientScene } from './scene.ts';
import { clientStepsOf, ONLINE } from './tours.ts';

/**
 * Lets a client log in, with everything as it should be: what keeps it out here would keep it out of every tour.
 *
 * @throws OptionError which says where the login ended, and what the command has to do
 */
export async function checkLogin(
  command: readonly string[],
  course: Course<ClientScene, ClientReaction>,
  isWebSocket: boolean,
): Promise<void> {
  const steps = clientStepsOf(ONLINE).filter(({ source }) => !isWebSocket || !source.startsWith('plain'));
  let scene = await course.begin(steps);
  try {
    for (const { move, source } of steps) {
      const made = course.moves[move];
      const outcome = await made?.make({ ...scene, state: source, id: 'login' });
      if (outcome === undefined || made?.arrives?.(outcome.reaction)) {
        scene = { ...scene, ...outcome?.learnt };
        continue;
      }
      throw contractError(missingIn(move, scene, outcome.reaction), command, scene.stage.command);
    }
  } finally {
    await course.end(scene);
  }
}

function missingIn(move: string, { walked }: ClientScene, reaction: ClientReaction): string {
  const got = describeClientReaction(reaction);
  if (move === 'bind.granted' && !saysOnline(reaction)) {
    return `it was logged in, and did not write \`online <full JID>\` within ${walked.limit / 1000} s (got: ${got})`;
  }
  return `it left the plain login where the server made the move ${move} (got: ${got})`;
}
