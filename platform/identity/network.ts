import { isIPv4, isIPv6 } from 'node:net'

/**
 * The network an address belongs to: /24 for IPv4 and /64 for IPv6, the smallest that one customer is usually given.
 * An IPv4 address mapped into IPv6 counts as IPv4; a network is its own network. What is neither belongs to `unknown`.
 */
export function networkOf(address: string | undefined): string {
  const bare = (address ?? '').replace(/[%/].*$/, '')
  if (isIPv4(bare)) return networkOfV4(bare)
  if (!isIPv6(bare)) return 'unknown'
  const groups = groupsOf(bare)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) return networkOfV4(bytesOf(groups.slice(6)).join('.'))
  const network = groups.slice(0, 4).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

function networkOfV4(address: string): string {
  return `${address.split('.').slice(0, 3).join('.')}.0/24`
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const lastColon = address.lastIndexOf(':')
  const tail = address.slice(lastColon + 1)
  const hex = isIPv4(tail) ? address.slice(0, lastColon + 1) + hexOfV4(tail) : address
  const [head = '', rest] = hex.split('::')
  const left = head ? head.split(':') : []
  const right = rest ? rest.split(':') : []
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16))
}

function hexOfV4(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

function bytesOf(groups: readonly number[]): readonly number[] {
  return groups.flatMap((group) => [group >> 8, group & 0xff])
}
