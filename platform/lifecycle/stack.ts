/** What was opened, to be closed in reverse. */
export interface Stack {
  /** Remembers how to close what was just opened. */
  push(name: string, close: () => Promise<void> | void): void
  /** Closes everything, the last opened first; goes on past what fails. Safe to call twice. @returns what failed */
  close(): Promise<readonly { readonly name: string; readonly error: unknown }[]>
}

/** Opens an empty stack. */
export function openStack(): Stack {
  const entries: { name: string; close: () => Promise<void> | void }[] = []
  return {
    push(name, close) {
      entries.push({ name, close })
    },
    async close() {
      const failures: { name: string; error: unknown }[] = []
      for (let entry = entries.pop(); entry; entry = entries.pop()) {
        const { name, close } = entry
        try {
          await close()
        } catch (error) {
          failures.push({ name, error })
        }
      }
      return failures
    },
  }
}
