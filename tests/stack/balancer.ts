/** What a load balancer does: only gateways that say that they are ready are used, in turn. */
export interface Balancer {
  next(): string | undefined
  /** Leaves out one whose connection broke, until it says again that it is ready. */
  broke(url: string): void
  close(): void
}

const LOOK_EVERY_MS = 200
const LOOK_MS_MAX = 1_000

/** Looks at the gateways from now on. Ends when it has looked at each once. */
export async function openBalancer(gatewayUrls: () => readonly string[]): Promise<Balancer> {
  const ready = new Set<string>()
  let turn = 0

  async function look(url: string): Promise<void> {
    const isReady = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(LOOK_MS_MAX) }).then(
      (answer) => answer.ok,
      () => false,
    )
    if (isReady) ready.add(url)
    else ready.delete(url)
  }

  const looking = setInterval(() => {
    const urls = gatewayUrls()
    for (const url of [...ready]) if (!urls.includes(url)) ready.delete(url)
    for (const url of urls) void look(url)
  }, LOOK_EVERY_MS)

  await Promise.all(gatewayUrls().map(look))
  return {
    next: () => [...ready][turn++ % ready.size],
    broke: (url) => void ready.delete(url),
    close: () => clearInterval(looking),
  }
}
