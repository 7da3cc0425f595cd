import { describe, expect, it } from 'vitest';
import { ROADS } from '../client/resume-stage.ts';
import { stageClients } from '../support/client-stage.ts';
import { negotiationSteps } from '../support/negotiation-steps.ts';
import { failuresIn, outcomeOf, refusalOf } from './outcomes.ts';
import { CLIENT, meetOnline } from './stage.ts';

/*
 * Comments and processing instructions split texts and hide stanzas from one parser of two; streams have none (RFC 6120 §11.1).
 */

const stage = stageClients();

const message = (body: string): string => `<message ${CLIENT}><body>${body}</body></message>`;

describe.each(ROADS)('over %s', (road) => {
  it.each([
    ['a comment in a text', message('Go<!-- do not --> away'), 'restricted-xml'],
    ['a comment in front of a stanza', `<!-- -->${message('Hark')}`, 'restricted-xml'],
    ['a comment that hides a stanza', `<!--${message('Hark')}-->`, 'restricted-xml'],
    ['a comment that never ends', '<!-- ', 'restricted-xml'],
    ['a comment between elements', `<message ${CLIENT}><!----><body/></message>`, 'restricted-xml'],
    ['a processing instruction', `<?php echo 1 ?>${message('Hark')}`, 'restricted-xml'],
    ['a style sheet', `<?xml-stylesheet href="evil.xsl"?>${message('Hark')}`, 'restricted-xml'],
    ['a processing instruction in a text', message('Go<?x?> away'), 'restricted-xml'],
    ['an XML declaration in a text', message('<?xml version="1.0"?>'), 'not-well-formed'],
    ['the end of a section that never began', message('Go]]> away'), 'not-well-formed'],
    ['a section that is no section', message('<![IGNORE[x]]>'), 'not-well-formed'],
    ['a section in small letters', message('<![cdata[x]]>'), 'not-well-formed'],
  ])('%s ends the stream', async (_title, xml, condition) => {
    const meeting = await meetOnline(stage, road);
    expect(await refusalOf(meeting, xml)).toEqual({
      told: condition,
      code: `stream/${condition}`,
      state: 'failed.gaveUp',
      heard: [],
    });
  });

  it('a comment in any state before ends the stream', async () => {
    const steps = negotiationSteps(road).filter(({ state }) => state !== 'linked.securing.handshaking');
    const failures = await failuresIn(stage, road, steps, (peer) => peer.sends('<!-- -->'));
    expect(failures).toMatchObject(
      steps.map(({ title }) => ({ title, code: 'stream/restricted-xml', state: 'failed.gaveUp' })),
    );
  });

  it('sections are text, whatever is in them', async () => {
    const meeting = await meetOnline(stage, road);
    const hidden = '<![CDATA[</body></message><message><!-- &lt; ]]]]><![CDATA[>]]>';
    expect(await outcomeOf(meeting, message(`Go ${hidden} away`))).toEqual([
      'normal from undefined: Go </body></message><message><!-- &lt; ]]> away',
    ]);
  });
});
