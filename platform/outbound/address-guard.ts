import { BlockList, isIP } from 'node:net'

/** Which addresses that are not public may be reached. */
export interface HttpPolicy {
  /**
   * `false`: none. `true`: loopback, private use (RFC 1918), shared (RFC 6598) and unique local addresses, but never link-local ones
   * or those of cloud metadata. A list: what it names, as CIDRs (which admit anything in them) or as host names (which admit as `true` does).
   */
  readonly allowPrivate: boolean | readonly string[]
  /** Ports that are refused at all those addresses: what this system itself stands on listens there. */
  readonly refusedPorts?: readonly number[]
}

/** Whether a connection may be made to `address`, which was written as, or found for, the host `hostname`. */
export type AddressGuard = (hostname: string, address: string, port: number) => boolean

// The IANA IPv4 Special-Purpose Address Registry, whole; multicast (RFC 5771); and the platform address of Azure's
// machines, which is public by number only.
const REFUSED_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
// All that IANA gives out for global unicast lies in here. What lies outside is refused without being named: `::`, `::1`,
// v4-mapped, v4-compatible and v4-translated, NAT64 (64:ff9b::/96 and 64:ff9b:1::/48), discard (100::/64), SRv6 (5f00::/16),
// unique local, link-local, site-local, multicast.
const GLOBAL_V6 = ['2000::/3']
// The rest of the IANA IPv6 Special-Purpose Address Registry. 2001::/23 holds Teredo, ORCHID, AMT and benchmarking,
// 2002::/16 is 6to4: both carry IPv4 addresses inside.
const REFUSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']
// What `allowPrivate: true` and a host name admit.
const PRIVATE = ['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7']
// Cloud metadata inside those: Alibaba's, Amazon's, Oracle's and Google's. They hand out credentials.
const METADATA = ['100.100.100.200/32', 'fd00:ec2::/32', 'fd00:c1::/32', 'fd20:ce::/32']

const refused = blockList([...REFUSED_V4, ...REFUSED_V6])
const globalV6 = blockList(GLOBAL_V6)
const privateUse = blockList(PRIVATE)
const metadata = blockList(METADATA)

/** The guard for a policy. An address must be public, or admitted by the policy. */
export function addressGuard({ allowPrivate, refusedPorts = [] }: HttpPolicy): AddressGuard {
  const listed = typeof allowPrivate === 'boolean' ? [] : allowPrivate
  const admitted = blockList(listed.filter((entry) => entry.includes('/')))
  const hosts = new Set(listed.filter((entry) => !entry.includes('/')).map((host) => host.toLowerCase()))

  return (hostname, address, port) => {
    const family = isIP(address)
    if (family === 0 || address.includes('%')) return false
    const kind = family === 4 ? 'ipv4' : 'ipv6'
    if (isPublic(address, kind)) return true
    if (refusedPorts.includes(port)) return false
    if (admitted.check(address, kind)) return true
    const isPrivateAdmitted = allowPrivate === true || hosts.has(hostname.toLowerCase())
    return isPrivateAdmitted && privateUse.check(address, kind) && !metadata.check(address, kind)
  }
}

function isPublic(address: string, kind: 'ipv4' | 'ipv6'): boolean {
  return !refused.check(address, kind) && (kind === 'ipv4' || globalV6.check(address, kind))
}

/**
 * A list of CIDRs. A list that names IPv4 addresses also holds their v4-mapped forms.
 *
 * @throws {Error} when one is malformed: a policy must not lose an entry in silence
 */
function blockList(cidrs: readonly string[]): BlockList {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [network = '', prefix = ''] = cidr.split('/')
    const family = isIP(network)
    if (family === 0 || !/^\d{1,3}$/.test(prefix)) throw new Error(`${cidr} is no CIDR`)
    list.addSubnet(network, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
