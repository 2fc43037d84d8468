import { vi } from 'vitest'

/** Waits until the check throws no more, looking again every 5 ms for at most 5 s. */
export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 5_000, interval: 5 })
}
