import { describe, expect, it } from 'vitest';
import { StreamError } from '../../src/node.ts';
import { ROADS } from '../client/resume-stage.ts';
import { SERVER_ERRORS, type ServerError, SOME_SERVER_ERRORS } from './fault-conditions.ts';
import { expectFate, NOTHING } from './fault-fate.ts';
import { afterHeader, closeAfter } from './fault-kinds.ts';
import { serveFaults } from './fault-servers.ts';
import { stageFaults } from './fault-stage.ts';
import { type FaultStep, faultSteps } from './fault-steps.ts';

/*
 * Every condition in each step: in memory, and with STARTTLS where memory has no such step. Some conditions in each step on each
 * way, since all of them would take minutes.
 */

const stage = stageFaults();
const servers = serveFaults(stage);
const inMemory = new Set(faultSteps('memory').map(({ title }) => title));

describe.each(ROADS)(
  'over %s a client understands why, and leaves nothing open, when the server ends the stream',
  (road) => {
    // Before that an error of a stream is nothing but garbage.
    const steps = faultSteps(road).filter(({ state }) => !/handshaking$|connecting$/.test(state));
    const tests = steps.flatMap((step) =>
      errorsIn(step).map((error) => ({ step, error, in: step.title, why: error.title })),
    );

    it.each(tests)('in $in: $why', async ({ step, error: { xml, condition, failureClass, text, application } }) => {
      const fate = await servers.lead(road, step);
      await closeAfter(fate, xml);
      const expected = step.state === 'linked.closing' ? NOTHING : ([`stream/${condition}`, failureClass] as const);
      const error = await expectFate(fate, expected, { phase: afterHeader(step) });
      if (expected === NOTHING) return;
      expect(error).toBeInstanceOf(StreamError);
      expect(error).toMatchObject({ condition, text, application: application && { name: application } });
    });

    function errorsIn(step: FaultStep): readonly ServerError[] {
      const isOnlyHere = road === 'STARTTLS' && !inMemory.has(step.title);
      return road === 'memory' || isOnlyHere ? SERVER_ERRORS : SOME_SERVER_ERRORS;
    }
  },
);
