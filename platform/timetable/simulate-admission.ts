import { admit, type ExecutionPolicy, nextAdmitted, type OpenExecution, type SkipCode } from '#platform/policy'

/** What would become of the execution of a fire. */
export interface SimulatedAdmission {
  /** WAITING has waited for others before it starts. */
  readonly outcome: 'ADMITTED' | 'WAITING' | SkipCode
  /** Null of what is not run. */
  readonly startsAt: Date | null
  /** Earlier than it would by itself where another one ends it. */
  readonly endsAt: Date | null
  /** Which fire stood in its way. */
  readonly blockedBy: number | null
}

type Draft = { -readonly [Field in keyof SimulatedAdmission]: SimulatedAdmission[Field] }

/**
 * What admission makes of fires, if each execution starts as soon as it may and takes the same time. One that is asked to
 * end does so at once. A fire at a time: there may be many.
 *
 * @param fires in the order of `firedAt`
 */
export function* simulateAdmission(
  fires: readonly { readonly firedAt: Date }[],
  policy: Pick<ExecutionPolicy, 'overlap' | 'bufferMax'>,
  durationMs: number,
): Generator<undefined, readonly SimulatedAdmission[]> {
  const drafts: Draft[] = []
  let open: OpenExecution[] = []

  function start(index: number, at: Date): void {
    Object.assign(drafts[index] ?? {}, spanFrom(at, durationMs))
    open = open.map((each) => (each.id === `${index}` ? { ...each, stage: 'RUNNING' } : each))
  }
  function close(id: string, at: Date): void {
    open = open.filter((each) => each.id !== id)
    const next = nextAdmitted(open)
    if (next !== null) start(Number(next), at)
  }
  /** What ends by a moment does, and what waits for that goes on. */
  function passTo(at: Date): void {
    for (;;) {
      const running = open.find(({ stage }) => stage === 'RUNNING')
      const endsAt = running && drafts[Number(running.id)]?.endsAt
      if (!endsAt || endsAt > at) return
      close(running.id, endsAt)
    }
  }

  for (const [index, { firedAt }] of fires.entries()) {
    yield
    // What may overlap is in nobody's way: of the others one runs at a time.
    if (policy.overlap === 'ALLOW_ALL') {
      drafts.push(startingAt(firedAt, durationMs))
      continue
    }
    passTo(firedAt)
    const admission = admit(policy, open)
    if (admission.outcome === 'SKIPPED') {
      drafts.push({ outcome: admission.code, startsAt: null, endsAt: null, blockedBy: Number(admission.blockedBy) })
      continue
    }
    const blockedBy = admission.outcome === 'WAITING' ? Number(admission.blockedBy) : null
    drafts.push({ outcome: admission.outcome, startsAt: null, endsAt: null, blockedBy })
    const gone = new Set(admission.displaced.map(({ id }) => id))
    open = [...open.filter(({ id }) => !gone.has(id)), { id: `${index}`, stage: 'WAITING' }]
    for (const { id, how } of admission.displaced) {
      const other = drafts[Number(id)]
      if (!other) continue
      if (how === 'DROP') Object.assign(other, { outcome: 'DROPPED_BUFFER', blockedBy: index } satisfies Partial<Draft>)
      else other.endsAt = firedAt
    }
    const isNext = admission.outcome === 'ADMITTED' || nextAdmitted(open) === `${index}`
    if (isNext) start(index, firedAt)
  }
  passTo(new Date(FOREVER_MS))
  return drafts
}

const FOREVER_MS = 8_640_000_000_000_000

function startingAt(at: Date, durationMs: number): Draft {
  return { outcome: 'ADMITTED', blockedBy: null, ...spanFrom(at, durationMs) }
}

function spanFrom(startsAt: Date, durationMs: number): Pick<Draft, 'startsAt' | 'endsAt'> {
  return { startsAt, endsAt: new Date(startsAt.getTime() + durationMs) }
}
