import { describe, expect, test } from 'vitest';
import { conditionOf, cryptoWithNonce, EXAMPLE, errorOf, startedExample, text, utf8 } from './scram-peer.ts';

const NONCE = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';

describe('a first message of the server that is refused before a key is derived', () => {
  test.each([
    ['a nonce equal to ours', `r=${EXAMPLE.nonce},s=${SALT},i=4096`, 'foreign-nonce'],
    ['a foreign nonce', `r=X${NONCE},s=${SALT},i=4096`, 'foreign-nonce'],
    ['a nonce shorter than ours', `r=${EXAMPLE.nonce.slice(0, -1)},s=${SALT},i=4096`, 'foreign-nonce'],
    ['our nonce in other letters', `r=${NONCE.toLowerCase()},s=${SALT},i=4096`, 'foreign-nonce'],
    ['an empty nonce', `r=,s=${SALT},i=4096`, 'malformed-challenge'],
    ['a nonce with a space', `r=${NONCE} ,s=${SALT},i=4096`, 'malformed-challenge'],
    ['a nonce that is not ASCII', `r=${NONCE}é,s=${SALT},i=4096`, 'malformed-challenge'],
    ['no iteration', `r=${NONCE},s=${SALT},i=0`, 'malformed-challenge'],
    ['one iteration', `r=${NONCE},s=${SALT},i=1`, 'weak-parameters'],
    ['one iteration less than allowed', `r=${NONCE},s=${SALT},i=4095`, 'weak-parameters'],
    ['one iteration more than allowed', `r=${NONCE},s=${SALT},i=10000001`, 'excessive-parameters'],
    ['2³¹ iterations', `r=${NONCE},s=${SALT},i=2147483648`, 'excessive-parameters'],
    ['more iterations than a number can hold', `r=${NONCE},s=${SALT},i=${'9'.repeat(400)}`, 'excessive-parameters'],
    ['a space before the count', `r=${NONCE},s=${SALT},i= 4096`, 'malformed-challenge'],
    ['a space after the count', `r=${NONCE},s=${SALT},i=4096 `, 'malformed-challenge'],
    ['a line feed after the count', `r=${NONCE},s=${SALT},i=4096\n`, 'malformed-challenge'],
    ['a count with a leading zero', `r=${NONCE},s=${SALT},i=04096`, 'malformed-challenge'],
    ['a signed count', `r=${NONCE},s=${SALT},i=+4096`, 'malformed-challenge'],
    ['a negative count', `r=${NONCE},s=${SALT},i=-4096`, 'malformed-challenge'],
    ['an exponent', `r=${NONCE},s=${SALT},i=1e4`, 'malformed-challenge'],
    ['a hexadecimal count', `r=${NONCE},s=${SALT},i=0x2000`, 'malformed-challenge'],
    ['a fraction', `r=${NONCE},s=${SALT},i=4096.5`, 'malformed-challenge'],
    ['digits of another script', `r=${NONCE},s=${SALT},i=٤٠٩٦`, 'malformed-challenge'],
    ['no nonce', `s=${SALT},i=4096`, 'malformed-challenge'],
    ['no salt', `r=${NONCE},i=4096`, 'malformed-challenge'],
    ['an empty salt', `r=${NONCE},s=,i=4096`, 'malformed-challenge'],
    ['no count', `r=${NONCE},s=${SALT}`, 'malformed-challenge'],
    ['the wrong order', `r=${NONCE},i=4096,s=${SALT}`, 'malformed-challenge'],
    ['an extension before the nonce', `x=1,r=${NONCE},s=${SALT},i=4096`, 'malformed-challenge'],
    ['an extension in the middle', `r=${NONCE},x=1,s=${SALT},i=4096`, 'malformed-challenge'],
    ['a second count', `r=${NONCE},s=${SALT},i=4096,i=1`, 'malformed-challenge'],
    ['a second nonce', `r=${NONCE},s=${SALT},i=4096,r=${NONCE}`, 'malformed-challenge'],
    ['an extension that comes twice', `r=${NONCE},s=${SALT},i=4096,x=1,x=1`, 'malformed-challenge'],
    ['m= in front', `m=future,r=${NONCE},s=${SALT},i=4096`, 'malformed-challenge'],
    ['m= at the end', `r=${NONCE},s=${SALT},i=4096,m=future`, 'malformed-challenge'],
    ['an extension without a value', `r=${NONCE},s=${SALT},i=4096,x=`, 'malformed-challenge'],
    ['an extension with a long name', `r=${NONCE},s=${SALT},i=4096,xy=1`, 'malformed-challenge'],
    ['a comma at the end', `r=${NONCE},s=${SALT},i=4096,`, 'malformed-challenge'],
    ['NUL in an extension', `r=${NONCE},s=${SALT},i=4096,x=1\0`, 'malformed-challenge'],
    ['salt without padding', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ,i=4096`, 'malformed-challenge'],
    ['salt with white space', `r=${NONCE},s=W22ZaJ0S NY7soEsUEjb6gQ==,i=4096`, 'malformed-challenge'],
    ['salt in the URL alphabet', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb-_Q==,i=4096`, 'malformed-challenge'],
    ['salt with stray bits', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gR==,i=4096`, 'malformed-challenge'],
    ['salt with something after its padding', `r=${NONCE},s=${SALT}AAAA,i=4096`, 'malformed-challenge'],
    ['nothing', '', 'malformed-challenge'],
    ['its last message', EXAMPLE.serverFinal, 'malformed-challenge'],
    ['an error', 'e=other-error', 'not-authorized'],
    ['no resources', 'e=no-resources', 'temporary-auth-failure'],
    ['an error without a value', 'e=', 'malformed-challenge'],
  ])('%s', async (_, serverFirst, condition) => {
    const crypto = cryptoWithNonce(EXAMPLE.nonce);
    const client = await startedExample({ crypto });
    expect(await conditionOf(() => client.answer(utf8(serverFirst)))).toBe(condition);
    expect(crypto.derivations).toBe(0);
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('out-of-order');
  });

  test('bytes that are not UTF-8', async () => {
    const client = await startedExample();
    const message = new Uint8Array([...utf8(`${EXAMPLE.serverFirst},x=`), 0xff]);
    expect(await conditionOf(() => client.answer(message))).toBe('malformed-challenge');
  });

  test('a limit that is no number refuses everything', async () => {
    for (const limits of [{ minIterations: Number.NaN }, { maxIterations: Number.NaN }]) {
      const client = await startedExample(limits);
      expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toMatch(/-parameters$/);
    }
  });
});

describe('a first message of the server that is accepted', () => {
  test('unknown extensions follow', async () => {
    const client = await startedExample();
    const response = text(await client.answer(utf8(`${EXAMPLE.serverFirst},x=1,h=a=b`)));
    expect(response).toMatch(/^c=biws,r=.*,p=[A-Za-z0-9+/]{43}=$/);
    expect(response).not.toBe(EXAMPLE.clientFinal);
  });

  test('fewer iterations, where the user allows them', async () => {
    const client = await startedExample({ minIterations: 1 });
    expect(text(await client.answer(utf8(`r=${NONCE},s=${SALT},i=1`)))).toMatch(/^c=biws,/);
  });

  test('exactly as many iterations as the user allows', async () => {
    const client = await startedExample({ minIterations: 5000, maxIterations: 5000 });
    expect(text(await client.answer(utf8(`r=${NONCE},s=${SALT},i=5000`)))).toMatch(/^c=biws,/);
  });
});

describe('the end of the exchange', () => {
  const WRONG = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G8=';

  const LIES: readonly (readonly [string, string, string])[] = [
    ['a wrong signature', WRONG, 'server-not-authenticated'],
    ['a part of the signature', 'v=6rriTRBi23WpRR/wtup+mA==', 'server-not-authenticated'],
    ['the signature and more', 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4A', 'server-not-authenticated'],
    ['no data', '', 'server-not-authenticated'],
    ['an empty signature', 'v=', 'malformed-challenge'],
    ['no padding', EXAMPLE.serverFinal.slice(0, -1), 'malformed-challenge'],
    ['white space', `${EXAMPLE.serverFinal}\n`, 'malformed-challenge'],
    ['an extension in front', `x=1,${EXAMPLE.serverFinal}`, 'malformed-challenge'],
    ['a second signature', `${EXAMPLE.serverFinal},${EXAMPLE.serverFinal}`, 'malformed-challenge'],
    ['m=', `${EXAMPLE.serverFinal},m=future`, 'malformed-challenge'],
    ['its first message again', EXAMPLE.serverFirst, 'malformed-challenge'],
    ['a wrong proof', 'e=invalid-proof', 'not-authorized'],
    ['an unknown user', 'e=unknown-user', 'not-authorized'],
    ['an error of its own', 'e=__proto__', 'not-authorized'],
    ['too few resources', 'e=no-resources,x=1', 'temporary-auth-failure'],
    ['an encoding it does not like', 'e=invalid-encoding', 'malformed-request'],
    ['channel binding that was offered', 'e=server-does-support-channel-binding', 'downgrade'],
  ];

  test.each(LIES)('is refused in a report of success: %s', async (_, serverFinal, condition) => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await conditionOf(() => client.finish(utf8(serverFinal)))).toBe(condition);
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toBe('out-of-order');
  });

  test.each(LIES)('is refused in a challenge: %s', async (_, serverFinal, condition) => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await conditionOf(() => client.answer(utf8(serverFinal)))).toBe(condition);
    expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
  });

  test('a signature is refused for a single wrong bit, wherever it is', async () => {
    const signature = Buffer.from(EXAMPLE.serverFinal.slice('v='.length), 'base64');
    for (const [index, byte] of signature.entries()) {
      const wrong = Buffer.from(signature);
      wrong[index] = byte ^ 1;
      const client = await startedExample();
      await client.answer(utf8(EXAMPLE.serverFirst));
      const lie = utf8(`v=${wrong.toString('base64')}`);
      expect(await conditionOf(() => client.finish(lie))).toBe('server-not-authenticated');
    }
  });

  test('a report of success without data is refused', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await conditionOf(() => client.finish(undefined))).toBe('server-not-authenticated');
  });

  test('success right after our first message is refused, with data or without', async () => {
    for (const additional of [undefined, utf8(EXAMPLE.serverFinal)]) {
      const client = await startedExample();
      expect(await conditionOf(() => client.finish(additional))).toBe('server-not-authenticated');
    }
  });

  test('success while the proof is being computed is refused, and ends the exchange', async () => {
    const client = await startedExample();
    const answer = errorOf(() => client.answer(utf8(EXAMPLE.serverFirst)));
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toBe('server-not-authenticated');
    expect((await answer).condition).toBe('out-of-order');
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toBe('out-of-order');
  });

  test('a second challenge while the proof is being computed is refused, and ends the exchange', async () => {
    const client = await startedExample();
    const answer = errorOf(() => client.answer(utf8(EXAMPLE.serverFirst)));
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFirst)))).toBe('out-of-order');
    expect((await answer).condition).toBe('out-of-order');
  });

  test('the signature may come in a challenge, which gets an empty response', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(await client.answer(utf8(EXAMPLE.serverFinal))).toEqual(new Uint8Array(0));
    expect(() => client.finish(undefined)).not.toThrow();
  });

  test('unknown extensions may follow the signature', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    expect(() => client.finish(utf8(`${EXAMPLE.serverFinal},x=1`))).not.toThrow();
  });

  test('data after the signature are refused', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    await client.answer(utf8(EXAMPLE.serverFinal));
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toBe('malformed-challenge');
  });

  test('a challenge after the signature is refused', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    await client.answer(utf8(EXAMPLE.serverFinal));
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFinal)))).toBe('out-of-order');
    expect(await conditionOf(() => client.finish(undefined))).toBe('out-of-order');
  });

  test('nothing may come after success', async () => {
    const client = await startedExample();
    await client.answer(utf8(EXAMPLE.serverFirst));
    client.finish(utf8(EXAMPLE.serverFinal));
    expect(await conditionOf(() => client.finish(utf8(EXAMPLE.serverFinal)))).toBe('out-of-order');
    expect(await conditionOf(() => client.answer(utf8(EXAMPLE.serverFinal)))).toBe('out-of-order');
    expect(await conditionOf(() => client.start())).toBe('out-of-order');
  });
});
