import { describe, expect, test } from 'vitest'
import { addressGuard, type HttpPolicy } from './address-guard.ts'

const METADATA = [
  ...['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  ...['fd00:ec2::254', 'fd00:c1::a9fe:a9fe', 'fd20:ce::254'],
]

/** A guard that is asked about the port of the web. */
function guardOf(policy: HttpPolicy) {
  const guard = addressGuard(policy)
  return (hostname: string, address: string, port = 443): boolean => guard(hostname, address, port)
}

describe('without permission', () => {
  const guard = guardOf({ allowPrivate: false })

  test.each(['1.1.1.1', '8.8.8.8', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.0', '223.255.255.255'])(
    'the public address %s passes',
    (address) => expect(guard('example.com', address)).toBe(true),
  )

  test.each(['2606:4700:4700::1111', '2001:200::1', '2a00:1450:4001::200e', '2620:fe::fe', '3ffe:ffff::1'])(
    'the public address %s passes',
    (address) => expect(guard('example.com', address)).toBe(true),
  )

  // First and last address of each range that IANA sets apart.
  test.each([
    ['0.0.0.0', '0.255.255.255'],
    ['10.0.0.0', '10.255.255.255'],
    ['100.64.0.0', '100.127.255.255'],
    ['127.0.0.0', '127.255.255.255'],
    ['169.254.0.0', '169.254.255.255'],
    ['172.16.0.0', '172.31.255.255'],
    ['192.0.0.0', '192.0.0.255'],
    ['192.0.2.0', '192.0.2.255'],
    ['192.31.196.0', '192.31.196.255'],
    ['192.52.193.0', '192.52.193.255'],
    ['192.88.99.0', '192.88.99.255'],
    ['192.168.0.0', '192.168.255.255'],
    ['192.175.48.0', '192.175.48.255'],
    ['198.18.0.0', '198.19.255.255'],
    ['198.51.100.0', '198.51.100.255'],
    ['203.0.113.0', '203.0.113.255'],
    ['224.0.0.0', '239.255.255.255'],
    ['240.0.0.0', '255.255.255.255'],
    ['::', '::1'],
    ['::127.0.0.1', '::8.8.8.8'],
    ['::ffff:127.0.0.1', '::ffff:8.8.8.8'],
    ['::ffff:0:127.0.0.1', '::ffff:0:8.8.8.8'],
    ['64:ff9b::127.0.0.1', '64:ff9b::8.8.8.8'],
    ['64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
    ['100::', '100::ffff:ffff:ffff:ffff'],
    ['100:0:0:1::', '100:0:0:1:ffff:ffff:ffff:ffff'],
    ['2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff'],
    ['3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s to %s are refused', (first, last) => {
    expect(guard('example.com', first)).toBe(false)
    expect(guard('example.com', last)).toBe(false)
  })

  test('cloud metadata and what is no address are refused', () => {
    for (const address of [...METADATA, 'fe80::1%eth0', '2606:4700::1%eth0', 'localhost', '', '127.1']) {
      expect(guard('example.com', address), address).toBe(false)
    }
  })
})

describe('with permission', () => {
  test('for all that is private: loopback and private use pass, metadata and link-local do not', () => {
    const guard = guardOf({ allowPrivate: true })
    for (const address of ['127.0.0.1', '10.1.2.3', '192.168.1.1', '100.64.0.1', '::1', 'fd12::1', '::ffff:10.0.0.1']) {
      expect(guard('example.com', address), address).toBe(true)
    }
    for (const address of [
      ...METADATA,
      'fe80::1',
      '0.0.0.0',
      '224.0.0.1',
      '64:ff9b::a00:1',
      '::ffff:169.254.169.254',
    ]) {
      expect(guard('example.com', address), address).toBe(false)
    }
  })

  test('for a CIDR: exactly what is in it', () => {
    const guard = guardOf({ allowPrivate: ['10.1.0.0/16', 'fd12::/16', '169.254.169.254/32'] })
    expect(
      ['10.1.0.0', '10.1.255.255', 'fd12:ffff::1', '169.254.169.254', '1.1.1.1'].every((address) =>
        guard('x', address),
      ),
    ).toBe(true)
    expect(
      ['10.2.0.0', '10.0.255.255', 'fd13::1', '127.0.0.1', '169.254.169.253'].some((address) => guard('x', address)),
    ).toBe(false)
  })

  test('for a host name: private addresses of that name only', () => {
    const guard = guardOf({ allowPrivate: ['Intranet.example'] })
    expect(guard('intranet.EXAMPLE', '10.0.0.1')).toBe(true)
    expect(guard('intranet.example', '169.254.169.254')).toBe(false)
    expect(guard('other.example', '10.0.0.1')).toBe(false)
    expect(guard('10.0.0.1', '10.0.0.1')).toBe(false)
  })

  test("not for the system's own ports, except at public addresses", () => {
    for (const allowPrivate of [true, ['127.0.0.0/8', 'intranet.example']]) {
      const guard = guardOf({ allowPrivate, refusedPorts: [9_092, 3_306] })
      for (const port of [9_092, 3_306]) {
        expect(guard('intranet.example', '127.0.0.1', port)).toBe(false)
        expect(guard('intranet.example', '1.1.1.1', port)).toBe(true)
      }
      expect(guard('intranet.example', '127.0.0.1', 80)).toBe(true)
    }
  })

  test('a malformed CIDR is refused when the guard is made', () => {
    for (const entry of ['10.0.0.0/x', '10.0.0/8', '10.0.0.0/33', '/8', 'example.com/24']) {
      expect(() => addressGuard({ allowPrivate: [entry] }), entry).toThrow()
    }
  })
})
