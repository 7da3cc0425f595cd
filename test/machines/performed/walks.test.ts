import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { performTours, setScene } from './perform.ts';
import { WAYS } from './scenes.ts';

const [memory] = WAYS;
if (!memory) throw new Error('Expected a way without sockets');

describe('a real client, connected by memory', () => {
  it('is where the chart says after every step that can be caused', async () => {
    const taken = await performTours(memory, 'steps');
    expect(taken.length).toBeGreaterThan(2000);
  }, 60_000);

  it('is where the chart says after each step of any walk', async () => {
    const { graph, end, walkBy } = await setScene(memory);
    await end();
    const choices = fc.array(fc.nat(), { minLength: 20, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(choices, async (numbers) => {
        const performance = await setScene(memory, graph);
        try {
          await performance.perform(walkBy(numbers));
        } finally {
          await performance.end();
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
