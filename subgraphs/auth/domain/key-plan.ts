/** A signing key, as far as its time goes. */
export interface PlannedKey {
  readonly kid: string
  /** It signs from then on, until a younger key does. */
  readonly activatesAt: Date
}

/** How long what lives. */
export interface KeyLives {
  /** A verifier may not look for a new key for so long: it is published for as long before it signs. */
  readonly cacheMs: number
  /** A token may still come for so long after it was signed. */
  readonly tokenMs: number
  /** A key signs for so long before the next one is made. */
  readonly signingMs: number
}

/** What to do with each key at an instant. */
export interface KeyPlan<Key extends PlannedKey> {
  readonly signing: Key | undefined
  readonly youngest: Key | undefined
  /** Whether the youngest is not the one that signs. */
  readonly isWaiting: boolean
  /** Keys that verifiers may need now or soon. */
  readonly published: readonly Key[]
  /** Keys that no living token was signed with. */
  readonly retired: readonly Key[]
  /** When to make the next key. Not while one waits for its time. */
  readonly rotateAt: Date | undefined
}

/** Plans the life of keys by nothing but their activation: the youngest active one signs. */
export function planKeys<Key extends PlannedKey>(keys: readonly Key[], now: Date, lives: KeyLives): KeyPlan<Key> {
  const byAge = [...keys].sort((one, other) => one.activatesAt.getTime() - other.activatesAt.getTime())
  const isRetired = (_key: Key, index: number): boolean => {
    const successor = byAge[index + 1]
    return successor !== undefined && successor.activatesAt.getTime() + lives.tokenMs < now.getTime()
  }
  // After the clock was set back none may be active: then the oldest goes on.
  const signing = byAge.findLast((key) => key.activatesAt <= now) ?? byAge[0]
  const youngest = byAge.at(-1)
  const isWaiting = signing !== youngest
  const rotateAt = isWaiting ? undefined : signing && new Date(signing.activatesAt.getTime() + lives.signingMs)
  return {
    signing,
    youngest,
    isWaiting,
    published: byAge.filter((key, index) => !isRetired(key, index)),
    retired: byAge.filter(isRetired),
    rotateAt,
  }
}

/** When a key that is made now may sign: at once if there is no other, else when every verifier can know it. */
export function activationOf(keys: readonly PlannedKey[], now: Date, { cacheMs }: KeyLives): Date {
  return keys.length === 0 ? now : new Date(now.getTime() + cacheMs)
}
