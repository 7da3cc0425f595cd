import { createTokenizer, type XmlLimits } from '../../src/xml/index.ts';
import { judgeCut } from './judge.ts';
import type { Random } from './random.ts';
import { show, type Target } from './target.ts';
import { xmlInput } from './xml-mutations.ts';
import { cuttings, readDocument, readStream, readStreamText, StreamReading, type Verdict } from './xml-subject.ts';

const encoder = new TextEncoder();
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Text that is already decoded: the same as its bytes, and half a surrogate pair is never a character. */
export const textTarget: Target = {
  name: 'text in place of bytes',
  attempt(random) {
    const text = withLoneSurrogates(utf8.decode(xmlInput(random)), random);
    const whole = readStreamText(text, [text.length]);
    for (const ends of cuttings(text.length, random)) {
      const complaint = judgeCut(whole, readStreamText(text, ends));
      if (complaint) return `${complaint} for ${show(text)} cut at ${ends}`;
    }
    const document = readDocument(text);
    if (/\p{Surrogate}/u.test(text)) {
      return [whole, document].some(isAccepted) ? `accepted ${show(text)}` : undefined;
    }
    const bytes = encoder.encode(text);
    const complaint = judgeCut(readStream(bytes, [bytes.length]), whole) ?? judgeCut(readDocument(bytes), document);
    return complaint && `${complaint} for ${show(text)} as text`;
  },
};

/** Small limits: wherever chunks end, the same tokens come before the limit is reached, and it is reached or not. */
export const limitsTarget: Target = {
  name: 'limits of the tokenizer',
  attempt(random) {
    const input = xmlInput(random);
    const limits = randomLimits(random);
    const unlimited = readStream(input, [input.length]);
    const whole = readStream(input, [input.length], { limits });
    for (const ends of cuttings(input.length, random)) {
      const cut = readStream(input, ends, { limits });
      // What is too much may be ill-formed besides: which of the two comes first depends on the chunks.
      const isSame =
        cut.tree === whole.tree && hasFailed(cut) === hasFailed(whole) && isAccepted(cut) === isAccepted(whole);
      if (!isSame)
        return `expected ${show(whole)}, got ${show(cut)} with ${show(limits)} for ${show(utf8.decode(input))}`;
    }
    if (whole.outcome !== 'policy-violation') {
      const complaint = judgeCut(unlimited, whole);
      return complaint && `${complaint} with ${show(limits)} for ${show(utf8.decode(input))}`;
    }
    return unlimited.tree.startsWith(whole.tree) ? undefined : `${show(whole)} is no part of ${show(unlimited)}`;
  },
};

/** After a restart, what follows is read as if nothing had been before (RFC 6120 §4.3.3). */
export const restartTarget: Target = {
  name: 'restarts of a stream',
  attempt(random) {
    const before = `<s:s xmlns:s='s' xmlns:p='u' xmlns='v'>${random.pick(['', ' ', '<a/>', '<p:a>x</p:a> '])}<last b='c'/>`;
    const after = xmlInput(random);
    const input = Uint8Array.from([...encoder.encode(before), ...after]);
    const [ends = [input.length]] = cuttings(input.length, random);
    const restarted = readRestarted(input, ends);
    const complaint = judgeCut(
      withoutPosition(readStream(after, [after.length], { limits: {} })),
      withoutPosition(restarted),
    );
    return complaint && `${complaint} for ${show(utf8.decode(after))} behind ${before} cut at ${ends}`;
  },
};

function readRestarted(input: Uint8Array, ends: readonly number[]): Verdict {
  const tokenizer = createTokenizer();
  let reading: StreamReading | undefined;
  let start = 0;
  for (const end of ends) {
    tokenizer.write(input.subarray(start, end));
    start = end;
    for (let token = tokenizer.read(); token !== undefined; token = tokenizer.read()) {
      if (reading) reading.take(token);
      else if (token.type === 'element' && token.element.name === 'last') {
        tokenizer.restart();
        reading = new StreamReading();
      }
    }
  }
  return (reading ?? new StreamReading()).verdict(tokenizer.hasUnread);
}

function randomLimits(random: Random): Partial<XmlLimits> {
  return {
    maxElementBytes: random.between(1, 300),
    maxHeaderBytes: random.between(20, 300),
    maxDepth: random.between(1, 6),
    maxAttributes: random.between(1, 6),
    maxPrefixes: random.between(1, 4),
  };
}

function withLoneSurrogates(text: string, random: Random): string {
  if (random.chance(0.7)) return text;
  const at = random.below(text.length + 1);
  return text.slice(0, at) + random.pick(['\ud800', '\udc00', '\udbff', '\udfff\ud800']) + text.slice(at);
}

function withoutPosition(verdict: Verdict): Verdict {
  return { ...verdict, message: verdict.message.replace(/ \(at character \d+\)$/, '') };
}

function isAccepted({ outcome }: Verdict): boolean {
  return outcome === 'accepted';
}

function hasFailed({ message }: Verdict): boolean {
  return message !== '';
}
