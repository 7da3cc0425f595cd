import { describe, expect, it } from 'vitest';
import { createMachine, fromPromise } from 'xstate';
import { explore, ModelError } from '../../../src/testing/model/index.ts';

const temple = createMachine({
  id: 'temple',
  initial: 'asking',
  states: {
    asking: {
      on: { ask: {} },
      invoke: { id: 'oracle', src: fromPromise(async () => 'know thyself'), onDone: {}, onError: {} },
    },
  },
});
const done = 'xstate.done.actor.oracle';
const failed = 'xstate.error.actor.oracle';
const cases = { ask: [{}], [done]: [{ output: undefined }], [failed]: { lost: { error: undefined } } };

describe('a table of cases', () => {
  it('may be written in lists and in records', () => {
    const labels = explore(temple, { cases: { ...cases, [done]: { no: () => undefined, yes: { output: 1 } } } })
      .edges.map(({ label }) => label)
      .filter((label, index, all) => all.indexOf(label) === index);
    expect(labels).toEqual(['ask', `${done} (yes)`, `${failed} (lost)`]);
  });

  it.each<[string, object, string, string]>([
    [
      'an end without output',
      { [done]: [{}] },
      `'${done}' in the table of cases has no \`output\` in '${done}'`,
      'output',
    ],
    [
      'an end that is made without output',
      { [done]: { made: () => ({ outptu: 1 }) } },
      `'${done}' in the table of cases has no \`output\` in '${done} (made)'`,
      'output',
    ],
    [
      'a failure without error',
      { [failed]: [{ output: 1 }] },
      `'${failed}' in the table of cases has no \`error\` in '${failed}'`,
      'error',
    ],
    [
      'a failure in place of a list of them',
      { [failed]: { error: new Error('lost') } },
      `'${failed}' in the table of cases has no \`error\` in '${failed} (error)'`,
      'error',
    ],
    [
      'a payload that is none',
      { [done]: { output: 'home' } },
      `'${done}' in the table of cases has no payload in '${done} (output)'`,
      'output',
    ],
  ])('does not take %s', (_title, mistake, message, result) => {
    expect(errorOf(() => explore(temple, { cases: { ...cases, ...mistake } }))).toMatchObject({
      code: 'model/unknown-case',
      message: `The entry ${message}`,
      hint: `Write a list of payloads, \`[{ ${result}: … }]\`, or a record of them by name, \`{ name: { ${result}: … } }\`; \`[]\` if the event is not to be tried.`,
    });
  });

  it('does not take an empty record', () => {
    expect(errorOf(() => explore(temple, { cases: { ...cases, ask: {} } }))).toMatchObject({
      code: 'model/unknown-case',
      message: "The entry 'ask' in the table of cases is an empty record, which says nothing",
      hint: 'Write a list of payloads, `[{ … }]`, or a record of them by name, `{ name: { … } }`; `[]` if the event is not to be tried.',
    });
  });
});

function errorOf(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return error instanceof ModelError ? error : undefined;
  }
}
