import { createHmac } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { type CachedKeySource, cachedKeySource } from './key-source.ts'
import { makeRevocations } from './revocations.ts'
import { ACCESS_TOKEN } from './token-format.ts'
import { makeTokenVerifier, type TokenVerifier } from './token-verifier.ts'

const start = new Date('2026-11-23T12:00:00Z')
const startSeconds = start.getTime() / 1_000
const header = { alg: 'EdDSA', typ: 'at+jwt', kid: 'ours' }
const claims = {
  iss: ACCESS_TOKEN.issuer,
  aud: ACCESS_TOKEN.audience,
  client_id: ACCESS_TOKEN.clientId,
  sub: 'user-1',
  jti: 'token-1',
  sid: 'session-1',
  username: 'shreyash',
  workspaces: ['workspace-1'],
  iat: startSeconds,
  exp: startSeconds + 900,
}

let ours: Awaited<ReturnType<typeof generateKeyPair>>
let theirs: Awaited<ReturnType<typeof generateKeyPair>>
let published: JWK
let publishedElsewhere: JWK

beforeAll(async () => {
  ours = await generateKeyPair('EdDSA', { extractable: true })
  theirs = await generateKeyPair('EdDSA', { extractable: true })
  published = { ...(await exportJWK(ours.publicKey)), kid: 'ours' }
  publishedElsewhere = await exportJWK(theirs.publicKey)
})

interface Stage {
  readonly clock: MovedClock
  readonly verifier: TokenVerifier
  readonly keys: CachedKeySource
  /** What the issuer publishes. */
  readonly issuer: { keys: JWK[]; asked: number }
}

function stage(): Stage {
  const clock = movedClock(start)
  const issuer = { keys: [published], asked: 0 }
  const fetchKeys = async (): Promise<{ keys: JWK[] }> => {
    issuer.asked += 1
    return { keys: issuer.keys }
  }
  const keys = cachedKeySource({ fetchKeys, clock })
  return { clock, issuer, keys, verifier: makeTokenVerifier({ keys, clock, revocations: makeRevocations(clock) }) }
}

/** A token of ours, with some claims or members of its header changed or (undefined) left out. */
function token(changed: object = {}, changedHeader: object = {}, key = ours.privateKey): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...claims, ...changed })) as JWTPayload
  return new SignJWT(payload).setProtectedHeader({ ...header, ...changedHeader }).sign(key)
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Another spelling of the same bytes: the last character's unused bits are set. */
function respelt(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return segment.slice(0, -1) + alphabet[alphabet.indexOf(segment.at(-1) ?? '') + 1]
}

/** Tokens that must all be refused, by what is wrong with them. */
async function hostileTokens(): Promise<Record<string, string>> {
  const good = await token()
  const [head = '', body = '', signature = ''] = good.split('.')
  const hmacInput = `${encoded({ ...header, alg: 'HS256' })}.${body}`
  const hmac = createHmac('sha256', JSON.stringify(published)).update(hmacInput).digest('base64url')
  return {
    empty: '',
    'not a token': 'x',
    'too long': await token({ username: 'x'.repeat(9_000) }),
    'alg none': `${encoded({ ...header, alg: 'none' })}.${body}.`,
    'alg none with a signature': `${encoded({ ...header, alg: 'none' })}.${body}.${signature}`,
    'HMAC with the public key': `${hmacInput}.${hmac}`,
    'typ JWT': await token({}, { typ: 'JWT' }),
    'typ in capitals': await token({}, { typ: 'AT+JWT' }),
    'typ as a media type': await token({}, { typ: 'application/at+jwt' }),
    'no typ': await token({}, { typ: undefined }),
    'no kid': await token({}, { kid: undefined }),
    'unknown kid': await token({}, { kid: 'other' }),
    'a key of its own': await token({}, { jwk: publishedElsewhere }, theirs.privateKey),
    'a key from its own place': await token({}, { jku: 'https://example.org/jwks' }, theirs.privateKey),
    'our key and a jku': await token({}, { jku: 'https://example.org/jwks' }),
    'a certificate': await token({}, { x5u: 'https://example.org/x5u' }),
    'another key under our kid': await token({}, {}, theirs.privateKey),
    'wrong issuer': await token({ iss: 'other' }),
    'wrong audience': await token({ aud: 'other' }),
    'many audiences': await token({ aud: [ACCESS_TOKEN.audience, 'other'] }),
    'another client': await token({ client_id: 'other' }),
    'no exp': await token({ exp: undefined }),
    'no iat': await token({ iat: undefined }),
    'no jti': await token({ jti: undefined }),
    'no sub': await token({ sub: undefined }),
    'no sid': await token({ sid: undefined }),
    'no workspaces': await token({ workspaces: undefined }),
    'workspaces of numbers': await token({ workspaces: [1] }),
    'empty sub': await token({ sub: '' }),
    expired: await token({ iat: startSeconds - 920, exp: startSeconds - 20 }),
    'issued in the future': await token({ iat: startSeconds + 20, exp: startSeconds + 900 }),
    'lives too long': await token({ exp: startSeconds + 901 }),
    'not yet': await token({ nbf: startSeconds + 60 }),
    'fractions of seconds': await token({ exp: startSeconds + 900.5 }),
    'white space before': ` ${good}`,
    'line break after': `${good}\n`,
    'white space in the payload': `${head}.${body.slice(0, 8)} ${body.slice(8)}.${signature}`,
    'line break in the signature': `${head}.${body}.${signature.slice(0, 8)}\n${signature.slice(8)}`,
    'other trailing bits': `${head}.${body}.${respelt(signature)}`,
    padding: `${good}==`,
    'a fourth segment': `${good}.x`,
    'no signature': `${head}.${body}.`,
    'changed payload': `${head}.${encoded({ ...claims, sub: 'user-2' })}.${signature}`,
    'with its scheme': `Bearer ${good}`,
  }
}

/** What a verifier takes of what it must refuse. */
async function accepted(verify: (token: string) => Promise<unknown>): Promise<readonly string[]> {
  const names: string[] = []
  for (const [name, hostile] of Object.entries(await hostileTokens())) {
    if (
      await verify(hostile).then(
        () => true,
        () => false,
      )
    )
      names.push(name)
  }
  return names
}

test('a good token names its caller', async () => {
  const { verifier } = stage()
  expect(await verifier.verify(await token())).toEqual({
    userId: 'user-1',
    username: 'shreyash',
    sessionId: 'session-1',
    workspaceIds: ['workspace-1'],
    expiresAt: new Date(start.getTime() + 900_000),
  })
})

test('every hostile token is refused as UNAUTHENTICATED, also after a good one was remembered', async () => {
  const { verifier } = stage()
  await verifier.verify(await token())
  expect(await accepted((hostile) => verifier.verify(hostile))).toEqual([])
  for (const hostile of Object.values(await hostileTokens())) {
    await expect(verifier.verify(hostile)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  }
})

test('mutant: jose alone takes other spellings of a token, and more', async () => {
  const bare = (hostile: string): Promise<unknown> =>
    jwtVerify(hostile, ours.publicKey, {
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
      currentDate: start,
    })
  const names = await accepted(bare)
  expect(names).toContain('other trailing bits')
  expect(names).toContain('line break in the signature')
  expect(names).toContain('typ JWT')
  expect(names).toContain('no jti')
})

test('a token is good for the skew before its iat and after its exp, and no longer', async () => {
  const { verifier, clock } = stage()
  const early = await token({ iat: startSeconds + 10, exp: startSeconds + 900 })
  await expect(verifier.verify(early)).resolves.toBeTruthy()
  const good = await token()
  await clock.advance(909_999)
  await expect(verifier.verify(good)).resolves.toBeTruthy()
  await clock.advance(1)
  await expect(verifier.verify(good)).rejects.toThrow('expired')
})

test('a token that was verified once is not verified again, but its expiry is looked at', async () => {
  const { verifier, clock, issuer, keys } = stage()
  let lookUps = 0
  const counting = {
    ...keys,
    keyFor(kid: string) {
      lookUps += 1
      return keys.keyFor(kid)
    },
  }
  const counted = makeTokenVerifier({ keys: counting, clock, revocations: makeRevocations(clock) })
  const good = await token()
  for (let times = 0; times < 100; times++) await counted.verify(good)
  expect(lookUps).toBe(1)
  expect(issuer.asked).toBe(1)
  await clock.advance(910_000)
  await expect(counted.verify(good)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(verifier.verify(good)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a token whose key was withdrawn is refused, though it was remembered', async () => {
  const { verifier, issuer, keys } = stage()
  const good = await token()
  await verifier.verify(good)
  issuer.keys = []
  await keys.refresh()
  await expect(verifier.verify(good)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a revoked session ends all its tokens at once, the remembered ones too', async () => {
  const { verifier } = stage()
  const tokens = [await token(), await token({ jti: 'token-2' })]
  const other = await token({ sid: 'session-2' })
  await verifier.verify(tokens[0] ?? '')
  const told: string[] = []
  verifier.onRevoked((sessionId) => told.push(sessionId))
  verifier.revoke('session-1', new Date(start.getTime() + ACCESS_TOKEN.lifeMsMax))
  for (const revoked of tokens) await expect(verifier.verify(revoked)).rejects.toThrow('ended')
  await expect(verifier.verify(other)).resolves.toBeTruthy()
  expect(told).toEqual(['session-1'])
})

test('mutant: a verifier that asks no revocations goes on taking a revoked token', async () => {
  const { keys, clock } = stage()
  const revocations = { ...makeRevocations(clock), isRevoked: () => false }
  const mutant = makeTokenVerifier({ keys, clock, revocations })
  mutant.revoke('session-1', new Date(start.getTime() + ACCESS_TOKEN.lifeMsMax))
  await expect(mutant.verify(await token())).resolves.toBeTruthy()
})

test('a flood of unknown key ids asks the issuer once in a cool-down', async () => {
  const { verifier, issuer, clock } = stage()
  await verifier.verify(await token())
  await clock.advance(30_000)
  const flood = await Promise.all(Array.from({ length: 300 }, (_, index) => token({}, { kid: `made-up-${index}` })))
  const outcomes = await Promise.allSettled(flood.map((hostile) => verifier.verify(hostile)))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(issuer.asked).toBe(2)
  for (const hostile of flood) await verifier.verify(hostile).catch(() => undefined)
  expect(issuer.asked).toBe(2)
})

test('that the keys cannot be had is an outage, not the fault of the token', async () => {
  const clock = movedClock(start)
  const fetchKeys = (): Promise<never> => Promise.reject(new Error('connection refused'))
  const keys = cachedKeySource({ fetchKeys, clock })
  const verifier = makeTokenVerifier({ keys, clock, revocations: makeRevocations(clock) })
  await expect(verifier.verify(await token())).rejects.toThrow('connection refused')
})
