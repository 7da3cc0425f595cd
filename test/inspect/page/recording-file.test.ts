import { describe, expect, it } from 'vitest';
import { momentAt } from '../../../src/inspect/page/moment.ts';
import { historyOfRecording, parseRecordingFile } from '../../../src/inspect/page/recording-file.ts';
import { START } from './samples.ts';

const RECORDING = {
  format: 'xstate-xmpp/recording',
  version: 1,
  account: 'juliet@capulet.example',
  startedAt: START,
  dropped: 3,
  base: { state: 'offline', value: 'offline', clock: 0, since: {}, context: {} },
  entries: [
    { kind: 'event', at: 10, event: 'start', state: 'resolving.asking', data: {} },
    { kind: 'stanza', at: 20, direction: 'RECV', name: 'iq', type: 'get', id: '"<1>', payload: '{urn:xmpp:ping}ping' },
    {
      kind: 'event',
      at: 30,
      event: 'transport.failed',
      state: 'linked.online.stability.stable+liveness.fresh',
      error: { code: 'transport/reset', message: 'Reset' },
      data: {},
    },
    { kind: 'event', at: 40, event: 'ping', state: 'linked.online.stability.stable+liveness.fresh', data: {} },
  ],
};

function messageFor(text: string): string {
  try {
    parseRecordingFile(text);
  } catch (error) {
    return String(error);
  }
  return 'no error';
}

describe('a file with a recording', () => {
  const history = historyOfRecording(parseRecordingFile(JSON.stringify(RECORDING)), 'r', new Set());

  it('becomes a history: transitions, errors, and the outlines of stanzas', () => {
    const moment = { client: 'r', actor: 'r', actorName: 'client' };
    const online = ['linked.online.stability.stable', 'linked.online.liveness.fresh'];
    const transition = { ...moment, kind: 'transition', detail: '', moved: true };
    const xml = '<iq type="get" id="&quot;&lt;1&gt;"><ping xmlns="urn:xmpp:ping"/></iq>';
    expect(history.entries).toEqual([
      { ...transition, seq: 1, at: START, event: 'recording.started', states: ['offline'] },
      { ...transition, seq: 2, at: START + 10, event: 'start', states: ['resolving.asking'] },
      {
        ...moment,
        seq: 3,
        at: START + 20,
        kind: 'stanza',
        direction: 'RECV',
        xml,
        length: xml.length,
        isSummary: true,
      },
      { ...transition, seq: 4, at: START + 30, event: 'transport.failed', states: online },
      { ...moment, seq: 5, at: START + 30, kind: 'error', code: 'transport/reset', message: 'Reset', hint: undefined },
      { ...transition, seq: 6, at: START + 40, event: 'ping', states: online, moved: false },
    ]);
    expect([history.name, history.source, history.forgotten]).toEqual(['juliet@capulet.example', 'recording', 3]);
  });

  it('can be travelled through like any other', () => {
    expect(momentAt(history, 3)?.actors.map(({ name, states }) => ({ name, states }))).toEqual([
      { name: 'client', states: ['resolving.asking'] },
    ]);
  });

  it('is refused with a reason where it is none', () => {
    const text = JSON.stringify(RECORDING);
    expect([
      messageFor('<html>'),
      messageFor(text.slice(0, 400)),
      messageFor('[]'),
      messageFor('{"format":"har"}'),
      messageFor(JSON.stringify({ ...RECORDING, version: 2 })),
      messageFor(JSON.stringify({ ...RECORDING, version: undefined })),
      messageFor(JSON.stringify({ ...RECORDING, entries: 'many' })),
      messageFor(JSON.stringify({ ...RECORDING, entries: [RECORDING.entries[0], { kind: 'event', at: 'noon' }] })),
    ]).toEqual([
      'RecordingFileError: This is no recording: it is not JSON.',
      'RecordingFileError: The recording was cut short: its end is missing.',
      'RecordingFileError: This is JSON, but no recording: its "format" is not "xstate-xmpp/recording".',
      'RecordingFileError: This is JSON, but no recording: its "format" is not "xstate-xmpp/recording".',
      'RecordingFileError: This is a recording of version 2; this page reads version 1.',
      'RecordingFileError: This is a recording of version unknown; this page reads version 1.',
      'RecordingFileError: The recording lacks its account, its beginning or its entries.',
      'RecordingFileError: Entry 2 of the recording is neither an event nor a stanza.',
    ]);
  });
});
