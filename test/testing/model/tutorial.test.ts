import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { assign, createActor } from 'xstate';
import type { pigeonPost } from '../../../docs/examples/model-test-a-protocol.ts';
import {
  explore,
  happensByItself,
  ModelError,
  performWalk,
  runWalk,
  tours,
  withPuppets,
} from '../../../src/testing/model/index.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const EXAMPLE = readFileSync(join(ROOT, 'docs/examples/model-test-a-protocol.ts'), 'utf8');
const PAGE = readFileSync(join(ROOT, 'docs/model-testing.md'), 'utf8');
const COPY = join(import.meta.dirname, '.model-test-a-protocol.run.ts');

const cases = {
  'letter.written': [{ text: 'Come at once. All is discovered.' }],
  'pigeon.returned': [{}],
  'xstate.done.actor.flight': { delivered: { output: 'delivered' }, lost: { output: 'lost its way' } },
  'xstate.error.actor.flight': [{ error: new Error('a hawk') }],
};
const input = { pigeons: 2 };

describe('the tutorial on model-testing', () => {
  let post: typeof pigeonPost;
  const said = vi.spyOn(console, 'log').mockReturnValue();

  beforeAll(async () => {
    // The example as it stands, but for the package, which is this one.
    writeFileSync(COPY, EXAMPLE.replace("'xstate-xmpp/testing'", "'../../../src/testing/model/index.ts'"));
    ({ pigeonPost: post } = await import(COPY));
  });
  afterAll(() => {
    rmSync(COPY);
    vi.restoreAllMocks();
  });

  it('runs, and says what the page says', () => {
    expect(said.mock.calls).toEqual([['9 nodes, 23 edges, 3 tours']]);
    expect(PAGE).toContain('9 nodes, 23 edges, 3 tours');
  });

  it('shows the code of the example, and nothing else', () => {
    const shown = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code.trimEnd());
    expect(shown.length).toBeGreaterThan(4);
    for (const code of shown) expect(EXAMPLE).toContain(code);
  });

  it.each<[string, () => unknown]>([
    [
      'an event that was forgotten',
      () => {
        const { 'xstate.error.actor.flight': _, ...others } = cases;
        return explore(post, { input, cases: others });
      },
    ],
    ['pigeons without end', () => explore(post.provide({ guards: { isMissingSome: () => true } }), { input, cases })],
    [
      'a letter that gets lost',
      () =>
        explore(
          post.provide({
            actions: { miss: assign(({ context }) => ({ missing: context.missing + 1, letter: undefined })) },
          }),
          {
            input,
            cases,
            invariants: [
              {
                name: 'a letter is kept until it is delivered',
                holdsOver: (before, step, after) =>
                  before.snapshot.context.letter === after.snapshot.context.letter ||
                  ['letter.written', 'xstate.done.actor.flight (delivered)'].includes(step.label),
              },
            ],
          },
        ),
    ],
    [
      'a guard that asks somewhere else',
      () => {
        let asked = 0;
        const machine = withPuppets(post).provide({
          guards: { hasPigeon: ({ context }) => context.home > 0 && ++asked < 4 },
        });
        const graph = explore(post, { input, cases });
        for (const walk of tours(graph)) runWalk(graph, walk, { machine });
      },
    ],
    [
      'a pigeon that does something else',
      async () => {
        const graph = explore(post, { input, cases });
        const [walk] = tours(graph, { through: [{ event: 'xstate.done.actor.flight (lost)' }] });
        const actor = createActor(post, { input });
        const write = () => actor.send({ type: 'letter.written', text: 'Come at once. All is discovered.' });
        // The flight of the machine as it stands delivers.
        if (walk)
          await performWalk(graph, walk, {
            actor,
            play: ({ label }) => (label === 'letter.written' ? write : happensByItself),
          });
      },
    ],
  ])('is told what the page says: %s', async (_title, attempt) => {
    const message = await messageOf(attempt);
    expect(PAGE).toContain(`\`\`\`\n${message}\n\`\`\``);
  });
});

async function messageOf(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
  return 'nothing was wrong';
}
